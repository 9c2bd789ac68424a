"""Values cross as what they are: type, value, identity; everything else is lent, and nonsense is refused."""

import datetime as dt
import random
import uuid
import zoneinfo
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import msgpack
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from autograder.split.codec import CodecError, Reader, Unreadable, Writer


def lend(writer, obj):
    """Refuse: nothing is lent in these tests."""
    raise CodecError(f"a {type(obj).__name__} is no data")


def across(obj):
    """Return what arrives of an object."""
    writer = Writer(lend)
    message = writer.pack(writer.value(obj))
    reader = Reader(message, [bytearray(memoryview(b).cast("B")) for b in writer.buffers], None)
    made = reader.value(reader.structure)
    assert len(reader.slots) == len(writer.slots) and list(map(type, reader.slots)) == list(map(type, writer.slots))
    return made


PLAIN = [
    None, True, 0, 2**63, -(2**63), -(2**63) - 1, 10**400, 1.5, -0.0, float("inf"), float("nan"), 1 - 2j, 1j,
    complex("nanj"), "", "ä\ud800\0", "long" * 5000, b"", b"x" * 9000, bytearray(b"a"), [], [1, 2.0, "a", None],
    [0.5] * 300, [True] * 99, list(range(300)), [2**70] * 100, (), (1, (2,)), {}, {1: 2, (1, 2): {}, None: 0, 1.5: 1},
    {1, "a"}, [b"a", 1j], frozenset({1, frozenset()}), range(2, 9, 3), slice(1, None, -1), Ellipsis, NotImplemented,
    ["a", "b"],
    dt.date(2024, 2, 29), dt.datetime(2024, 1, 1, 12, 30, 1, 5, fold=1), dt.datetime.now(dt.UTC), dt.time(3, 4),
    dt.datetime(2024, 1, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")), dt.timedelta(-1, 5), Decimal("1.10"),
    Decimal("NaN"), Fraction(1, 3), Path("a/b"), uuid.UUID(int=5), Counter("aab"), OrderedDict([("b", 1), ("a", 2)]),
    defaultdict(list, {1: [2]}), deque([1, 2], maxlen=3), np.float64(0.1), np.float64("nan"), np.float32(0.1),
    np.float16(2), np.longdouble(1) / 3, np.int8(-3), np.uint64(2**64 - 1), np.bool_(True), np.complex64(1j),
    np.str_("ab"), np.str_(""), np.bytes_(b"x"), np.datetime64("2020-01-01T05", "h"), np.timedelta64(3, "D"),
    np.datetime64("NaT", "ns"), np.dtype("f4"), np.dtype("M8[ns]"), np.dtype([("a", "i4"), ("b", "f8", (2,))]),
    pd.Timestamp("2020-01-01", tz="Europe/Berlin"), pd.Timestamp("2020-01-01 01:02:03.000000004"), pd.NaT, pd.NA,
    pd.Timedelta("3h"), pd.Period("2020-01", "M"), pd.Interval(0, 1, closed="left"),
]


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: f"{type(value).__name__} {value!r:.30}" if not isinstance(
    value, set | frozenset) else f"{type(value).__name__} of {len(value)}")
def test_a_value_arrives_as_it_is(value):
    came = across(value)
    assert type(came) is type(value)
    assert came == value if isinstance(value, set | frozenset) else repr(came) == repr(value)      # sets have no order


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner)
    | st.frozensets(st.integers(), max_size=1), max_leaves=30,
)


@given(values)
@settings(max_examples=80, deadline=None)
def test_every_nested_value_arrives_with_its_types_and_order(value):
    assert repr(across(value)) == repr(value)


