"""NumPy's and SciPy's values: arrays and scalars of every data type, random generators, sparse matrices.

A data type comes as text that must look like one; types that hold pointers are never made from bytes.
"""

import math
import re

import msgpack
import numpy as np

from autograder.split.codec import (
    EXTENSIONS,
    FLOAT64,
    WRITERS,
    Unreadable,
    reads,
    writes,
)

ARRAY, OBJECTS, SCALAR, DTYPE, GENERATOR, RANDOMSTATE, SPARSE = range(40, 47)
SIMPLE = re.compile(r"[<>|=][biufcSUVMm]\d{1,9}(\[\d{0,9}[A-Za-z]{1,7}\])?")
MOST = 1 << 27                                        # elements of one array; only types of no bytes could have more
WRITEABLE, FORTRAN = 1, 2                             # flags of an array
BIT_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
FORMATS = ("csr", "csc", "coo", "bsr", "dia", "lil", "dok")
CHILDREN = 10_000                                     # that one seed sequence may have spawned


def describe(dtype):
    """Return a data type as plain data: its text, or for a structure its fields."""
    if dtype.names is not None:
        fields = [dtype.fields[name] for name in dtype.names]
        return [list(dtype.names), [describe(field[0]) for field in fields], [f[1] for f in fields], dtype.itemsize]
    if dtype.subdtype is not None:
        return [describe(dtype.subdtype[0]), list(dtype.subdtype[1])]
    return "O" if dtype.kind == "O" else dtype.str


def restore(data):
    """Return the data type that `describe` wrote; only text that looks like one reaches NumPy."""
    if type(data) is str:
        if data != "O" and not SIMPLE.fullmatch(data):
            raise Unreadable(f"{data!r:.60} is no data type.")
        return np.dtype(data)
    if len(data) == 2:
        return np.dtype((restore(data[0]), tuple(data[1])))
    names, formats, offsets, itemsize = data
    return np.dtype({"names": names, "formats": [restore(f) for f in formats], "offsets": offsets,
                     "itemsize": itemsize})


def _plain(dtype):
    """Say whether the bytes of an array of this type are all there is to it."""
    return not dtype.hasobject and dtype.isbuiltin != 2 and dtype.kind in "biufcSUVMm"


@writes(np.ndarray)
def _write_array(writer, array):
    writer.note(array)
    flags = WRITEABLE * array.flags.writeable
    if array.flags.f_contiguous and not array.flags.c_contiguous:
        flags |= FORTRAN
    if not _plain(array.dtype):
        described = describe(array.dtype) if array.dtype.kind in "OV" else "O"     # StringDType: as objects
        items = array.astype(object) if described == "O" else array
        rows = [writer.value(item if described == "O" else tuple(item)) for item in items.ravel().tolist()]
        return [OBJECTS, flags, described, list(array.shape), rows]
    order = "F" if flags & FORTRAN else "C"
    if array.nbytes > 4096 and array.itemsize:
        flat = np.asarray(array, order=order).reshape(-1, order=order)
        data = writer.blob(flat.view(np.uint8))
    else:
        data = array.tobytes(order)
    return [ARRAY, flags, array.dtype.str if array.dtype.names is None else describe(array.dtype),
            list(array.shape), data]


def _count(shape):
    count = math.prod(shape)
    if count > MOST or any(type(length) is not int or length < 0 for length in shape):
        raise Unreadable(f"There is no array of the shape {shape!r:.80}.")
    return count


@reads(ARRAY)
def _read_array(reader, data):
    slot = reader.reserve()
    _, flags, described, shape, blob = data
    dtype, count, content = restore(described), _count(shape), reader.blob(blob)
    if not _plain(dtype) or len(content) != count * dtype.itemsize:
        raise Unreadable("The bytes of an array do not fit its type and shape.")
    order = "F" if flags & FORTRAN else "C"
    if not content:
        made = np.empty(shape, dtype, order)
    else:
        made = np.ndarray(shape, dtype, content, order=order)
        if type(content) is bytes:
            made = made.copy(order)                   # bytes are read-only; a buffer beside the message is our own
    made.flags.writeable = bool(flags & WRITEABLE)
    reader.slots[slot] = made
    return made


