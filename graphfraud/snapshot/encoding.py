"""How each column of the schema reads in SQL: under the as-of, and as a number."""

from graphfraud.queries import quoted
from graphfraud.schema import IDENTIFIER_KINDS, Column, Entity, Kind, Moment, Table
from graphfraud.snapshot.graph import NEVER

KNOWN = "getvariable('as_of')"


def names_person(table: Table, column: Column) -> str:
    """Condition under which a column of row ``r`` names a person; empty where it never does."""
    if column.names is Entity.PERSON or (table.defines is Entity.PERSON and column.key):
        return "true"
    if column.names_by:
        kind = table.by_name[column.names_by]
        return f"coalesce(r.{quoted(kind.name)}, '{kind.default or ''}') = 'person'"
    return ""


def vocabulary(table: Table, column: Column) -> str:
    """Which list of ids numbers a column; empty for plain values and for keys that only tell rows apart."""
    if column.kind is Kind.IDENTIFIER:
        return Entity.IDENTIFIER
    if column.names is not None:
        return column.names
    if column.names_by:
        return Entity.MERCHANT
    if table.defines is not None and column.key and column.kind is Kind.ID:
        return table.defines
    if column.kind is Kind.TEXT or (column.kind is Kind.ID and table.key != (column.name,)):
        return f"{table.name}.{column.name}"
    return ""


def known_value(table: Table, column: Column) -> str:
    """A column of row ``r`` as known at the as-of."""
    value = f"r.{quoted(column.name)}"
    if column.moment is Moment.END:
        return f"CASE WHEN {value} <= {KNOWN} THEN {value} END"
    if column.kind is Kind.IDENTIFIER:
        return f"r.kind || ':' || {value}"
    observation = late_observation(table)
    if observation and column.kind in (Kind.COUNT, Kind.NUMBER):
        return f"CASE WHEN NOT {observation} THEN {value} END"
    return value


def known_row(table: Table) -> list[str]:
    """Conditions under which a row ``r`` is known at the as-of."""
    conditions = ["true"]
    for column in table.columns:
        value = f"r.{quoted(column.name)}"
        if column.moment is Moment.EVENT or (column.moment is Moment.OBSERVED and column.key):
            absent = f"{value} IS NULL OR " if column.optional else ""
            conditions.append(f"({absent}{value} <= {KNOWN})")
    observation = late_observation(table)
    if observation:
        events = " OR ".join(f"r.{quoted(name)} IS NOT NULL" for name in table.moments(Moment.EVENT))
        conditions.append(f"(NOT {observation} OR {events})")
    return conditions


def late_observation(table: Table) -> str:
    """Condition that what row ``r`` counts was observed after the as-of; empty where rows are no observations."""
    for name in table.moments(Moment.OBSERVED):
        if not table.by_name[name].key:
            return f"coalesce(r.{quoted(name)} > {KNOWN}, false)"
    return ""


def number(column: Column, value: str) -> str:
    """A plain value as a number, unknown as its sentinel."""
    if column.kind is Kind.TIME:
        return f"coalesce(epoch_us({value}), {NEVER})"
    if column.kind is Kind.DATE:
        return f"coalesce(epoch_us({value}::TIMESTAMP) // 86400000000, {NEVER})"
    if column.kind in (Kind.NUMBER, Kind.SHARE):
        return f"coalesce({value}, 'NaN'::DOUBLE)"
    if column.kind is Kind.FLAG:
        return f"coalesce({value}::TINYINT, -1::TINYINT)"
    if column.kind is Kind.CHOICE:
        values = ", ".join(f"'{choice}'" for choice in column.values or IDENTIFIER_KINDS)
        return f"coalesce(list_position([{values}], {value}) - 1, -1)::TINYINT"
    return f"coalesce({value}, -1)::BIGINT"
