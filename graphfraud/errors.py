"""The one error tree: each error says what happened, where, and how to cure it.

GraphfraudError                 exit 1   HTTP 500
├── UsageError                  exit 2   HTTP 400   the words of a command or request are off
├── RefusedError                exit 3   HTTP 409   possible, but not now or not with this input
│   ├── LeaseHeldError                              somebody else is writing
│   └── TooManyRejectsError                         more bad rows than allowed
├── InputError                  exit 1   HTTP 422   a table or file cannot be used
│   └── MissingColumnError
├── KeyMaterialError            exit 1   HTTP 500   the pseudonym key is absent or unsafe
├── StoreError                  exit 1   HTTP 503   the store does not answer or is damaged
├── RunError                    exit 1   HTTP 503   no published run, or a damaged one
├── AuditError                  exit 1   HTTP 503   the audit log cannot be written, or was changed
├── CardError                   exit 1   HTTP 422   the score card contradicts itself
├── NotFoundError               exit 1   HTTP 404   no such person, ring, query or run
└── ServiceError                                    what a client of the service did wrong
    ├── MalformedError                   HTTP 400
    ├── UnauthorisedError                HTTP 401
    ├── ForbiddenError                   HTTP 403
    ├── NotAcceptableError               HTTP 406
    ├── TooSlowError                     HTTP 408   the body did not arrive in time
    ├── TakenError                       HTTP 409   somebody else holds it, or it is settled
    ├── TooLargeError                    HTTP 413
    ├── UnsupportedTypeError             HTTP 415
    ├── UnprocessableError               HTTP 422
    └── TooManyRequestsError             HTTP 429
"""

from typing import ClassVar


class GraphfraudError(Exception):
    """Any failure that a user can read: what happened, where, and the cure.

    >>> str(GraphfraudError("no table people", where="T", cure="add people.csv"))
    'T: no table people. To cure it: add people.csv.'
    """

    exit_status: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, what: str, *, where: str = "", cure: str = "") -> None:
        self.what = what.rstrip(".")
        self.where = where
        self.cure = cure.rstrip(".")
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """One line for a person: ``where: what. To cure it: cure.``"""
        place = f"{self.where}: " if self.where else ""
        cure = f" To cure it: {self.cure}." if self.cure else ""
        return f"{place}{self.what}.{cure}"


class UsageError(GraphfraudError):
    """The words of a command or of a request cannot be understood."""

    exit_status = 2
    http_status = 400


class RefusedError(GraphfraudError):
    """The work is possible, but not now or not with this input."""

    exit_status = 3
    http_status = 409


class LeaseHeldError(RefusedError):
    """Another process writes to the same place."""


class TooManyRejectsError(RefusedError):
    """A table holds more bad rows than ``--max-rejects`` allows; nothing was written."""


class InputError(GraphfraudError):
    """A table or file cannot be used as it is."""

    http_status = 422


class MissingColumnError(InputError):
    """A table lacks a column that it must have."""


class KeyMaterialError(GraphfraudError):
    """The pseudonym key is absent, too short, or readable by others."""


class StoreError(GraphfraudError):
    """The store does not answer, or what it holds is damaged."""

    http_status = 503


class RunError(GraphfraudError):
    """There is no published run, or the one that is named is damaged."""

    http_status = 503


class AuditError(GraphfraudError):
    """The audit log cannot be written, or somebody changed it."""

    http_status = 503


class CardError(GraphfraudError):
    """The score card cannot be read or contradicts itself."""

    http_status = 422


class NotFoundError(GraphfraudError):
    """No such person, ring, query or run."""

    http_status = 404


class ServiceError(GraphfraudError):
    """A client of the service did something it may not do."""

    http_status = 400


class UnauthorisedError(ServiceError):
    """The request carries no valid API key."""

    http_status = 401


class ForbiddenError(ServiceError):
    """The key is valid, the operation is not allowed with it or from there."""

    http_status = 403


class MalformedError(ServiceError):
    """The body is not JSON in UTF-8."""


class UnsupportedTypeError(ServiceError):
    """The body is not declared as plain JSON."""

    http_status = 415


class NotAcceptableError(ServiceError):
    """None of the answer's content types is accepted."""

    http_status = 406


class TooSlowError(ServiceError):
    """The body did not arrive in time."""

    http_status = 408


class TakenError(ServiceError):
    """Somebody else holds what was asked for, or it is settled already."""

    http_status = 409


class TooLargeError(ServiceError):
    """The body is longer than the service reads."""

    http_status = 413


class UnprocessableError(ServiceError):
    """The question can be read, but asks for something that is not there; ``near`` lists what is."""

    http_status: ClassVar[int] = 422

    def __init__(self, what: str, *, where: str = "", cure: str = "", near: tuple[str, ...] = ()) -> None:
        super().__init__(what, where=where, cure=cure)
        self.near = near


class TooManyRequestsError(ServiceError):
    """The key has spent its budget; ``retry_after_s`` says when there is room again."""

    http_status: ClassVar[int] = 429

    def __init__(self, what: str, *, where: str = "", cure: str = "", retry_after_s: float = 1.0) -> None:
        super().__init__(what, where=where, cure=cure or "wait as long as Retry-After says")
        self.retry_after_s = retry_after_s
