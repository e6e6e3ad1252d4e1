"""Dense groups that are no rings: their list, and one of them with why it is none."""

from typing import Final
from urllib.parse import quote

from graphfraud.inspection import REJECTED, group_of, worst
from graphfraud.page.frame import Visit, card, grid, heading, put, run_line
from graphfraud.page.markup import Html, facts, link, person_link, table, text
from graphfraud.page.views.rings import chance, names, reasons

MOST: Final = 50
"""Groups in the list."""


def groups(visit: Visit) -> None:
    """The groups that are nearest to a ring."""
    say, run = visit.say, visit.shown.run
    found = worst(run, REJECTED, limit=MOST) if run.table(REJECTED.table).exists() else []
    rows = [
        (link(visit.at(f"/groups/{quote(one['group_id'], safe='')}"), one["group_id"]), say(one["family"]), one["size"], one["odds"],
         one["reasons"][0][visit.language] if one["reasons"] else None)
        for one in found
    ]  # fmt: skip
    columns = [say(name) for name in ("id", "held_by", "size", "odds", "explanation")]
    heading(say("rejected"), f"{run_line(visit)} · {say('rejected_hint')}")
    with grid(), card("", 12):
        put(table(columns, rows, caption=say("rejected"), empty=say("nothing")))


def group(visit: Visit, group_id: str) -> None:
    """One group: what explains it, what spoke for a ring, and who."""
    say, language = visit.say, visit.language
    found = group_of(visit.shown.run, REJECTED, group_id)
    visit.looked("group", names(found), more=group_id)
    heading(f"{say('rejected_group')} {group_id}", run_line(visit))
    with grid():
        with card("", 12):
            put(facts([(say("held_by"), say(found["family"])), (say("size"), found["size"]), (say("odds"), found["odds"]),
                       (say("p_value"), chance(visit, found["p_value"]))]))  # fmt: skip
        with card(say("why_none"), 6):
            put(reasons(found, language, say("nothing"), against=True))
        with card(say("spoke_for"), 6):
            put(reasons(found, language, say("nothing"), against=False))
        with card(say("members"), 12):
            put(Html(f'<p class="gf-path">{text([person_link(language, person) for person in names(found)])}</p>'))
