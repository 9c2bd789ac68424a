"""The standard library's plain data: collections, dates, exact numbers, paths, ``random.Random``."""

import datetime as dt
import random
import re
import uuid
import zoneinfo
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from pathlib import PosixPath, PurePosixPath

from autograder.split.codec import Unreadable, reads, writes
from autograder.split.containers import read_pairs, write_pairs

COUNTER, ORDERED, DEFAULT, DEQUE, DATE, TIME, DATETIME, DELTA, OFFSET, ZONE, DECIMAL, FRACTION, PATH, UUID, RANDOM = (
    range(20, 35)
)
FACTORIES = {kind.__name__: kind for kind in (int, float, str, bool, list, dict, set, tuple)}
ZONE_NAME = re.compile(r"[A-Za-z0-9_+\-]+(/[A-Za-z0-9_+\-]+)*")
PATHS = {"PosixPath": PosixPath, "PurePosixPath": PurePosixPath}


@writes(Counter)
def _write_counter(writer, mapping):
    writer.note(mapping)
    return [COUNTER, *write_pairs(writer, mapping)]


@reads(COUNTER)
def _read_counter(reader, data):
    made = Counter()
    reader.reserve(made)
    pairs = read_pairs(reader, data, {})
    dict.update(made, pairs)                          # Counter.update would add
    return made


@writes(OrderedDict)
def _write_ordered(writer, mapping):
    writer.note(mapping)
    return [ORDERED, *write_pairs(writer, mapping)]


@reads(ORDERED)
def _read_ordered(reader, data):
    made = OrderedDict()
    reader.reserve(made)
    return read_pairs(reader, data, made)


@writes(defaultdict)
def _write_default(writer, mapping):
    factory = mapping.default_factory
    if factory is not None and FACTORIES.get(getattr(factory, "__name__", None)) is not factory:
        return writer.lend(writer, mapping)
    writer.note(mapping)
    return [DEFAULT, factory and factory.__name__, *write_pairs(writer, mapping)]


@reads(DEFAULT)
def _read_default(reader, data):
    made = defaultdict(None if data[1] is None else FACTORIES[data[1]])
    reader.reserve(made)
    return read_pairs(reader, data, made, first=2)


@writes(deque)
def _write_deque(writer, items):
    writer.note(items)
    return [DEQUE, items.maxlen, *map(writer.value, list(items))]


@reads(DEQUE)
def _read_deque(reader, data):
    made = deque(maxlen=data[1])
    reader.reserve(made)
    made.extend(map(reader.value, data[2:]))
    return made


@writes(dt.date)
def _write_date(writer, day):
    return [DATE, day.year, day.month, day.day]


@reads(DATE)
def _read_date(reader, data):
    return dt.date(*data[1:4])


def _clock(moment):
    return moment.hour, moment.minute, moment.second, moment.microsecond


@writes(dt.time)
def _write_time(writer, moment):
    return [TIME, writer.value(moment.tzinfo), moment.fold, *_clock(moment)]


@reads(TIME)
def _read_time(reader, data):
    return dt.time(*data[3:7], tzinfo=reader.value(data[1]), fold=data[2])


@writes(dt.datetime)
def _write_datetime(writer, moment):
    zone = moment.tzinfo
    if zone is not None and type(zone) not in (dt.timezone, zoneinfo.ZoneInfo):
        zone = dt.timezone(moment.utcoffset())        # pytz and dateutil: the moment is right, the rules stay behind
    return [DATETIME, writer.value(zone), moment.fold, moment.year, moment.month, moment.day, *_clock(moment)]


@reads(DATETIME)
def _read_datetime(reader, data):
    return dt.datetime(*data[3:10], tzinfo=reader.value(data[1]), fold=data[2])


@writes(dt.timedelta)
def _write_delta(writer, length):
    return [DELTA, length.days, length.seconds, length.microseconds]


@reads(DELTA)
def _read_delta(reader, data):
    return dt.timedelta(*data[1:4])


@writes(dt.timezone)
def _write_offset(writer, zone):
    offset = zone.utcoffset(None)
    return [OFFSET, offset.days, offset.seconds, offset.microseconds]


@reads(OFFSET)
def _read_offset(reader, data):
    return dt.timezone(dt.timedelta(*data[1:4]))


@writes(zoneinfo.ZoneInfo)
def _write_zone(writer, zone):
    return [ZONE, zone.key]


@reads(ZONE)
def _read_zone(reader, data):
    return zoneinfo.ZoneInfo(zone_name(data[1]))


def zone_name(text):
    """Return the name of a time zone, or say that it is none: names become paths in the zone database."""
    if type(text) is not str or not ZONE_NAME.fullmatch(text) or text.startswith("dateutil"):
        raise Unreadable(f"{text!r:.60} is no time zone.")
    return text


@writes(Decimal)
def _write_decimal(writer, number):
    return [DECIMAL, str(number)]


@reads(DECIMAL)
def _read_decimal(reader, data):
    return Decimal(reader.value(data[1]))


@writes(Fraction)
def _write_fraction(writer, number):
    return [FRACTION, writer.value(number.numerator), writer.value(number.denominator)]


@reads(FRACTION)
def _read_fraction(reader, data):
    return Fraction(reader.value(data[1]), reader.value(data[2]))


@writes(PosixPath, PurePosixPath)
def _write_path(writer, path):
    return [PATH, type(path).__name__, str(path)]


@reads(PATH)
def _read_path(reader, data):
    return PATHS[data[1]](reader.value(data[2]))


@writes(uuid.UUID)
def _write_uuid(writer, number):
    return [UUID, number.bytes]


@reads(UUID)
def _read_uuid(reader, data):
    return uuid.UUID(bytes=data[1])


@writes(random.Random)
def _write_random(writer, generator):
    writer.note(generator)
    version, words, gauss = generator.getstate()
    return [RANDOM, version, writer.value(list(words)), gauss]


@reads(RANDOM)
def _read_random(reader, data):
    slot = reader.reserve()
    made = random.Random(0)
    made.setstate((data[1], tuple(reader.value(data[2])), data[3]))
    reader.slots[slot] = made
    return made
