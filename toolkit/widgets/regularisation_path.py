"""Demo 03-3: why the lasso gives zeros and ridge does not, and what a zero means."""

from functools import cache

import numpy as np
from matplotlib.figure import Figure

from toolkit import figures
from toolkit.data import diabetes
from toolkit.linear_model import enet_path, lasso_knots, mse, normal_equation
from toolkit.widgets.base import Demo, rounded

ALPHA = 5.0
ALPHAS = np.unique(np.r_[np.geomspace(0.01, 100, 61), ALPHA, 20, 30, 40, 90].round(12))    # the storyboard's own too
METHODS = (("lasso", 1.0), ("elastic net 0.5", 0.5), ("ridge", 0.0))
PAIR = [2, 3]                                   # bmi and bp, alone in the right-hand picture


class RegularisationPathDemo(Demo, view="regularisation_path"):
    """Ten coefficients of the diabetes data against alpha; beside them the shape that confines two of them."""

    def __init__(self):
        data = regularisation_frames()
        at = data["start"]["alpha"]
        alive = [name for name, coefs in zip(data["names"], data["coefs"][0], strict=True) if coefs[at]]
        gone = next(i for i, (_, bp) in enumerate(data["two"][0]) if bp == 0)
        super().__init__(
            title="Why does the lasso give zeros, and ridge never?",
            caption=f"At alpha {ALPHA:g} the lasso has set {10 - len(alive)} of ten coefficients to zero; on the "
            "right, with two features only, the level line touches the diamond, and further right it meets a corner. "
            "All three minimise 1/(2n)·|y − Xw|² + alpha·(r·|w|₁ + (1 − r)/2·|w|²), with r = 1 lasso, 0.5 elastic net, "
            "0 ridge. Other libraries mean other things by alpha.",
            questions=[
                ["One coefficient changes its sign on the way. Which, and where is it zero?",
                 f"s3: {data['coefs'][0][6][ALPHAS.searchsorted(1)]:.2f} at alpha 1, exactly zero between 0.104 and "
                 "0.062, and 4.81 at alpha 0. A zero is a statement about an alpha, not about a feature."],
                ["At which alpha does bp leave the two-feature lasso?",
                 f"At 26.70, between the marks {ALPHAS[gone - 1]:.3g} and {ALPHAS[gone]:.3g}: from there on the dot "
                 "sits on the corner of the diamond. The circle has no corner, so ridge never puts it there."],
                ["Why do s1 and s2 start so far apart?",
                 "They correlate 0.897: nearly the same column twice. Without a penalty large opposite coefficients, "
                 "−37.7 and 22.7, nearly cancel; any penalty takes them away first."],
            ],
            alt=f"Ten coefficient lines shrink to the right. At alpha {ALPHA:g} the lasso keeps "
            f"{', '.join(alive[:-1])} and {alive[-1]} and has set {10 - len(alive)} to zero; ridge lines never touch "
            "zero. On the right the ellipse touches the diamond near its corner.",
            data=data,
        )

    def picture(self):
        """Return the static first sight: the lasso path, and the diamond at alpha 5."""
        data = self.data
        at = data["start"]["alpha"]
        figure = Figure(figsize=(9.4, 4.3), layout="constrained")
        left, right = figure.subplots(1, 2)
        figures.regularisation.path(ALPHAS, data["coefs"][0], data["names"], alpha=ALPHA, ax=left)
        left.set(ylim=(-42, 42), title="Lasso: ten coefficients", ylabel="score points per standard deviation")
        X, _, _ = diabetes()
        A = X[:, PAIR].T @ X[:, PAIR] / len(X)
        figures.regularisation.constraint(A, data["optimum"], data["two"][0][at], 1.0, ax=right)
        right.set(xlim=(-20, 60), ylim=(-20, 58), xlabel="bmi", ylabel="bp", title="Two features: the diamond")
        return figure


def regularisation_path():
    """Return the demo of lasso, elastic net and ridge on the diabetes data (storyboard 03-3)."""
    return RegularisationPathDemo()


@cache
def regularisation_frames():
    """Return the frames of the demo: coefficients, errors and shapes for 3 methods and 66 alphas."""
    X, y, names = diabetes()
    two = X[:, PAIR]
    A, optimum = two.T @ two / len(two), normal_equation(two, y)
    coefs = [enet_path(X, y, ALPHAS, r)[1] for _, r in METHODS]                             # (n, alphas) each
    pairs = [enet_path(two, y, ALPHAS, r)[1].T for _, r in METHODS]                         # (alphas, 2) each
    return {
        "names": list(names),
        "methods": [name for name, _ in METHODS],
        "alphas": rounded(ALPHAS),
        "start": {"alpha": int(ALPHAS.searchsorted(ALPHA)), "method": 0, "feature": names.index("bmi")},
        "coefs": [rounded(each) for each in coefs],
        "nonzero": [(each != 0).sum(axis=0).tolist() for each in coefs],
        "mse": [rounded([mse(X, y, w) for w in each.T], 5) for each in coefs],
        "zeros": [rounded([knot.alpha for knot in lasso_knots(X, y)]), zeros_between(coefs[1]), []],
        "two": [rounded(each) for each in pairs],
        "optimum": rounded(optimum, 5),
        "unit": rounded(figures.descent.level_curve(A), 4),
        "radii": rounded(np.sqrt(figures.regularisation.EXCESS), 5),
        "radius": [rounded(np.sqrt(np.einsum("ki,ij,kj->k", each - optimum, A, each - optimum)), 5) for each in pairs],
        "shapes": [[rounded(figures.regularisation.penalty_shape(w, r)) for w in each]
                   for each, (_, r) in zip(pairs, METHODS, strict=True)],
    }


def zeros_between(coefs):
    """Return, for each coefficient that ends at zero, the middle of the two marks between which it gets there."""
    last = [np.flatnonzero(coef)[-1] for coef in coefs]
    return rounded([np.sqrt(ALPHAS[k] * ALPHAS[k + 1]) for k in last if k + 1 < len(ALPHAS)])
