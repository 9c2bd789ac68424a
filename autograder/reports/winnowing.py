"""Fingerprints of a sequence of tokens by winnowing, and the parts that two sequences share.

Every run of K tokens (a K-gram) is hashed, and of every W neighbouring hashes the smallest is kept. So of every common
run of ``K + W - 1`` tokens or more at least one hash is kept on both sides, wherever the run stands: it cannot be
missed. A common run of fewer than K tokens is never found.

References
----------
Schleimer, Wilkerson, Aiken: "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003, section 3. They
show that the density of what is kept is 2 / (W + 1) for random hashes. The common parts are tiles as in Wise, "String
similarity via greedy string tiling and Running Karp-Rabin matching", 1993.
"""

from dataclasses import dataclass

K = 5                                                 # tokens in a gram: shorter runs are chance
W = 3                                                 # neighbouring grams of which one is kept
GUARANTEE = K + W - 1                                 # tokens of a common run that is always found


def grams(tokens, k=K):
    """Return the hashes of all runs of `k` tokens, in order; the same in every process."""
    numbers = [token.number for token in tokens]
    return [hash(tuple(numbers[i:i + k])) for i in range(len(numbers) - k + 1)]


def fingerprints(hashes, w=W):
    """Return the set of hashes that winnowing keeps.

    Examples
    --------
    >>> sorted(fingerprints([77, 74, 42, 17, 98, 50, 17, 98, 8, 88, 67, 39, 77, 74, 42, 17, 98], w=4))
    [8, 17, 39]
    """
    if not hashes:
        return set()
    w = min(w, len(hashes))
    return {min(hashes[i:i + w]) for i in range(len(hashes) - w + 1)}


@dataclass(frozen=True)
class Tile:
    """A run of tokens that two sequences share: where it begins in each, and how long it is."""

    left: int
    right: int
    length: int


def tiles(left, right, least=GUARANTEE):
    """Return the Tiles of two sequences of tokens, longest first; every token belongs to one tile at most.

    Parameters
    ----------
    left, right : sequences of Token
    least : int
        Tokens of the shortest tile.
    """
    ours, theirs = [token.word for token in left], [token.word for token in right]
    free_left, free_right, found = [True] * len(ours), [True] * len(theirs), []
    places = {}
    for j in range(len(theirs) - least + 1):
        places.setdefault(tuple(theirs[j:j + least]), []).append(j)
    while True:
        best = Tile(0, 0, 0)
        for i in range(len(ours) - least + 1):
            for j in places.get(tuple(ours[i:i + least]), ()):
                length = 0
                while (i + length < len(ours) and j + length < len(theirs) and ours[i + length] == theirs[j + length]
                       and free_left[i + length] and free_right[j + length]):
                    length += 1
                if length > best.length:
                    best = Tile(i, j, length)
        if best.length < least:
            return found
        found.append(best)
        for step in range(best.length):
            free_left[best.left + step] = free_right[best.right + step] = False
