"""Python's own containers, long texts and numbers; keys that were made to collide are refused."""

import itertools
import struct
from array import array

import msgpack

from autograder.split.codec import COMPLEX, IN_MESSAGE, INT64, NATIVE, PLAIN, Unreadable, reads, writes

ROW, PACKED, TEXT, BYTES, LIST, TUPLE, DICT, SET, FROZENSET, BYTEARRAY, RANGE, SLICE, CONSTANT = range(2, 15)
CONSTANTS = {"Ellipsis": Ellipsis, "NotImplemented": NotImplemented}
SAME_HASH = 64                                        # keys of one hash: more make a dictionary slow on purpose


def check_spread(keys):
    """Refuse keys that were made to fall on the same hash."""
    if len(keys) > SAME_HASH:
        hashes = sorted(map(hash, keys))
        if any(a == b for a, b in zip(hashes, itertools.islice(hashes, SAME_HASH, None), strict=False)):
            raise Unreadable("Too many keys of a dictionary or a set have the same hash.")


@writes(str)
def _write_str(writer, text):
    if len(text) <= IN_MESSAGE // 4:
        return text
    writer.note(text)
    return [TEXT, writer.blob(text.encode("utf-8", "surrogatepass"))]


@writes(bytes)
def _write_bytes(writer, data):
    if len(data) <= IN_MESSAGE:
        return data
    writer.note(data)
    return [BYTES, writer.blob(data)]


@writes(complex)
def _write_complex(writer, number):
    return msgpack.ExtType(COMPLEX, struct.pack("!dd", number.real, number.imag))


@writes(list)
def _write_list(writer, items):
    writer.note(items)
    packed = _row(writer, items)
    return packed or [LIST, *map(writer.value, list(items))]


def _row(writer, items):
    """Return the short form of a list of plain scalars, None where there is none."""
    kinds = set(map(type, items))
    if kinds <= PLAIN or kinds == {int} or kinds == {str}:
        if len(items) > 64 and kinds in ({int}, {float}):
            code = "q" if kinds == {int} else "d"
            try:
                return [PACKED, code, writer.blob(array(code, items).tobytes())]
            except OverflowError:
                return None
        if kinds == {str} and max(map(len, items)) > IN_MESSAGE // 4:
            return None
        if kinds == {int} and not (min(items) in INT64 and max(items) in INT64):
            return None
        return [ROW, list(items)]
    return None


@writes(tuple)
def _write_tuple(writer, items):
    reference = writer.begin(items)
    written = [TUPLE, *map(writer.value, items)]
    writer.end(items, reference)
    return written


@writes(dict)
def _write_dict(writer, mapping):
    writer.note(mapping)
    return [DICT, *write_pairs(writer, mapping)]


def write_pairs(writer, mapping):
    """Return keys and values of a mapping in turn."""
    written = []
    for key, item in list(mapping.items()):
        writer.hashed += 1
        written.append(writer.value(key))
        writer.hashed -= 1
        written.append(writer.value(item))
    return written


def write_members(writer, members):
    """Return the members of a set."""
    writer.hashed += 1
    written = [writer.value(member) for member in list(members)]
    writer.hashed -= 1
    return written


@writes(set)
def _write_set(writer, members):
    writer.note(members)
    return [SET, *write_members(writer, members)]


@writes(frozenset)
def _write_frozenset(writer, members):
    reference = writer.begin(members)
    written = [FROZENSET, *write_members(writer, members)]
    writer.end(members, reference)
    return written


@writes(bytearray)
def _write_bytearray(writer, data):
    writer.note(data)
    return [BYTEARRAY, writer.blob(bytes(data))]


@writes(range)
def _write_range(writer, obj):
    return [RANGE, *map(writer.value, (obj.start, obj.stop, obj.step))]


@writes(slice)
def _write_slice(writer, obj):
    return [SLICE, *map(writer.value, (obj.start, obj.stop, obj.step))]


@writes(type(Ellipsis), type(NotImplemented))
def _write_constant(writer, obj):
    return [CONSTANT, repr(obj)]


@reads(ROW)
def _read_row(reader, data):
    if not set(map(type, data[1])) <= NATIVE:
        raise Unreadable("A row holds more than scalars.")
    reader.reserve(data[1])
    return data[1]


@reads(PACKED)
def _read_packed(reader, data):
    items = array({"q": "q", "d": "d"}[data[1]])
    items.frombytes(reader.blob(data[2]))
    made = items.tolist()
    reader.reserve(made)
    return made


@reads(TEXT)
def _read_text(reader, data):
    slot = reader.reserve()
    reader.slots[slot] = bytes(reader.blob(data[1])).decode("utf-8", "surrogatepass")
    return reader.slots[slot]


@reads(BYTES)
def _read_bytes(reader, data):
    slot = reader.reserve()
    reader.slots[slot] = bytes(reader.blob(data[1]))
    return reader.slots[slot]


@reads(LIST)
def _read_list(reader, data):
    made = []
    reader.reserve(made)
    made.extend(map(reader.value, itertools.islice(data, 1, None)))
    return made


@reads(TUPLE)
def _read_tuple(reader, data):
    slot = reader.reserve()
    reader.slots[slot] = tuple(map(reader.value, itertools.islice(data, 1, None)))
    return reader.slots[slot]


@reads(DICT)
def _read_dict(reader, data):
    made = {}
    reader.reserve(made)
    return read_pairs(reader, data, made)


def read_pairs(reader, data, made, first=1):
    """Fill the mapping `made` from keys and values in turn."""
    pairs = [reader.value(item) for item in data[first:]]
    keys = pairs[::2]
    check_spread(keys)
    made.update(zip(keys, pairs[1::2], strict=True))
    return made


def read_members(reader, data):
    """Return the members of a set as a list, checked."""
    members = [reader.value(item) for item in data[1:]]
    check_spread(members)
    return members


@reads(SET)
def _read_set(reader, data):
    made = set()
    reader.reserve(made)
    made.update(read_members(reader, data))
    return made


@reads(FROZENSET)
def _read_frozenset(reader, data):
    slot = reader.reserve()
    reader.slots[slot] = frozenset(read_members(reader, data))
    return reader.slots[slot]


@reads(BYTEARRAY)
def _read_bytearray(reader, data):
    slot = reader.reserve()
    reader.slots[slot] = bytearray(reader.blob(data[1]))
    return reader.slots[slot]


@reads(RANGE)
def _read_range(reader, data):
    return range(*map(reader.value, data[1:4]))


@reads(SLICE)
def _read_slice(reader, data):
    return slice(*map(reader.value, data[1:4]))


@reads(CONSTANT)
def _read_constant(reader, data):
    return CONSTANTS[data[1]]
