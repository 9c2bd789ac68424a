"""CPU time of two rivals, interleaved, so that whatever the machine does meets both."""

import gc
import math
import statistics
import time

SHORTEST = 0.02          # seconds that one sample should at least last; shorter calls are repeated


def interleaved(ours, reference, repeats=7):
    """Return the median CPU milliseconds of a call of `ours` and of `reference`.

    Both are called once to warm up, then in turns, A B A B ... The clock counts this process only, so neighbours on the
    machine cost little.

    Parameters
    ----------
    ours, reference : callable without arguments
    repeats : int
        Samples of each, at least 5.

    Returns
    -------
    pair of float
    """
    if repeats < 5:
        raise ValueError(f"a median needs at least 5 repeats, got {repeats}")
    rivals = (ours, reference)
    calls = [max(1, math.ceil(SHORTEST / max(cpu_seconds(rival), 1e-6))) for rival in rivals]
    samples = ([], [])
    collecting = gc.isenabled()
    gc.disable()
    try:
        for _ in range(repeats):
            for rival, number, taken in zip(rivals, calls, samples, strict=True):
                taken.append(1000 * cpu_seconds(rival, number) / number)
            gc.collect()
    finally:
        if collecting:
            gc.enable()
    return tuple(statistics.median(taken) for taken in samples)


def cpu_seconds(function, number=1):
    """Return the CPU seconds of `number` calls."""
    start = time.process_time()
    for _ in range(number):
        function()
    return time.process_time() - start


def percentile(samples, share):
    """Return the smallest sample that at least this share of the samples does not exceed (nearest rank).

    >>> percentile(range(1, 31), 0.95)
    29
    """
    ordered = sorted(samples)
    return ordered[math.ceil(share * len(ordered)) - 1]
