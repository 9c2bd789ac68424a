"""Learning-rate schedules: the formulas, and that each is a plain value."""

import copy
import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.linear_model import annealing, constant, exponential, inverse_time
from toolkit.linear_model.schedule import SCHEDULES, as_schedule

times = st.integers(0, 10**6)


@given(times)
def test_each_formula(t):
    assert constant()(t) == 1
    assert inverse_time(half=7)(t) == 1 / (1 + t / 7)
    assert exponential(decay=7)(t) == math.exp(-t / 7)
    assert annealing(t0=5, t1=50)(t) == 5 / (t + 50)


@given(times)
def test_annealing_is_inverse_time_in_other_units(t):
    assert annealing(t0=5, t1=50)(t) == pytest.approx(5 / 50 * inverse_time(half=50)(t), rel=1e-14)


@given(times)
def test_no_schedule_ever_rises_or_goes_below_zero(t):
    for schedule in SCHEDULES.values():
        assert 0 <= schedule()(t + 1) <= schedule()(t)


def test_half_of_inverse_time_is_when_the_rate_has_halved():
    assert inverse_time(half=100)(0) == 1 and inverse_time(half=100)(100) == 0.5


def test_inverse_time_walks_without_bound_and_exponential_does_not():
    assert sum(map(inverse_time(half=10), range(100_000))) > 90
    assert sum(map(exponential(decay=10), range(100_000))) == pytest.approx(1 / (1 - math.exp(-0.1)))


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_is_a_value_that_can_be_named_compared_copied_and_sent(name):
    schedule = as_schedule(name)
    assert as_schedule(SCHEDULES[name]) == schedule == copy.deepcopy(schedule) == pickle.loads(pickle.dumps(schedule))
    assert repr(schedule).startswith(name)


def test_none_is_constant_and_a_function_stays_itself():
    assert as_schedule(None) == constant()
    assert as_schedule(math.sqrt) is math.sqrt


@pytest.mark.parametrize(("make", "message"), [
    (lambda: inverse_time(half=0), "half must be a number greater than 0, got 0"),
    (lambda: exponential(decay=-3), "decay must be a number greater than 0, got -3"),
    (lambda: annealing(t0=5, t1="x"), "t1 must be a number greater than 0, got 'x'"),
    (lambda: as_schedule("cosine"), "one of constant, inverse_time, exponential, annealing or a function.*'cosine'"),
    (lambda: as_schedule(0.1), "schedule must be one of .* or a function of the update number t, got 0.1"),
])
def test_bad_schedules_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
