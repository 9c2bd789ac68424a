"""What a student can still reach: the final letter under assumed levels, and what each letter would need."""

import itertools
import math
from dataclasses import dataclass

from autograder.errors import CourseError
from autograder.files import meant
from autograder.policy import Final

MOST = 300_000                                        # combinations of levels that are tried


@dataclass(frozen=True)
class WhatIf:
    """The final grade under assumed levels, or all ways in which it can come out."""

    levels: dict                                      # component -> level or None, assumed ones in their place
    assumed: tuple                                    # the components that were assumed
    final: Final                                      # of what is known and assumed
    open: tuple                                       # components without a level
    count: int                                        # combinations of levels for them
    reach: dict                                       # letter -> how many of the combinations give it; only what occurs
    needs: dict                                       # letter -> tuple of {component: least level} that is enough


def what_if(levels, policy, assumed=None):
    """Return the WhatIf of one student, exactly: every combination goes through `policy.final`.

    Parameters
    ----------
    levels : dict {component: level or None}
        As a Mark has them.
    policy : Policy
    assumed : dict {component: level}, optional
        Wins over `levels`.

    Raises
    ------
    CourseError
        If a component or a level is unknown, or too much is open to try everything.
    """
    assumed = dict(assumed or {})
    for name, level in assumed.items():
        if name not in policy.components:
            raise CourseError(f"There is no component {name!r}; there are {', '.join(policy.components)}."
                              f"{meant(name, policy.components)}")
        policy.check(level)
    known = {name: assumed.get(name) or levels.get(name) for name in policy.components}
    missing = tuple(name for name, level in known.items() if level is None)
    scale = list(policy.scale)                        # best first
    if len(scale) ** len(missing) > MOST:
        raise CourseError(f"{len(missing)} components are open, {len(scale) ** len(missing)} combinations; say some of "
                          f"them: {', '.join(missing)}.")
    outcome = {combination: policy.final(known | dict(zip(missing, combination, strict=True))).letter
               for combination in itertools.product(scale, repeat=len(missing))}
    reach = {letter: count for letter in scale if (count := sum(each == letter for each in outcome.values()))}
    needs = {}
    if missing:
        for letter in reach:
            enough = [c for c, each in outcome.items() if policy.scale[each] >= policy.scale[letter]]
            least = _least(enough, policy.scale)
            needs[letter] = tuple(dict(zip(missing, combination, strict=True)) for combination in least)
    return WhatIf(known, tuple(assumed), policy.final(known), missing, len(outcome), reach, needs)


def _least(combinations, scale):
    """Return those of `combinations` that ask for the least: lowering one of their levels leaves the set."""
    there, below = set(combinations), dict(zip(scale, [*list(scale)[1:], None], strict=True))
    return [c for c in combinations
            if not any(below[level] and (*c[:i], below[level], *c[i + 1:]) in there for i, level in enumerate(c))]


def words(found, policy, *, most=6):
    """Return what a WhatIf says, as sentences.

    Parameters
    ----------
    found : WhatIf
    policy : Policy
    most : int
        How many ways to a letter are told; the rest are counted.
    """
    if not found.open:
        return [f"The final grade is {found.final.letter} ({found.final.why})."]
    last = policy.worst
    open_ = ", ".join(found.open)
    said = [f"Open: {open_}. That makes {found.count} ways in which it can come out."]
    for letter, ways in found.needs.items():
        share = f"{found.reach[letter]} of {found.count}"
        parts = [" and ".join(f"{level} in {name}" for name, level in way.items() if level != last) for way in ways]
        if any(not part for part in parts):
            said.append(f"{letter} in any case." if len(found.reach) == 1 else f"Otherwise {letter} ({share}).")
            break                                     # lower letters need even less
        more = f", or {len(parts) - most} other ways" if len(parts) > most else ""
        said.append(f"{letter} or better needs at least {', or '.join(parts[:most])}{more} ({share} give {letter}).")
    best = max(policy.scale[letter] for letter in found.reach)
    lost = [letter for letter, value in policy.scale.items() if value > best]
    if lost:
        said.append(f"Out of reach: {', '.join(lost)}.")
    return said


def assumptions(pairs):
    """Return ``{component: level}`` of words such as ``lab1=A``.

    Raises
    ------
    CourseError
        If a word has no such form, or names a component twice.
    """
    found = {}
    for pair in pairs:
        name, sign, level = (part.strip() for part in pair.partition("="))
        if not (name and sign and level):
            raise CourseError(f"An assumption looks like lab1=A, got {pair!r}.")
        if name in found:
            raise CourseError(f"{name} is assumed twice: {found[name]} and {level}.")
        found[name] = level
    return found


def limits(policy):
    """Return the averages at which the final letter changes, best first: ``[(letter above, exact average), ...]``."""
    values = list(policy.scale.values())
    return [(letter, value - 1 + policy.round_up_above) for letter, value in policy.scale.items()
            if value > min(values)]


def distance(average, policy):
    """Return ``(letter, distance)`` of the nearest boundary: positive above it; on it the lower letter counts."""
    letter, boundary = min(limits(policy), key=lambda each: (abs(average - each[1]), each[1]), default=(None, math.inf))
    return letter, average - boundary
