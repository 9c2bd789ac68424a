"""Learning-rate schedules: what update number t = 0, 1, 2, ... multiplies the learning rate by.

Each is a small frozen record that is called like a function, so that it can be printed, compared and sent to a process.

>>> inverse_time(half=100)(100)
0.5
"""

import math
from dataclasses import dataclass

from toolkit._checks import check_positive, is_number, shown


@dataclass(frozen=True)
class _Schedule:
    def __post_init__(self):
        check_positive(**{name: getattr(self, name) for name in self.__dataclass_fields__})

    def __call__(self, t):
        """Return the factor of update t."""
        if not (is_number(t) and t >= 0):
            raise ValueError(f"t is the number of an update, at least 0, got {shown(t)}")
        return self.factor(t)


@dataclass(frozen=True)
class constant(_Schedule):
    """Always 1: the rate stays as it is. Stochastic descent then never settles."""

    def factor(self, t):
        """Return the factor of update t, for a loop that counts t itself."""
        return 1.0


@dataclass(frozen=True)
class inverse_time(_Schedule):
    """1 / (1 + t / half): half the rate after `half` updates, a third after twice as many, and so on.

    The sum of the rates has no bound and the sum of their squares has one: slow enough to arrive anywhere, fast enough
    to settle (Robbins and Monro 1951).
    """

    half: float = 100.0

    def factor(self, t):
        """Return the factor of update t, for a loop that counts t itself."""
        return 1.0 / (1.0 + t / self.half)


@dataclass(frozen=True)
class exponential(_Schedule):
    """exp(-t / decay): falls by a factor e every `decay` updates. All steps together have a bounded length."""

    decay: float = 1000.0

    def factor(self, t):
        """Return the factor of update t, for a loop that counts t itself."""
        return math.exp(-t / self.decay)


@dataclass(frozen=True)
class annealing(_Schedule):
    """t0 / (t + t1), the lecture's simulated annealing: start large, then smaller and smaller.

    The defaults t0 = 5, t1 = 50 are those of Géron, chapter 4, the source that the lecture names; the value there is
    the rate itself, so use it with a learning rate of 1. Up to the factor t0/t1 it is ``inverse_time(half=t1)``.
    """

    t0: float = 5.0
    t1: float = 50.0

    def factor(self, t):
        """Return the factor of update t, for a loop that counts t itself."""
        return self.t0 / (t + self.t1)


SCHEDULES = {schedule.__name__: schedule for schedule in (constant, inverse_time, exponential, annealing)}


def as_schedule(schedule):
    """Return a callable t -> factor from a name, a callable or None (constant)."""
    if schedule is None:
        return constant()
    if isinstance(schedule, type) and issubclass(schedule, _Schedule):
        return schedule()
    if callable(schedule):
        return schedule
    if isinstance(schedule, str) and schedule in SCHEDULES:
        return SCHEDULES[schedule]()
    raise ValueError(f"schedule must be one of {', '.join(SCHEDULES)} or a function of the update number t, "
                     f"got {shown(schedule)}")


def as_factor(schedule):
    """Return what `as_schedule` does, as a function for a loop to call: t is not checked again, the first factor is."""
    schedule = as_schedule(schedule)
    if isinstance(schedule, _Schedule):
        return schedule.factor
    try:
        first = schedule(0)
    except TypeError as problem:
        raise TypeError(f"schedule must be a function of the update number t, got one that fails for t = 0: {problem}"
                        ) from problem
    if not (is_number(first) and first >= 0):
        raise ValueError(f"schedule must return a number of at least 0, got {shown(first)} for t = 0")
    return schedule
