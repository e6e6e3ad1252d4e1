"""What may be done to a person: their decision overridden by a list, a label, and being forgotten."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from graphfraud.errors import UsageError
from graphfraud.forgetting import forget
from graphfraud.page.acts import Act, ActForm, Fields, button, put_acts
from graphfraud.page.frame import Visit, card
from graphfraud.page.markup import text
from graphfraud.serve.answers import LabelGiven, ListQuestion
from graphfraud.serve.keys import Scope

LISTS: Final = ("block", "watch", "allow")
LABELS: Final = ("fraud", "default", "clean")


def acting(visit: Visit, person_id: str) -> None:
    """A card with what the visitor's role allows; one that allows nothing has no card, only the refusal behind it."""
    forms = [_override(visit, person_id), _label(visit, person_id), _forget(visit, person_id)]
    if not any(visit.visitor.may(form.act.scope) for form in forms):
        put_acts(visit, [], acts=[form.act for form in forms])
        return
    with card(visit.say("sensitive"), 12, visit.say("sensitive_hint")):
        put_acts(visit, forms)


def _override(visit: Visit, person_id: str) -> ActForm:
    say, room = visit.say, visit.room

    async def override(fields: Fields) -> None:
        chosen, why = _one_of(LISTS, fields, "list"), fields.get("reason", "")
        if not why:
            raise UsageError("an override needs a reason", where="reason", cure="say why")
        until = _day_after(fields["until"]) if fields.get("until") else None
        asked = ListQuestion(cast(Any, chosen), "person", person_id, why[:2000], until)
        await asyncio.to_thread(room.casework.put_on_list, visit.shown.view, asked, author=visit.visitor.name)

    fields = [
        _choice(say, "list", "override", {one: say(f"will_{one}").format(person=person_id) for one in LISTS}),
        f'<label>{text(say("until"))}<input type="date" name="until"></label>',
        f'<label>{text(say("why"))}<textarea name="reason" required maxlength="2000"></textarea></label>',
    ]
    act = Act("override", Scope.DECIDE, override, person_id, (person_id,))
    return ActForm(act, fields, [button(say("override_go"), plain=True)], until=say("ends_on"))


def _label(visit: Visit, person_id: str) -> ActForm:
    say, room = visit.say, visit.room

    async def label(fields: Fields) -> None:
        given = LabelGiven(person_id, cast(Any, _one_of(LABELS, fields, "label")))
        await asyncio.to_thread(room.casework.label, visit.shown.view, [given], author=visit.visitor.name)

    will = {one: say(f"will_label_{one}").format(person=person_id) for one in LABELS}
    act = Act("label", Scope.DECIDE, label, person_id, (person_id,))
    return ActForm(act, [_choice(say, "label", "label", will)], [button(say("label_go"), plain=True)])


def _forget(visit: Visit, person_id: str) -> ActForm:
    say, room = visit.say, visit.room

    async def forgotten(_: Fields) -> str:
        now = datetime.now(UTC)
        done = await asyncio.to_thread(forget, room.places, person_id, who=visit.visitor.name, now=now)
        rows = sum(done.rows.values())
        return say("forgotten").format(rows=rows, runs=done.runs, desk=done.desk, files=done.searched, token=done.token)

    act = Act("forget", Scope.ADMIN, forgotten, person_id, (person_id,), leaves=True)
    says = say("will_forget").format(person=person_id)
    return ActForm(act, buttons=[button(say("forget_go"), plain=True)], says=says)


def _choice(say: Callable[[str], str], name: str, label: str, will: dict[str, str]) -> str:
    """A choice whose options say what they will do."""
    options = "".join(
        f'<option value="{one}" data-says="{text(says)}">{text(say(f"{name}_{one}"))}</option>'
        for one, says in will.items()
    )
    return f'<label>{text(say(label))}<select name="{name}">{options}</select></label>'


def _one_of(known: tuple[str, ...], fields: Fields, name: str) -> str:
    given = fields.get(name, "")
    if given not in known:
        raise UsageError(f"no such {name}", where=given[:64], cure=f"one of {', '.join(known)}")
    return given


def _day_after(day: str) -> datetime:
    """The end of a day, in UTC."""
    try:
        return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(days=1)
    except ValueError as error:
        raise UsageError("this is no day", where=day[:64], cure="write it as 2026-01-31") from error
