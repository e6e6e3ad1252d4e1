"""The one person that a request names: known to the run, and open to the caller's purpose."""

import numpy as np

from graphfraud.errors import ForbiddenError, NotFoundError
from graphfraud.serve.exchange import Call
from graphfraud.serve.view import NO_ROW, RunView


def known_row(view: RunView, call: Call) -> int:
    """Row of the person in the path.

    Raises:
        NotFoundError: the run does not know them.
        ForbiddenError: their consent for the caller's purpose is not in force.
    """
    return row_of(view, call.path_id, call)


def row_of(view: RunView, person_id: str, call: Call) -> int:
    """Row of a person; see :func:`known_row`."""
    row = view.people.row(person_id)
    if row == NO_ROW:
        raise NotFoundError("no such person", where=f"run {view.run_id}", cure="check the id")
    if call.caller.consent is not None and not view.relations.agreed(np.array([row]), call.caller.consent)[0]:
        raise ForbiddenError("no consent in force for the purpose of the key", cure="ask the person")
    return row