@reads(OBJECTS)
def _read_objects(reader, data):
    _, flags, described, shape, rows = data
    dtype = restore(described)
    if not dtype.hasobject or len(rows) != _count(shape):
        raise Unreadable("The elements of an array do not fit its type and shape.")
    flat = np.empty(len(rows), dtype)
    made = flat.reshape(shape)
    reader.reserve(made)
    for index, row in enumerate(rows):
        flat[index] = reader.value(row)
    made.flags.writeable = bool(flags & WRITEABLE)
    return made


def _write_scalar(writer, scalar):
    dtype = np.asarray(scalar).dtype
    if not _plain(dtype):
        return writer.lend(writer, scalar)
    return [SCALAR, describe(dtype), np.asarray(scalar).tobytes()]


@reads(SCALAR)
def _read_scalar(reader, data):
    dtype = restore(data[1])
    if not _plain(dtype) or len(data[2]) != dtype.itemsize:
        raise Unreadable("The bytes of a number do not fit its type.")
    if not dtype.itemsize:
        return dtype.type()
    return np.ndarray((), dtype, data[2])[()]


WRITERS.update({kind: _write_scalar for kind in {*np.sctypeDict.values()} if kind is not np.object_})


@writes(np.float64)
def _write_float64(writer, number):
    return msgpack.ExtType(FLOAT64, number.tobytes())


def _read_float64(data):
    if len(data) != 8:
        raise Unreadable("The bytes of a number do not fit its type.")
    return np.frombuffer(data, np.float64)[0]


EXTENSIONS[FLOAT64] = _read_float64


def _write_dtype(writer, dtype):
    return [DTYPE, describe(dtype)] if dtype.kind in "biufcSUVMmO" else writer.lend(writer, dtype)


WRITERS.update(dict.fromkeys({type(np.dtype(code)) for code in "?bhilqBHILQefdgFDGSUVMmO"}, _write_dtype))


@reads(DTYPE)
def _read_dtype(reader, data):
    return restore(data[1])


def _state(writer, value):
    """Return the state of a bit generator as plain data: dictionaries, whole numbers, arrays."""
    if isinstance(value, dict):
        return ["d", *(part for key, item in value.items() for part in (key, _state(writer, item)))]
    if isinstance(value, np.ndarray):
        return ["a", str(value.dtype), value.tobytes()]
    return ["i", writer.value(int(value))] if not isinstance(value, str) else value


def _unstate(reader, data):
    if type(data) is str:
        return data
    if data[0] == "d":
        items = [item if type(item) is str else _unstate(reader, item) for item in data[1:]]
        return dict(zip(items[::2], items[1::2], strict=True))
    if data[0] == "a":
        return np.frombuffer(data[2], {"uint32": np.uint32, "uint64": np.uint64}[data[1]]).copy()
    return reader.value(data[1])


def _write_generator(writer, generator):
    source = generator.bit_generator if isinstance(generator, np.random.Generator) else generator._bit_generator
    name, seed = type(source).__name__, source.seed_seq
    if name not in BIT_GENERATORS:
        return writer.lend(writer, generator)
    writer.note(generator)
    seeds = None
    if type(seed) is np.random.SeedSequence:
        parts = seed.entropy, tuple(seed.spawn_key), seed.pool_size, seed.n_children_spawned
        seeds = [writer.value(part) for part in parts]
    state = dict(source.state)
    if isinstance(generator, np.random.RandomState):
        _, _, _, *gauss = generator.get_state()
        return [RANDOMSTATE, name, seeds, _state(writer, state), int(gauss[0]), float(gauss[1])]
    return [GENERATOR, name, seeds, _state(writer, state)]


WRITERS[np.random.Generator] = WRITERS[np.random.RandomState] = _write_generator


