"""The text of a notebook file as plain JSON, within bounds: no bytes make time or memory run out."""

import itertools
import json
from collections import Counter

DEEPEST = 200                                         # brackets inside brackets; Jupyter's own need about ten
MOST_VALUES = 500_000                                 # values of a file; each costs memory that its text does not
SAMPLE = 2**16                                        # bytes round a damaged one that say what the rest is
KINDS = {b"PK": "a zip or a Word document", b"%PDF": "a PDF", b"<!": "a web page", b"<h": "a web page",
         b"\x89PNG": "a picture", b"\x1f\x8b": "a packed file"}
CLEAR = "Clear the outputs in Jupyter, save it, and hand it in once more."
AGAIN = "Save it again in Jupyter and hand it in once more."
DEPTH = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
NO_BRACKETS = bytes(set(range(256)) - set(DEPTH))


class Unreadable(Exception):
    """A file that is no notebook; its text is the rest of the sentence that begins with the name of the file."""


def decode(data):
    """Return ``(text, note)`` of the bytes of a notebook, which should be UTF-8."""
    guess = json.detect_encoding(data)
    if guess not in ("utf-8", "utf-8-sig"):
        try:
            return data.decode(guess).removeprefix("\ufeff"), _saved_as(guess[:6].upper())
        except UnicodeDecodeError:
            pass
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        near = data[max(0, error.start - SAMPLE): error.start + SAMPLE].decode("utf-8", "replace")
    broken = near.count("\ufffd")
    if len(near) - len(near.encode("ascii", "ignore")) > 2 * broken:
        return data.decode("utf-8-sig", "replace"), "Characters of the file are damaged; the rest was read."
    try:
        return data.decode("cp1252"), _saved_as("Latin-1")
    except UnicodeDecodeError:
        return data.decode("latin-1"), _saved_as("Latin-1")


def _saved_as(name):
    return f"The file is saved as {name}, not as UTF-8; it was read all the same."


def weigh(data):
    """Raise Unreadable where JSON (as UTF-8 bytes) is too deep or holds too many values to be parsed.

    Counts what stands outside strings, without parsing: a parser would recurse or run out of memory first.
    """
    bare = data.replace(rb"\\", b"").replace(rb"\"", b"")
    many = f"holds more than {MOST_VALUES} values. {CLEAR}"
    if bare.count(b'"') > 2 * MOST_VALUES:
        raise Unreadable(many)
    outside = b"".join(bare.split(b'"')[::2])
    del bare
    if sum(map(outside.count, (b",", b":", b"[", b"{"))) > MOST_VALUES:
        raise Unreadable(many)
    depths = itertools.accumulate(map(DEPTH.__getitem__, outside.translate(None, NO_BRACKETS)))
    if any(depth > DEEPEST for depth in depths):
        raise Unreadable(f"is nested more than {DEEPEST} deep, which no notebook is. {CLEAR}")


def parse(data):
    """Return ``(content, notes)`` of the bytes of a notebook file.

    Numbers too long to be read and NaN become None. Of a key that comes twice the last counts, as in Jupyter.

    Raises
    ------
    Unreadable
        If the bytes are no JSON, or more than is sane.
    """
    if not data.strip():
        raise Unreadable("is empty.")
    for start, what in KINDS.items():
        if data.lstrip().startswith(start):
            raise Unreadable(f"is {what}, not a notebook. Hand in the .ipynb file that Jupyter saves.")
    text, note = decode(data)
    weigh(data if not note else text.encode("utf-8", "replace"))
    notes, twice = [note] if note else [], []

    def whole(pairs):
        made = dict(pairs)
        if len(made) < len(pairs) and not twice:
            twice.append(Counter(name for name, _ in pairs).most_common(1)[0][0])
        return made

    def number(digits):
        return int(digits) if len(digits) < 20 else None

    try:
        content = json.loads(text, object_pairs_hook=whole, parse_int=number, parse_constant=lambda name: None)
    except json.JSONDecodeError as error:
        if "<<<<<<<" in text[max(0, error.pos - 20): error.pos + 20]:
            raise Unreadable(f"holds the marks of a merge conflict in line {error.lineno}: choose one side, save it, "
                             "and hand it in once more.") from None
        raise Unreadable("is not a readable notebook: the text breaks off or is damaged in line "
                         f"{error.lineno}. {AGAIN}") from None
    except (RecursionError, MemoryError, ValueError):
        raise Unreadable(f"is not a readable notebook. {AGAIN}") from None
    if twice:
        notes.append(f"The key {twice[0][:30]!r} stands twice in the file; the last one counts.")
    return content, notes
