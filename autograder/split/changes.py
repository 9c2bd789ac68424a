"""What a call changes in the arguments that it was given: seen on the one side, put into place on the other."""

import operator
import random
from collections import Counter, OrderedDict, defaultdict, deque

from autograder.split.codec import CodecError, Unreadable, Writer

MAPPINGS = (dict, OrderedDict, defaultdict, Counter)


def _items(mapping):
    return [*mapping.keys(), *mapping.values()]


def _same_items(before, after):
    return len(before) == len(after) and all(map(operator.is_, before, after))


def _put_dict(target, new):
    target.clear()
    dict.update(target, new)


def _put_all(target, new):
    target.clear()
    (target.extend if isinstance(target, deque) else target.update)(new)


def _put_slice(target, new):
    target[:] = new


# exact type -> (what to remember, whether that is still so, how to take over the new contents)
KEEPERS = {
    list: (list, _same_items, _put_slice),
    deque: (list, lambda before, after: _same_items(before, list(after)), _put_all),
    set: (frozenset, lambda before, after: before == after, _put_all),
    bytearray: (bytes, operator.eq, _put_slice),
    **{kind: (_items, lambda before, after: _same_items(before, _items(after)), _put_dict) for kind in MAPPINGS},
}


def _stand_in(writer, obj):
    return [-1, id(obj)]


def _written(obj):
    """Return an object as bytes, to compare with later."""
    writer = Writer(_stand_in)
    message = writer.pack(writer.value(obj))
    return message, [bytes(buffer) for buffer in writer.buffers]


def _same_written(before, after):
    return before == _written(after)


def _take_array(array):
    if array.dtype.hasobject:
        return array.dtype, array.shape, list(array.flat)
    return array.dtype, array.shape, array.tobytes() if array.nbytes < 4096 else array.copy()


def _same_array(before, array):
    dtype, shape, content = before
    if array.dtype != dtype or array.shape != shape:
        return False
    if isinstance(content, bytes):
        return array.tobytes() == content
    if isinstance(content, list):
        return _same_items(content, list(array.flat))
    import numpy as np

    if not (array.flags.c_contiguous and content.flags.c_contiguous):
        return array.tobytes() == content.tobytes()
    return np.array_equal(array.reshape(-1).view(np.uint8), content.reshape(-1).view(np.uint8))


def _put_array(target, new):
    if target.dtype != new.dtype or target.size != new.size:
        raise CodecError(f"An array of shape {target.shape} became one of shape {new.shape} in place, which cannot be "
                         "handed back.")
    if not target.flags.writeable:
        raise Unreadable("An array that is read-only was changed.")
    if target.shape != new.shape:
        target.shape = new.shape
    target[...] = new


def _put_generator(target, new):
    target.bit_generator.state = new.bit_generator.state
    old, seed = target.bit_generator.seed_seq, new.bit_generator.seed_seq
    born = getattr(seed, "n_children_spawned", 0) - getattr(old, "n_children_spawned", 0)
    if born > 0:
        old.spawn(born)


def _put_randomstate(target, new):
    target.set_state(new.get_state(legacy=False))


def _put_table(target, new):
    target._update_inplace(new)                       # what pandas itself does in every method with inplace=True


def _put_attributes(target, new):
    target.__dict__.update(new.__dict__)


def _put_random(target, new):
    target.setstate(new.getstate())


KEEPERS[random.Random] = random.Random.getstate, lambda before, after: before == after.getstate(), _put_random
LATER = {                                             # by name, so that nothing is imported for them
    "numpy.ndarray": (_take_array, _same_array, _put_array),
    "numpy.random._generator.Generator": (_written, _same_written, _put_generator),
    "numpy.random.mtrand.RandomState": (_written, _same_written, _put_randomstate),
    "pandas.core.frame.DataFrame": (_written, _same_written, _put_table),
    "pandas.core.series.Series": (_written, _same_written, _put_table),
}


def keeper(kind):
    """Return ``(take, same, put)`` for objects of exactly this type, None where they do not change."""
    if kind in KEEPERS:
        return KEEPERS[kind]
    module = kind.__module__
    found = LATER.get(f"{module}.{kind.__name__}")
    if found is None and module.startswith("scipy.sparse"):
        found = _written, _same_written, _put_attributes
    KEEPERS[kind] = found
    return found


def remember(objects):
    """Return what is needed to say later which of the objects were changed: ``[(index, object, state)]``."""
    kept = []
    for index, obj in enumerate(objects):
        ways = keeper(type(obj))
        if ways:
            kept.append((index, obj, ways[0](obj)))
    return kept


def changed(kept):
    """Return ``[(index, object)]`` of the objects that are no longer as they were."""
    return [(index, obj) for index, obj, state in kept if not keeper(type(obj))[1](state, obj)]


def put(target, new):
    """Give `target` the contents of `new`, an object of the same type.

    Raises
    ------
    Unreadable
        If the two do not belong together.
    CodecError
        If the change is one that cannot be made to an array in place.
    """
    ways = keeper(type(target))
    if ways is None or type(new) is not type(target):
        raise Unreadable(f"A {type(target).__name__} cannot become a {type(new).__name__}.")
    ways[2](target, new)
