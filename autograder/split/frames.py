"""pandas' values: frames, series, indexes and their scalars, with categories, time zones and missing values."""

import re

import numpy as np
import pandas as pd

from autograder.split import arrays  # noqa: F401 (registers what frames are made of)
from autograder.split.codec import Unreadable, reads, writes
from autograder.split.standard import zone_name

FRAME, SERIES, INDEX, MULTI, RANGEINDEX, COLUMN, STAMP, LENGTH, MISSING, PERIOD, INTERVAL, CATEGORICAL = range(60, 72)
UNITS = ("s", "ms", "us", "ns")
FREQUENCY = re.compile(r"-?\d{0,6}[A-Za-z]{1,12}(-[A-Z]{1,3}){0,2}")
NULLABLE = {name: getattr(pd, f"{name}Dtype")() for name in (
    "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float32", "Float64", "Boolean")}
INDEXES = (pd.Index, pd.DatetimeIndex, pd.TimedeltaIndex, pd.CategoricalIndex, pd.PeriodIndex, pd.IntervalIndex)


def _frequency(text):
    if type(text) is not str or not FREQUENCY.fullmatch(text):
        raise Unreadable(f"{text!r:.60} is no frequency.")
    return text


def _known(dtype):
    """Say whether a column of this type is data."""
    kinds = np.dtype, pd.CategoricalDtype, pd.DatetimeTZDtype, pd.StringDtype, pd.PeriodDtype, pd.IntervalDtype
    return isinstance(dtype, kinds) or dtype in NULLABLE.values()


def _values(column):
    """Return the array behind a series or an index."""
    return np.asarray(column) if isinstance(column.dtype, np.dtype) else column.array


def _write_column(writer, column):
    """Return the values of a column or an index: ``[COLUMN, kind, parts...]``."""
    dtype = column.dtype
    if isinstance(dtype, np.dtype):
        return [COLUMN, "numpy", writer.value(np.asarray(column))]
    if isinstance(dtype, pd.CategoricalDtype):
        return [COLUMN, "category", writer.value(column.codes), writer.value(column.categories), bool(column.ordered)]
    if isinstance(dtype, pd.DatetimeTZDtype):
        return [COLUMN, "tz", writer.value(np.array(column.asi8)), str(dtype.tz), dtype.unit]
    if isinstance(dtype, pd.StringDtype):
        missing = np.array(column.isna())
        items = [None if gone else str(item) for item, gone in zip(column, missing, strict=True)]
        return [COLUMN, "string", writer.value(items), dtype.storage, dtype.na_value is not pd.NA]
    if isinstance(dtype, pd.PeriodDtype):
        return [COLUMN, "period", writer.value(np.array(column.asi8)), column.freqstr]
    if isinstance(dtype, pd.IntervalDtype):
        return [COLUMN, "interval", writer.value(column.left), writer.value(column.right), column.closed]
    name = next(name for name, known in NULLABLE.items() if known == dtype)
    filled = column.to_numpy(dtype.numpy_dtype, na_value=dtype.numpy_dtype.type(0))
    return [COLUMN, name, writer.value(filled), writer.value(np.array(column.isna()))]


@reads(COLUMN)
def _read_column(reader, data):
    kind, parts = data[1], [reader.value(part) for part in data[2:]]
    if kind == "numpy":
        return _flat(parts[0])
    if kind == "category":
        return pd.Categorical.from_codes(_flat(parts[0]), categories=parts[1], ordered=parts[2])
    if kind == "tz":
        if parts[2] not in UNITS:
            raise Unreadable("A time has an unknown unit.")
        naive = _flat(parts[0]).astype(np.int64).view(f"M8[{parts[2]}]")
        return pd.DatetimeIndex(naive).tz_localize("UTC").tz_convert(zone_name(parts[1])).array
    if kind == "string":
        dtype = pd.StringDtype({"python": "python", "pyarrow": "pyarrow"}[parts[1]],
                               na_value=np.nan if parts[2] else pd.NA)
        return pd.array(parts[0], dtype=dtype)
    if kind == "period":
        return pd.PeriodIndex.from_ordinals(_flat(parts[0]), freq=_frequency(parts[1])).array
    if kind == "interval":
        return pd.arrays.IntervalArray.from_arrays(parts[0], parts[1], closed=parts[2])
    return NULLABLE[kind].construct_array_type()(_flat(parts[0]), _flat(parts[1]).astype(bool))


def _flat(array):
    if type(array) is not np.ndarray or array.ndim != 1:
        raise Unreadable("A column is no flat array.")
    return array


@writes(pd.Categorical)
def _write_categorical(writer, column):
    writer.note(column)
    return [CATEGORICAL, _write_column(writer, column)]


@reads(CATEGORICAL)
def _read_categorical(reader, data):
    slot = reader.reserve()
    reader.slots[slot] = reader.value(data[1])
    return reader.slots[slot]


@writes(*INDEXES)
def _write_index(writer, index):
    if not _known(index.dtype):
        return writer.lend(writer, index)
    writer.note(index)
    freq = index.freqstr if isinstance(index, pd.DatetimeIndex | pd.TimedeltaIndex) else None
    return [INDEX, freq, writer.value(index.name), _write_column(writer, _values(index))]