def _source(reader, name, seeds, state):
    if name not in BIT_GENERATORS:
        raise Unreadable(f"There is no generator {name!r:.60}.")
    seed = 0
    if seeds:
        entropy, key, pool, children = map(reader.value, seeds)
        if type(children) is not int or not 0 <= children <= CHILDREN or not 4 <= pool <= 64:
            raise Unreadable("A random generator has too many children.")
        seed = np.random.SeedSequence(entropy, spawn_key=key, pool_size=pool, n_children_spawned=children)
    made, state = getattr(np.random, name)(seed), _unstate(reader, state)
    inner = state["state"]
    sound = {                                         # NumPy reads at these positions without a look
        "MT19937": lambda: 0 <= inner["pos"] <= 624 and inner["key"].shape == (624,),
        "Philox": lambda: 0 <= state["buffer_pos"] <= 4 and state["buffer"].shape == inner["counter"].shape == (4,)
        and inner["key"].shape == (2,),
        "SFC64": lambda: inner["state"].shape == (4,),
    }
    if not sound.get(name, lambda: True)():
        raise Unreadable("A random generator stands where none can be.")
    made.state = state
    return made


@reads(GENERATOR)
def _read_generator(reader, data):
    slot = reader.reserve()
    reader.slots[slot] = np.random.Generator(_source(reader, *data[1:4]))
    return reader.slots[slot]


@reads(RANDOMSTATE)
def _read_randomstate(reader, data):
    slot = reader.reserve()
    made = np.random.RandomState(_source(reader, *data[1:4]))
    state = made.get_state(legacy=False)
    made.set_state({**state, "has_gauss": data[4], "gauss": data[5]})
    reader.slots[slot] = made
    return made


def _sparse_kinds():
    """Return ``{name: class}`` of SciPy's sparse classes."""
    from scipy import sparse

    return {f"{f}_{kind}": getattr(sparse, f"{f}_{kind}") for f in FORMATS for kind in ("array", "matrix")}


def _write_sparse(writer, matrix):
    writer.note(matrix)
    name, inner = type(matrix).__name__, matrix
    if matrix.format in ("csr", "csc"):
        parts = [matrix.data, matrix.indices, matrix.indptr]
    else:
        inner = matrix.tocoo()
        parts = [inner.data, *inner.coords]
    return [SPARSE, name, list(matrix.shape), *(writer.value(np.asarray(part)) for part in parts)]


@reads(SPARSE)
def _read_sparse(reader, data):
    slot = reader.reserve()
    kind, shape, parts = _sparse_kinds()[data[1]], tuple(data[2]), [reader.value(part) for part in data[3:]]
    form, longest = data[1].partition("_")[0], max(shape)
    if any(type(part) is not np.ndarray or part.ndim != 1 for part in parts) or parts[0].dtype.kind not in "biufc":
        raise Unreadable("A sparse matrix holds more than arrays of numbers.")
    if any(part.dtype.kind != "i" for part in parts[1:]):
        raise Unreadable("The indices of a sparse matrix are no whole numbers.")
    diagonals = len(np.unique(parts[2] - parts[1])) if form == "dia" else 0
    if (form in ("lil", "bsr") and longest > MOST >> 4) or diagonals * longest > MOST:
        raise Unreadable("A sparse matrix is too large for its form.")
    if form in ("csr", "csc"):
        made = kind(tuple(parts), shape=shape)
        made.check_format(full_check=True)            # SciPy's loops trust these numbers
    else:
        from scipy import sparse

        plain = sparse.coo_array if data[1].endswith("array") else sparse.coo_matrix
        made = plain((parts[0], tuple(parts[1:])), shape=shape)
        made = made if form == "coo" else kind(made)
    reader.slots[slot] = made
    return made


def _register_sparse():
    WRITERS.update(dict.fromkeys(_sparse_kinds().values(), _write_sparse))


def learn(kind):
    """Register SciPy's types when one of them is met first."""
    if kind.__module__.startswith("scipy.sparse") and kind not in WRITERS:
        _register_sparse()
