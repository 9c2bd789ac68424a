"""Demo 03-4: what is minimised, and which house pulls the line most."""

from functools import cache

import numpy as np
from matplotlib.figure import Figure

from toolkit import figures
from toolkit.data import five_houses
from toolkit.linear_model import leverage, normal_equation, square_areas
from toolkit.widgets.base import Demo, rounded

SLOPES = np.arange(5, 25.25, 0.5)               # thousand dollars per hundred square feet
INTERCEPTS = np.arange(-150, 251, 10.0)         # thousand dollars
SHIFTS = np.arange(-200, 201, 10.0)             # of one house's price
LINE = (12.0, 120.0)                            # the line at first sight


class LeastSquaresDemo(Demo, view="least_squares"):
    """Five houses, a line, squares on its residuals; and the summed area over all lines."""

    def __init__(self):
        data = least_squares_frames()
        start = data["start"]
        area, best = data["areas"][start["slope"]][start["intercept"]], data["best"]["area"][0][start["shift"]]
        grid = np.array(data["areas"])
        i, j = np.unravel_index(grid.argmin(), grid.shape)
        h = data["leverage"]
        super().__init__(
            title="What does least squares make least?",
            caption=f"Each residual is the side of a square. At first the line's squares have area {area:.0f}, "
            f"the best line's {best:.0f}: move the line until the dot meets the cross.",
            questions=[
                ["Move one house's price by 100. Which house turns the line most, which not at all?",
                 "The fifth turns it most (slope +5.54): it is farthest from the mean area 21.04. The first does not "
                 "turn it at all: it sits on the mean and only lifts the line by 20. The share of a house's own price "
                 f"in its prediction, its leverage, is {h[4]:.3f} for the fifth and {h[0]:.3f} for the first."],
                ["Bring the area down with slope and intercept. How near do the marks come to the best line?",
                 f"Slope {SLOPES[i]:g} and intercept {INTERCEPTS[j]:g} give {grid[i, j]:.0f}. The level lines are long "
                 "and thin: a wrong slope can be made up for by the intercept. So it helps to move both in turn, and "
                 "this walk on the right-hand picture is what gradient descent does by itself."],
            ],
            alt=f"Five houses and a line; squares on the residuals have total area {area:.0f}. The best line has "
            f"{best:.0f}, slope {data['best']['slope'][0][start['shift']]:.1f} and intercept "
            f"{data['best']['intercept'][0][start['shift']]:.1f}.",
            data=data,
        )

    def picture(self):
        """Return the static first sight: the squares of one line, and where it lies among all lines."""
        x, y = self.data["x"], self.data["y"]
        figure = Figure(figsize=(9.4, 4.1), layout="constrained")
        left, right = figure.subplots(1, 2)
        figures.least_squares.squares(x, y, *LINE, xlim=(12, 32), ylim=(150, 600), ax=left)
        left.set(xlabel="area (hundred square feet)", ylabel="price (thousand dollars)", title="A line and its squares")
        figures.least_squares.areas(x, y, slope=LINE[0], intercept=LINE[1], xlim=(5, 25), ylim=(-150, 250), ax=right)
        right.set_title("Summed area over all lines")
        return figure


def least_squares():
    """Return the demo of the squares on the residuals of five houses (storyboard 03-4)."""
    return LeastSquaresDemo()


@cache
def least_squares_frames():
    """Return the frames of the demo: the area of each line, and the best line for each house at each price."""
    X, y = five_houses()
    x = X[:, 0] / 100
    features = np.column_stack([x, np.ones(len(x))])
    best = np.array([[best_line(features, x, y + shift * (np.arange(len(y)) == house)) for shift in SHIFTS]
                     for house in range(len(y))])                               # (house, shift, slope intercept area)
    return {
        "x": x.tolist(),
        "y": y.tolist(),
        "slopes": SLOPES.tolist(),
        "intercepts": INTERCEPTS.tolist(),
        "shifts": SHIFTS.tolist(),
        "areas": rounded([[square_areas(x, y, slope, intercept).sum() for intercept in INTERCEPTS]
                          for slope in SLOPES], 7),
        "best": {name: rounded(best[:, :, i], 6) for i, name in enumerate(("slope", "intercept", "area"))},
        "leverage": rounded(leverage(features), 4),
        "unit": rounded(figures.least_squares.level_curve(features.T @ features), 4),
        "radii": rounded(np.sqrt(figures.least_squares.AREA_LEVELS), 5),
        "start": {"slope": SLOPES.tolist().index(LINE[0]), "intercept": INTERCEPTS.tolist().index(LINE[1]),
                  "house": len(y) - 1, "shift": SHIFTS.tolist().index(0)},
    }


def best_line(features, x, y):
    """Return slope, intercept and summed area of the least-squares line."""
    slope, intercept = normal_equation(features, y)
    return slope, intercept, square_areas(x, y, slope, intercept).sum()
