"""POST /find: the people behind a phone, card, address, document or e-mail address.

The value comes in the body, is normalised and hashed with the pseudonym key, and is
kept nowhere. Raw values are not stored here at all: to reveal one is a question to the
customer's own system.
"""

import re
from typing import Final

import msgspec
import numpy as np

from graphfraud.errors import StoreError
from graphfraud.publish.serving import person_token
from graphfraud.serve.answers import FindQuestion, Found, FoundPeople
from graphfraud.serve.exchange import Answer, Call, Read
from graphfraud.serve.operation import Service
from graphfraud.serve.question import decode
from graphfraud.serve.scores import identity
from graphfraud.serve.view import NO_ROW, RunView
from graphfraud.sources.pseudonym import PseudonymKey

_WORD: Final = re.compile(r"[0-9A-Za-z_-]+")


def find(service: Service, call: Call) -> Answer:
    """Who has or had the identifier, by id; nobody is an empty list."""
    question = decode(call.body, FindQuestion)
    if service.pseudonym_key is None:
        raise StoreError("the service has no pseudonym key", cure="start it with GRAPHFRAUD_KEY_FILE")
    view = service.current.view()
    people = found_people(view, question, service.pseudonym_key, consent=call.caller.consent)
    rows = view.people.rows([one.person_id for one in people])
    read = view.read_of_all(rows)
    content = FoundPeople(**identity(view), kind=question.kind, people=people)
    return Answer(
        msgspec.json.encode(content), read=Read(read.run_id, read.tokens, purpose=opaque(view, question.purpose))
    )


def opaque(view: RunView, text: str) -> str:
    """A text with tokens where ids of the run's people stand as words: what is in the audit log stays there."""
    return _WORD.sub(lambda word: _token(view, word[0]), text)


def _token(view: RunView, word: str) -> str:
    return word if view.people.row(word) == NO_ROW else f"person:{person_token(word).hex()}"


def found_people(
    view: RunView, question: FindQuestion, key: PseudonymKey, *, consent: str | None = None
) -> list[Found]:
    """Owners of an identifier in a run, by id; without those whose consent for a purpose is not in force."""
    owners = view.relations.owners_of(question.kind, key.digest(question.kind, question.value))
    rows = np.array([owner["row"] for owner in owners], np.int64)
    hidden = view.withheld(rows, consent)
    return sorted(
        (
            Found(view.people.person_id(owner["row"]), owner["since"], owner["until"])
            for place, owner in enumerate(owners)
            if hidden is None or not hidden[place]
        ),
        key=lambda found: found.person_id,
    )
