"""Arrow streams written by hand are what Arrow itself would write: values, nulls, schema, validity of the whole."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graphfraud.features.catalogue import Dtype
from graphfraud.serve.arrow import ARROW_DTYPES, TEXTS, Form
from graphfraud.serve.texts import repeated, texts

KINDS: tuple[Dtype, ...] = ("float", "int", "bool")
VALUES: dict[Dtype, st.SearchStrategy[float]] = {
    "float": st.floats(allow_nan=True, allow_infinity=True),
    "int": st.integers(-(2**53) + 1, 2**53 - 1).map(float) | st.just(float("nan")),
    "bool": st.sampled_from((0.0, 1.0, float("nan"))),
}
CASTS = {"float": float, "int": int, "bool": bool}
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_a_stream_is_what_arrow_reads_back(data: st.DataObject) -> None:
    dtypes = data.draw(st.lists(st.sampled_from(KINDS), max_size=7))
    count = data.draw(st.integers(0, 20) | st.just(1_000))
    ids = [data.draw(words) for _ in range(min(count, 3))] + ["u1"] * (count - 3)
    columns = [data.draw(arrays(np.float64, count, elements=VALUES[dtype], fill=VALUES[dtype])) for dtype in dtypes]
    block = np.array(columns).T.reshape(count, len(dtypes))
    fields = [pa.field(name, pa.string(), nullable=False) for name in TEXTS]
    fields += [pa.field(f"f{place}", ARROW_DTYPES[dtype], metadata={"unit": "x"}) for place, dtype in enumerate(dtypes)]
    form = Form(pa.schema(fields, metadata={"run_id": "r"}), dtypes, range(len(dtypes)))

    table = pa.ipc.open_stream(
        form.stream((texts(ids).column, repeated("present", count)), block, np.arange(count))
    ).read_all()

    table.validate(full=True)
    assert table.schema.equals(pa.schema(fields, metadata={"run_id": "r"}), check_metadata=True)
    assert table.column("person_id").to_pylist() == ids
    assert table.column("status").to_pylist() == ["present"] * count
    for place, dtype in enumerate(dtypes):
        known = [None if value != value else CASTS[dtype](value) for value in block[:, place].tolist()]
        column = table.column(f"f{place}")
        assert column.to_pylist() == known
        assert column.null_count == known.count(None)


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 64, 65])
def test_one_form_serves_batches_of_any_size(count: int) -> None:
    fields = [pa.field(name, pa.string(), nullable=False) for name in TEXTS] + [pa.field("f", pa.float64())]
    form = Form(pa.schema(fields), ["float"], [0])
    for size in (count, 3, count):
        block = np.arange(float(size)).reshape(size, 1)
        names = [f"p-{place}" for place in range(size)]
        batch = pa.ipc.open_stream(
            form.stream((texts(names).column, texts(names).column), block, np.arange(size))
        ).read_next_batch()
        assert batch.column("f").to_pylist() == list(range(size))
        assert batch.column("person_id").to_pylist() == names