@reads(INDEX)
def _read_index(reader, data):
    slot = reader.reserve()
    name = reader.value(data[2])
    made = pd.Index(reader.value(data[3]), name=name)
    if data[1] is not None and len(made):
        made = type(made)(made, freq=_frequency(data[1]), name=name)
    reader.slots[slot] = made
    return made


@writes(pd.RangeIndex)
def _write_range(writer, index):
    writer.note(index)
    return [RANGEINDEX, index.start, index.stop, index.step, writer.value(index.name)]


@reads(RANGEINDEX)
def _read_range(reader, data):
    slot = reader.reserve()
    reader.slots[slot] = pd.RangeIndex(*data[1:4], name=reader.value(data[4]))
    return reader.slots[slot]


@writes(pd.MultiIndex)
def _write_multi(writer, index):
    writer.note(index)
    levels, codes = list(index.levels), [np.asarray(code) for code in index.codes]
    return [MULTI, *map(writer.value, (levels, codes, list(index.names)))]


@reads(MULTI)
def _read_multi(reader, data):
    slot = reader.reserve()
    levels, codes, names = map(reader.value, data[1:4])
    reader.slots[slot] = pd.MultiIndex(levels=levels, codes=codes, names=names, verify_integrity=True)
    return reader.slots[slot]


def _attributes(writer, table):
    return writer.value(dict(table.attrs)) if table.attrs else None


@writes(pd.Series)
def _write_series(writer, series):
    if not _known(series.dtype):
        return writer.lend(writer, series)
    writer.note(series)
    column = _write_column(writer, _values(series))
    return [SERIES, column, *map(writer.value, (series.index, series.name)), _attributes(writer, series)]


@reads(SERIES)
def _read_series(reader, data):
    slot = reader.reserve()
    column, index, name, attributes = (reader.value(part) for part in data[1:5])
    if not isinstance(index, pd.Index) or len(index) != len(column):
        raise Unreadable("A series has no index that fits.")
    made = pd.Series(column, index=index, name=name, dtype=column.dtype, copy=False)
    made.attrs.update(attributes or {})
    reader.slots[slot] = made
    return made


@writes(pd.DataFrame)
def _write_frame(writer, frame):
    if not all(map(_known, frame.dtypes)):
        return writer.lend(writer, frame)
    writer.note(frame)
    columns = [_write_column(writer, _values(frame.iloc[:, position])) for position in range(frame.shape[1])]
    return [FRAME, columns, *map(writer.value, (frame.columns, frame.index)), _attributes(writer, frame)]


@reads(FRAME)
def _read_frame(reader, data):
    slot = reader.reserve()
    columns = [reader.value(column) for column in data[1]]
    names, index, attributes = (reader.value(part) for part in data[2:5])
    if not (isinstance(names, pd.Index) and isinstance(index, pd.Index)) or len(names) != len(columns) or any(
            len(column) != len(index) for column in columns):
        raise Unreadable("A frame has columns that do not fit.")
    made = pd.DataFrame(dict(enumerate(columns)), index=index)
    made.columns = names
    made.attrs.update(attributes or {})
    reader.slots[slot] = made
    return made


@writes(pd.Timestamp)
def _write_stamp(writer, moment):
    return [STAMP, moment.value if moment.unit == "ns" else int(moment.asm8.astype(np.int64)),
            moment.unit, None if moment.tz is None else str(moment.tz)]


@reads(STAMP)
def _read_stamp(reader, data):
    if data[2] not in UNITS:
        raise Unreadable("A time has an unknown unit.")
    made = pd.Timestamp(np.datetime64(data[1], data[2]))
    return made if data[3] is None else made.tz_localize("UTC").tz_convert(zone_name(data[3]))


@writes(pd.Timedelta)
def _write_length(writer, length):
    return [LENGTH, int(length.asm8.astype(np.int64)), length.unit]


@reads(LENGTH)
def _read_length(reader, data):
    if data[2] not in UNITS:
        raise Unreadable("A length of time has an unknown unit.")
    return pd.Timedelta(np.timedelta64(data[1], data[2]))


@writes(type(pd.NaT), type(pd.NA))
def _write_missing(writer, obj):
    return [MISSING, "NaT" if obj is pd.NaT else "NA"]


@reads(MISSING)
def _read_missing(reader, data):
    return {"NaT": pd.NaT, "NA": pd.NA}[data[1]]


@writes(pd.Period)
def _write_period(writer, period):
    return [PERIOD, period.ordinal, period.freqstr]


@reads(PERIOD)
def _read_period(reader, data):
    return pd.Period(ordinal=data[1], freq=_frequency(data[2]))


@writes(pd.Interval)
def _write_interval(writer, interval):
    return [INTERVAL, *map(writer.value, (interval.left, interval.right)), interval.closed]


@reads(INTERVAL)
def _read_interval(reader, data):
    return pd.Interval(*map(reader.value, data[1:3]), closed=data[3])
