"""Stress of the current run: the shared debt of its as-of computed again from the store, and a shock on it."""

from datetime import timedelta

from graphfraud.debt.compute import shared_debt, what_if
from graphfraud.debt.shock import Shock, Stress
from graphfraud.moments import moment
from graphfraud.publish.runs import Run
from graphfraud.snapshot.build import Resources, build
from graphfraud.store.base import Store


def stressed(store: Store, run: Run, shock: Shock, *, worlds: int, seed: int, resources: Resources) -> Stress:
    """Loss distributions with and without a shock; the store as it is now, under the as-of and labels of the run.

    Cost: the snapshot and debt stages of a night, then for each world the neighbourhood of those who fail in it.

    Raises:
        NotFoundError: the shock lets somebody fail whom the store does not know.
    """
    as_of = (run.as_of - moment(0)) // timedelta(microseconds=1)
    snapshot = build(store, head=store.head(), as_of=as_of, labels=bool(run.manifest["labels"]), resources=resources)
    return what_if(shared_debt(snapshot), shock, worlds=worlds, seed=seed)
