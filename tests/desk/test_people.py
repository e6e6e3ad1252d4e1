"""People at the page: passwords are never kept, sessions end, tokens are their own."""

import pytest
import sqlalchemy as sa

from graphfraud.desk.people import SESSION_US, add_user, is_token_of, log_in, log_out, remove_user, session
from graphfraud.desk.tables import SESSIONS, USERS
from graphfraud.errors import NotFoundError, UnauthorisedError, UsageError

NOW = 1_000_000
PASSWORD = "correct horse battery"


def test_a_session_begins_and_ends(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        add_user(connection, name="wang", password=PASSWORD, scopes=("investigate",), now=NOW)
        login = log_in(connection, name="wang", password=PASSWORD, now=NOW)
        person = session(connection, login.secret, now=NOW + SESSION_US - 1)
        assert (person.name, person.scopes) == ("wang", ("investigate",))
        assert is_token_of(person, login.csrf)
        assert not is_token_of(person, login.secret)
        kept = repr([*connection.execute(sa.select(USERS)), *connection.execute(sa.select(SESSIONS))])
        assert "$argon2id$" in kept
        assert not any(secret in kept for secret in (PASSWORD, login.secret, login.csrf))
        with pytest.raises(UnauthorisedError):
            session(connection, login.secret, now=NOW + SESSION_US)
        log_out(connection, login.secret)
        with pytest.raises(UnauthorisedError):
            session(connection, login.secret, now=NOW)


def test_wrong_words_are_refused_alike(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        add_user(connection, name="wang", password=PASSWORD, scopes=(), now=NOW)
        for name, password in (("wang", "wrong horse battery"), ("nobody", PASSWORD), ("wang", "")):
            with pytest.raises(UnauthorisedError, match="wrong name or password"):
                log_in(connection, name=name, password=password, now=NOW)


def test_another_password_ends_the_sessions_of_the_old_one(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        add_user(connection, name="wang", password=PASSWORD, scopes=(), now=NOW)
        login = log_in(connection, name="wang", password=PASSWORD, now=NOW)
        add_user(connection, name="wang", password=PASSWORD + "!", scopes=(), now=NOW)
        with pytest.raises(UnauthorisedError):
            session(connection, login.secret, now=NOW)
        remove_user(connection, "wang")
        with pytest.raises(NotFoundError):
            remove_user(connection, "wang")


@pytest.mark.parametrize(
    ("name", "password"), [("a b", PASSWORD), ("", PASSWORD), ("wang", "short"), ("w", "x" * 2000)]
)
def test_weak_words_are_refused(engine: sa.Engine, name: str, password: str) -> None:
    with engine.begin() as connection, pytest.raises(UsageError):
        add_user(connection, name=name, password=password, scopes=(), now=NOW)