RECORD = np.dtype([("a", ">i4"), ("b", "f4", (2, 2)), ("c", "S3")], align=True)
ARRAYS = {
    "matrix": np.arange(6).reshape(2, 3), "Fortran": np.asfortranarray(np.random.default_rng(0).random((30, 40))),
    "transposed": np.arange(6.0).reshape(2, 3).T, "no dimension": np.array(3.5), "empty": np.zeros((0, 3), np.int8),
    "every other": np.arange(10)[::2], "backwards": np.arange(5000.0)[::-1], "big-endian": np.arange(3, dtype=">f8"),
    "bool": np.array([True, False]), "complex": np.array([1j, np.nan]), "half": np.ones(3, np.float16),
    "long double": np.ones(3, np.longdouble) / 3, "text": np.array(["a", "", "bcdä"]), "bytes": np.array([b"a", b"bc"]),
    "dates": np.array(["2020-01-01", "NaT"], "M8[D]"), "lengths": np.array([1, 2], "m8[25us]"),
    "records": np.zeros(3, RECORD), "objects": np.array([1, "x", None, [2]], dtype=object),
    "objects in records": np.array([(1, "x")], [("a", "i4"), ("b", "O")]), "large": np.ones((300, 300)),
    "one number everywhere": np.broadcast_to(1.0, (3, 3)), "large text": np.array(["x" * 2000] * 3),
    "object matrix": np.array([[1, None], ["a", 2.5]], dtype=object),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_arrives_with_type_shape_order_and_flags(name):
    array = ARRAYS[name]
    came = across(array)
    assert type(came) is np.ndarray and came.dtype == array.dtype and came.shape == array.shape
    np.testing.assert_array_equal(came, array)
    assert came.flags.writeable == array.flags.writeable
    if array.flags.contiguous:
        assert came.flags.f_contiguous == array.flags.f_contiguous


@pytest.mark.parametrize("kind", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_generators_go_on_where_they_were_and_have_the_same_children(kind):
    rng = np.random.Generator(getattr(np.random, kind)(5))
    rng.integers(0, 9, 3, dtype=np.int32)
    rng.spawn(1)
    came = across(rng)
    assert came.bit_generator.state["bit_generator"] == kind
    assert (came.normal(size=5) == rng.normal(size=5)).all() and came.spawn(1)[0].random() == rng.spawn(1)[0].random()


def test_old_generators_go_on_where_they_were():
    old, plain = np.random.RandomState(3), random.Random(3)
    old.normal()                                      # one normal number is kept back
    assert across(old).normal() == old.normal() and across(plain).gauss(0, 1) == plain.gauss(0, 1)


COLUMNS = {
    "ints": [1, 2, 3], "texts": ["x", None, "z"], "categories": pd.Categorical(["u", None, "u"], ordered=True),
    "zones": pd.date_range("2020-03-29", periods=3, tz="Europe/Berlin"), "Int64": pd.array([1, None, 3], "Int64"),
    "string": pd.array(["a", None, "c"], "string"), "periods": pd.period_range("2020", periods=3, freq="Q"),
    "intervals": pd.interval_range(0, 3), "boolean": pd.array([True, None, False], "boolean"),
    "lengths": pd.to_timedelta([1, 2, 3], "D"), "Float32": pd.array([1.0, None, 3], "Float32"),
    "dates": pd.date_range("2020", periods=3), "mixed": [1, "a", 2.5],
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_arrives_with_its_type(name):
    frame = pd.DataFrame({name: COLUMNS[name], 5: 1.5}, index=pd.Index(["p", "q", "r"], name="key"))
    frame.attrs["unit"] = "m"
    came = across(frame)
    pd.testing.assert_frame_equal(came, frame, check_freq=True)
    pd.testing.assert_series_equal(across(frame[name]), frame[name])
    assert came.attrs == {"unit": "m"}


@pytest.mark.parametrize("index", [
    pd.RangeIndex(2, 9, 3, name="z"), pd.MultiIndex.from_product([[1, 2], ["a", "b"]], names=["p", None]),
    pd.date_range("2020", periods=4, freq="W-WED"), pd.CategoricalIndex(["a", "b", "a"]), pd.interval_range(0, 3),
    pd.period_range("2020", periods=3, freq="M"), pd.to_timedelta([1, 2]), pd.Index([1.5, 2]),
    pd.Index([], dtype=object),
], ids=lambda index: type(index).__name__)
def test_an_index_arrives_with_its_kind(index):
    pd.testing.assert_index_equal(across(index), index, exact=True)
    assert getattr(across(index), "freq", None) == getattr(index, "freq", None)


def test_frames_may_have_no_cells_and_names_twice():
    for frame in (pd.DataFrame(), pd.DataFrame(index=[1, 2]), pd.DataFrame([[1, 2.5]], columns=["a", "a"])):
        pd.testing.assert_frame_equal(across(frame), frame)


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "bsr", "dia", "lil", "dok"])
@pytest.mark.parametrize("kind", ["array", "matrix"])
def test_sparse_matrices_keep_their_form(form, kind):
    matrix = getattr(sparse, f"{form}_{kind}")(np.diag([1.0, 0, 3]))
    came = across(matrix)
    assert type(came) is type(matrix) and came.dtype == float and (came.toarray() == matrix.toarray()).all()


def test_one_object_stays_one_object_and_cycles_stay_cycles():
    row, array = [1], np.ones(3)
    came = across([row, row, {"a": row, "b": (array, array)}])
    assert came[0] is came[1] is came[2]["a"] and came[2]["b"][0] is came[2]["b"][1]
    row.append(row)
    came = across(row)
    assert came[1] is came
    loop = {}
    loop["self"] = [loop]
    came = across(loop)
    assert came["self"][0] is came


def test_what_cannot_cross_says_why():
    loop = ([],)
    loop[0].append(loop)
    with pytest.raises(CodecError, match="A tuple that contains itself"):
        across(loop)
    deep = []
    for _ in range(300):
        deep = [deep]
    with pytest.raises(CodecError, match="nested more than 200 deep"):
        across(deep)
    with pytest.raises(CodecError, match="keys of a dictionary hold a object"):
        across({object(): 1})


class Count(int):
    """A subclass: no plain value."""


@pytest.mark.parametrize("obj", [Count(3), np.matrix([1]), np.ma.array([1]), iter([1]), {}.keys(), np.rec.array([(1,)]),
                                 len, Count, defaultdict(lambda: 1)], ids=lambda obj: type(obj).__name__)
def test_only_exact_types_are_values(obj):
    with pytest.raises(CodecError, match="is no data"):
        across(obj)


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_value_or_unreadable(data):
    try:
        reader = Reader(data, [bytearray(8)], None)
        reader.value(reader.structure)
    except Unreadable:
        pass


words = st.text(max_size=4) | st.binary(max_size=9) | st.sampled_from(["<f8", "csr_array"])
trees = st.recursive(
    st.none() | st.integers(-5, 100) | words,
    lambda inner: st.lists(inner, max_size=5) | st.tuples(st.integers(0, 90), inner, inner, inner).map(list),
    max_leaves=20,
)


@given(trees)
@settings(max_examples=200, deadline=None)
def test_any_structure_is_a_value_or_unreadable(structure):
    try:
        reader = Reader(msgpack.packb(structure), [], None)
        reader.value(reader.structure)
    except Unreadable:
        pass
