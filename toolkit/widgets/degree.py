"""Demo 03-2: nearer to the points is not better, and what the variance of a model looks like."""

from functools import cache

import numpy as np
from matplotlib.figure import Figure

from toolkit import figures
from toolkit.data import SINE_NOISE, sine_sample, true_sine
from toolkit.linear_model import polynomial_ladder
from toolkit.model_selection import decompose_error
from toolkit.widgets.base import Demo, packed, rounded

DEGREES = range(13)
RESAMPLES = 20
GRID = np.linspace(0, 1, 61)
REPEATS = 1000                              # samples behind the averages bias² and variance
FIRST = 9                                   # the degree that is shown first
OFF = 40.0                                  # curves are sent up to here; the picture ends at 2.5


class DegreeDemo(Demo, view="degree"):
    """Polynomial fits of degree 0 to 12 to one sample and to twenty others, and their errors."""

    def __init__(self):
        data = degree_frames()
        train, test = data["train"][0], data["test"][0]
        best = data["best"][0]
        fan = np.ptp(fits(FIRST)[1:], axis=0)
        double = next(degree for degree in range(best, 13) if test[degree] > 2 * test[best])
        super().__init__(
            title="Is the curve that is nearer to the points the better model?",
            caption=f"Degree {FIRST} comes nearer to these twenty points than degree {best}, and its test error is "
            f"{test[FIRST] / test[best]:.0f} times as large: fitted to other points it would be another curve. "
            "(Degrees come in pairs, 1-2, 3-4, 5-6, because the sine is odd about 0.5.)",
            questions=[
                ["Find the first degree whose test error is more than double the best.",
                 f"{double}: {test[double]:.3f} against {test[best]:.3f}; degree {double - 1} has "
                 f"{test[double - 1]:.3f}. This is so for this sample; step through the new samples and see the "
                 "best degree change."],
                ["Which degree has the largest bias and the smallest variance?",
                 f"0: bias² {data['bias2'][0]:.4f}, variance {data['variance'][0]:.4f}. A constant is always wrong in "
                 "the same way. At degree 12 it is the other way round, and the variance grows at the edges first."],
            ],
            alt=f"Training error falls from {train[0]:.3f} at degree 0 to {train[12]:.3f} at degree 12. Test error "
            f"falls to {test[best]:.3f} at degree {best} and climbs to {test[12]:.2f} at degree 12. Twenty fits of "
            f"degree {FIRST} to twenty samples lie within {fan[10:51].max():.1f} units in the middle and fan out by "
            f"{fan.max():.0f} units at the ends.",
            data=data,
        )

    def picture(self):
        """Return the static first sight: the fit of degree 9 among twenty others, and both errors."""
        data = self.data
        figure = Figure(figsize=(9.4, 4.1), layout="constrained")
        left, right = figure.subplots(1, 2)
        chosen, *others = fits(FIRST)
        figures.degree.fit(data["x"][0], data["y"][0], GRID, chosen, truth=true_sine(GRID), others=others, ax=left)
        left.set(xlim=(0, 1), ylim=(-2.5, 2.5), title=f"Fits of degree {FIRST}")
        left.legend(fontsize=9, loc="lower left")
        figures.degree.errors(data["train"][0], data["test"][0], degree=FIRST, noise=data["noise"], ax=right)
        right.set(ylim=(0.03, 10), title="Error against degree", xticks=range(0, 13, 2))
        right.set_yticks(ticks := [0.03, 0.1, 0.3, 1, 3, 10], labels=[f"{tick:g}" for tick in ticks])
        right.minorticks_off()
        right.legend(fontsize=9, loc="upper left")
        return figure


def degree():
    """Return the demo of polynomial degree, training and test error, bias and variance (storyboard 03-2)."""
    return DegreeDemo()


@cache
def samples():
    """Return the sample that is shown first (seed 1), then twenty more, one after another from seed 2."""
    rng = np.random.default_rng(2)
    return [sine_sample(20, np.random.default_rng(1)), *(sine_sample(20, rng) for _ in range(RESAMPLES))]


@cache
def fits(degree, at=tuple(GRID)):
    """Return the fits of one degree to all samples, an array (21, points)."""
    return np.array([polynomial_ladder(x, y, degree, np.array(at))[:, degree] for x, y in samples()])


@cache
def degree_frames():
    """Return the frames of the demo: 13 degrees by 21 samples of curves and errors, and the two averages."""
    x_test, y_test = sine_sample(200, np.random.default_rng(1000))
    train = errors((x, y) for x, y in samples())                                                # (sample, degree)
    test = errors((x_test, y_test) for _ in samples())
    curves = np.array([fits(degree) for degree in DEGREES])                                     # (degree, sample, grid)
    parts = averages()
    return {
        "start": {"degree": FIRST, "mode": 1, "sample": 0},
        "noise": round(SINE_NOISE**2, 12),
        "grid": rounded(GRID, 6),
        "truth": rounded(true_sine(GRID)),
        "x": rounded([x for x, _ in samples()]),
        "y": rounded([y for _, y in samples()]),
        "curves": packed(curves, -OFF, OFF),
        "means": packed(curves[:, 1:].mean(axis=1), -OFF, OFF),
        "leaves": (np.abs(curves) > 2.5).any(axis=2).tolist(),
        "train": rounded(train, 5),
        "test": rounded(test, 5),
        "best": test.argmin(axis=1).tolist(),
        "bias2": [round(part.bias2, 6) for part in parts],
        "variance": rounded([part.variance for part in parts], 5),
        "total": rounded([part.total for part in parts], 5),
    }


def errors(targets):
    """Return the mean squared error of every sample's fits against its target points, an array (sample, degree)."""
    return np.array([np.mean((polynomial_ladder(*sample, DEGREES[-1], x) - y[:, None]) ** 2, axis=0)
                     for sample, (x, y) in zip(samples(), targets, strict=True)])


def averages():
    """Return bias and variance of every degree over 1,000 samples (seed 7)."""
    rng, at = np.random.default_rng(7), np.linspace(0, 1, 201)
    ladders = np.array([polynomial_ladder(*sine_sample(20, rng), DEGREES[-1], at) for _ in range(REPEATS)])
    return [decompose_error(ladders[:, :, degree], true_sine(at), SINE_NOISE) for degree in DEGREES]
