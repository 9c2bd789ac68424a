"""Code and prose as a sequence of tokens that a disguise does not change.

Comments, docstrings, layout and round brackets are dropped, numbers and strings become kinds, and so do names that a
student is free to choose. What stays is what the code does: key words, operators, attributes, the functions called.
"""

import builtins
import io
import keyword
import re
import tokenize
import zlib
from dataclasses import dataclass
from functools import lru_cache

DROPPED = {"(", ")", ";", "\\"}                       # brackets may come and go; layout goes by its type
LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING,
          tokenize.ENDMARKER}
OWN, NUMBER, TEXT = "name", "0", "text"               # the kinds
STAY = frozenset(dir(builtins)) | frozenset(keyword.kwlist)
FSTRING = {getattr(tokenize, f"FSTRING_{part}"): step for part, step in (("START", 1), ("MIDDLE", 0), ("END", -1))
           if hasattr(tokenize, f"FSTRING_{part}")}


@dataclass(frozen=True)
class Token:
    """A token: what it counts as, and where it stands in the source (characters from `start` to `end`)."""

    word: str
    start: int
    end: int

    @property
    def number(self):
        """Return a number for the word, the same in every process."""
        return zlib.crc32(self.word.encode("utf-8", "replace"))


def _raw(lines):
    """Yield Python's own tokens of a list of lines; where they stop making sense, go on with the next line."""
    first = 0
    while first < len(lines):
        last = first
        try:
            for token in tokenize.generate_tokens(iter(lines[first:]).__next__):
                last = max(last, first + token.start[0] - 1)
                yield token._replace(start=(token.start[0] + first, token.start[1]),
                                     end=(token.end[0] + first, token.end[1]))
            return
        except (tokenize.TokenError, SyntaxError):    # brackets that never close, a wrong indentation
            first = last + 1


def _is_docstring(token, before, after):
    """Say whether a string stands alone as a statement."""
    alone = before is None or before.type in LAYOUT or before.string == ";"
    return alone and (after is None or after.type in LAYOUT or after.string == ";")


@lru_cache(maxsize=20_000)
def code_tokens(source, known=frozenset()):
    r"""Return the tokens of Python code as a tuple.

    Parameters
    ----------
    source : str
        Need not be right Python: what cannot be read is left out, the rest is read all the same.
    known : frozenset of str
        Names that mean something outside of the answer, such as ``np`` and the function that is asked for. They stay as
        they are, as do key words, built-in names and attributes; every other name becomes its kind.

    Examples
    --------
    >>> [token.word for token in code_tokens("def f(x):  # twice\n    return x.size * 2")]
    ['def', 'name', 'name', ':', 'return', 'name', '.', 'size', '*', '0']
    """
    lines = ["pass\n" if line.lstrip()[:1] in ("%", "!") else line for line in io.StringIO(source)]
    offsets = [0]
    for line in io.StringIO(source):
        offsets.append(offsets[-1] + len(line))
    offsets += [offsets[-1]] * 2
    raw = list(_raw(lines))
    found, depth = [], 0
    for index, token in enumerate(raw):
        before = raw[index - 1] if index else None
        place = offsets[token.start[0] - 1] + token.start[1], offsets[token.end[0] - 1] + token.end[1]
        if token.type in FSTRING:                     # from Python 3.12 on an f-string is many tokens
            depth += FSTRING[token.type]
            if depth == 1 and FSTRING[token.type] == 1:
                found.append(Token(TEXT, *place))
            continue
        if depth or token.type in LAYOUT or token.string in DROPPED or not token.string.strip():
            continue
        if token.type == tokenize.STRING:
            after = raw[index + 1] if index + 1 < len(raw) else None
            if not _is_docstring(token, before, after):
                found.append(Token(TEXT, *place))
        elif token.type == tokenize.NUMBER:
            found.append(Token(NUMBER, *place))
        elif token.type == tokenize.NAME:
            stays = token.string in STAY or token.string in known or (before is not None and before.string == ".")
            found.append(Token(token.string if stays else OWN, *place))
        else:
            found.append(Token(token.string, *place))
    return tuple(found)


@lru_cache(maxsize=20_000)
def prose_tokens(source):
    """Return the words of a text, in small letters, as a tuple of tokens."""
    return tuple(Token(match[0].lower(), *match.span()) for match in re.finditer(r"\w+", source))


def tokens(kind, source, known=frozenset()):
    """Return the tokens of one cell."""
    return code_tokens(source, known) if kind == "code" else prose_tokens(source)


def known_names(sources):
    """Return the names that given code makes known: what it imports and what it defines at the top."""
    names = set()
    for source in sources:
        for line in source.splitlines():
            if match := re.match(r"(?:def|class)\s+(\w+)", line):
                names.add(match[1])
            elif match := re.match(r"(?:from\s+[\w.]+\s+)?import\s+(.+)", line):
                bound = (part.strip(" ()\\").split() for part in match[1].split("#")[0].split(","))
                names |= {words[-1].split(".")[0] for words in bound if words}
    return frozenset(names)


def without_given(tokens_, given):
    """Return `tokens_` without the longest run at the beginning and at the end that `given` has, too.

    An answer cell is released with a signature and a docstring, and often with a line to be replaced; what a student
    left as it was is not the student's.
    """
    words, theirs = [token.word for token in tokens_], [token.word for token in given]
    limit = min(len(words), len(theirs))
    first = next((i for i in range(limit) if words[i] != theirs[i]), limit)
    last = next((i for i in range(limit - first) if words[-1 - i] != theirs[-1 - i]), limit - first)
    return tokens_[first:len(tokens_) - last]
