"""The debt table: what each person owes, stands to lose through others, and would cost them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import expit

from graphfraud.debt.clearing import legal_clearing
from graphfraud.debt.contagion import bearable, income, network_probability
from graphfraud.debt.debtrank import Weights, linear_impact, settled, weights
from graphfraud.debt.exposures import LAYERS, Exposures, exposures
from graphfraud.debt.findings import Findings
from graphfraud.debt.learning import Learned, learned
from graphfraud.debt.paths import top_paths
from graphfraud.debt.shock import Book, Shock, Stress, stress
from graphfraud.debt.stacking import stacked, stacking_of_households
from graphfraud.debt.strain import History, prior_log_odds
from graphfraud.errors import NotFoundError
from graphfraud.schema import Entity
from graphfraud.snapshot.borrowing import Loans, current_loans, owed
from graphfraud.snapshot.graph import Snapshot

SEED = 20260101
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SharedDebt:
    """The debt table, the figures for a manifest (plain values), and the book that a stress needs."""

    table: pa.Table
    figures: Mapping[str, Any]
    book: Book


def debt(snapshot: Snapshot, *, seed: int = SEED) -> pa.Table:
    """One row a person, sorted by person; money in yuan: the table of :func:`shared_debt`."""
    return shared_debt(snapshot, seed=seed).table


def shared_debt(snapshot: Snapshot, *, seed: int = SEED) -> SharedDebt:
    """Who owes everywhere, and whose default would pull others down.

    ``exposure_to_others`` is what a person stands to lose through others, in three layers;
    ``impact`` what all others would lose through that person (linear DebtRank, yuan).
    ``default_probability`` is for 90 days; ``basis`` says whether labels or documented priors
    stand behind it. ``top_path`` tells in words the path of the largest expected loss.

    Cost: a few passes over the ties of the snapshot; 100,000 people in seconds.
    """
    loans, bearing = current_loans(snapshot), bearable(snapshot)
    exposed = exposures(snapshot, loans)
    network = weights(exposed, bearing)
    beyond, radius = settled(network)
    found = learned(snapshot, exposed, bearing, seed=seed)
    chance, own = _probabilities(snapshot, exposed, bearing, found)
    findings = found.findings if isinstance(found, Learned) else found
    columns = {
        "person_id": snapshot.ids[Entity.PERSON],
        **_columns(stacked(snapshot, loans, income(snapshot))),
        **{f"household_{name}": said for name, said in stacking_of_households(snapshot, loans).items()},
        **_exposed(snapshot, exposed, loans),
        "default_probability": chance,
        "own_probability": own,
        "impact": np.minimum(linear_impact(network, beyond=beyond), network.exposure),
        "top_path": top_paths(exposed, bearing, own, snapshot.ids[Entity.PERSON]),
        "basis": pa.array([findings.basis] * snapshot.people, pa.string()),
    }
    book = Book(network, own, owed(snapshot, loans) / 100.0)
    return SharedDebt(pa.table(columns), _figures(exposed, network, radius, findings), book)


def what_if(debts: SharedDebt, shock: Shock, *, worlds: int = 1000, seed: int = SEED) -> Stress:
    """Loss distribution under a shock that names people by id, beside the same without it.

    Raises:
        NotFoundError: the shock lets somebody fail whom the snapshot does not know.
    """
    ids = debts.table.column("person_id")
    failing = pc.index_in(pa.array(shock.failing, pa.string()), value_set=ids.combine_chunks())
    if failing.null_count:
        lost = shock.failing[failing.is_null().index(True).as_py()]
        raise NotFoundError(f"no person {lost!r}", where="--shock", cure="check the id")
    numbers = failing.to_numpy(zero_copy_only=False).astype(np.int64)
    return stress(debts.book, shock, failing=numbers, worlds=worlds, seed=seed)


def _probabilities(
    snapshot: Snapshot, exposed: Exposures, bearing: Ints, found: Learned | Findings
) -> tuple[Floats, Floats]:
    """Default probability in the network, and from own strain alone."""
    if isinstance(found, Learned):
        return np.asarray(expit(found.log_odds)), np.asarray(expit(found.own))
    tonight = np.full(snapshot.people, snapshot.as_of)
    own = np.asarray(expit(prior_log_odds(History(snapshot), np.arange(snapshot.people), tonight)))
    return network_probability(own, exposed, bearing), own


def _columns(table: pa.Table) -> dict[str, pa.ChunkedArray]:
    return {name: table.column(name) for name in table.column_names}


def _exposed(snapshot: Snapshot, exposed: Exposures, loans: Loans) -> dict[str, Floats]:
    cleared = legal_clearing(exposed, owed(snapshot, loans), income(snapshot))
    by_layer = {f"exposure_{name}": exposed.total(layer=place) / 100.0 for place, name in enumerate(LAYERS)}
    losses = {"clearing_loss_low": cleared.low, "clearing_loss_high": cleared.high}
    return {"exposure_to_others": exposed.total() / 100.0} | by_layer | losses


def _figures(exposed: Exposures, network: Weights, radius: float, findings: Findings) -> dict[str, Any]:
    return {
        "exposures": {name: int((exposed.layer == place).sum()) for place, name in enumerate(LAYERS)},
        "exposure_yuan": network.exposure,
        "spectral_radius": radius,
        "spectral_margin": 1.0 - radius,
        "amplifies": radius >= 1.0,
        "contagion": asdict(findings),
    }
