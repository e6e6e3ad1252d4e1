"""All features of a snapshot as one Arrow table in the order of the catalogue."""

import numpy as np
import pyarrow as pa

from graphfraud.features import credit, device, payment, social, structure
from graphfraud.features.catalogue import CATALOGUE, Feature
from graphfraud.features.values import Values
from graphfraud.schema import Entity
from graphfraud.settings import Settings
from graphfraud.snapshot.graph import Snapshot
from graphfraud.snapshot.links import Links
from graphfraud.snapshot.sharing import Uses


def features(snapshot: Snapshot, shared: Uses, linked: Links, *, settings: Settings) -> pa.Table:
    """``person_id`` and a column for each catalogue entry, sorted by person; null where nothing is known."""
    graph = structure.Structure.of(snapshot, shared, linked, links=settings.links, rings=settings.rings)
    values: dict[str, Values] = {}
    values |= {f.__name__: f(snapshot) for f in social.FEATURES}
    payments = payment.Payments.of(snapshot, settings)
    values |= {f.__name__: f(payments) for f in payment.FEATURES}
    debts = credit.Credit.of(snapshot)
    values |= {f.__name__: f(debts) for f in credit.FEATURES}
    logins = device.Logins.of(snapshot, settings)
    values |= {f.__name__: f(logins) for f in device.FEATURES}
    values |= {f.__name__: f(graph) for f in structure.FEATURES}
    columns = {feature.name: _column(feature, values[feature.name]) for feature in CATALOGUE}
    return pa.table({"person_id": snapshot.ids[Entity.PERSON]} | columns)


def _column(feature: Feature, values: Values) -> pa.Array:
    kinds = {"int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}
    absent = np.isnan(values)
    filled = np.where(absent, 0.0, values)
    return pa.array(filled, mask=absent).cast(kinds[feature.dtype])
