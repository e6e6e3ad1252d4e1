"""Compiled loops against what plain Python says: ids under any hashes, columns of any rows and slots."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.serve.compiled import fill_columns, found_rows
from graphfraud.serve.texts import texts

HASHES = st.sampled_from((0, 1, 2, 7, 2**63, 2**64 - 2, 2**64 - 1)) | st.integers(0, 2**64 - 1)
"""Crowded at both ends, where a place that is guessed from even hashes lies far off."""
KNOWN = st.lists(st.tuples(HASHES, st.text("ab\0é", max_size=4)), min_size=1, max_size=40, unique_by=lambda one: one[1])


@settings(max_examples=200, deadline=None)
@given(data=st.data(), known=KNOWN)
def test_an_id_is_found_under_its_hash_only(data: st.DataObject, known: list[tuple[int, str]]) -> None:
    strangers = st.tuples(HASHES, st.text("ab\0é", max_size=4))
    asked = data.draw(st.lists(st.sampled_from(known) | strangers, max_size=30))
    ids = texts([name for _, name in known])
    hashes = np.array([digest for digest, _ in known], np.uint64)
    order = np.argsort(hashes, kind="stable")
    index = hashes[order], order.astype(np.uint32), ids.column[0].astype(np.int64), ids.column[1]
    digests = np.array([digest for digest, _ in asked], np.uint64)

    found = found_rows(*index, digests, *texts([name for _, name in asked]).column)

    rows = {one: row for row, one in enumerate(known)}
    assert found.tolist() == [rows.get(one, -1) for one in asked]


@settings(max_examples=60, deadline=None)
@given(data=st.data(), count=st.integers(0, 100))
def test_columns_are_the_values_of_the_rows(data: st.DataObject, count: int) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    matrix = rng.integers(-3, 3, (9, 6)).astype(np.float64)
    matrix[rng.random(matrix.shape) < 0.2] = np.nan
    rows = rng.integers(-1, 9, count)
    order = rng.permutation(6)[: data.draw(st.integers(0, 6))]
    slots = order[::3].copy(), order[1::3].copy(), order[2::3].copy()
    bits = (count + 7) // 8
    validity, flags = np.zeros((len(order), bits), np.uint8), np.zeros((len(slots[2]), bits), np.uint8)
    floats, ints = np.zeros((len(slots[0]), count)), np.zeros((len(slots[1]), count), np.int64)

    missing = fill_columns(matrix, rows, slots, order, validity, floats, ints, flags)

    truth = np.where((rows < 0)[:, None], np.nan, matrix[rows]).T
    known = ~np.isnan(truth[order])
    assert missing.tolist() == (~known).sum(axis=1).tolist()
    assert (np.unpackbits(validity, axis=1, count=count, bitorder="little") == known).all()
    np.testing.assert_array_equal(floats, truth[slots[0]])
    np.testing.assert_array_equal(ints, np.nan_to_num(truth[slots[1]], nan=-(2.0**53)).astype(np.int64))
    assert (np.unpackbits(flags, axis=1, count=count, bitorder="little") == (truth[slots[2]] == 1)).all()
