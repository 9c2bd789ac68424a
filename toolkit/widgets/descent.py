"""Demo 03-1: how large a learning rate is too large, and who decides."""

from functools import cache

import numpy as np
from matplotlib.figure import Figure

from toolkit import figures
from toolkit.data import VALLEY_OPTIMUM, VALLEY_START, narrow_valley
from toolkit.linear_model import curvature, descent_paths, hessian, inverse_time, mse
from toolkit.widgets.base import DIVERGED, Demo, rounded

STEPS = 60                                  # of batch descent; each reads all 200 houses
READS = 200 * STEPS
HOPELESS = 1e12                             # a stochastic run comes back from a million, not from here
UNITS = {None: "step", 10: "update", 1: "house"}
VARIANTS = (("batch", None), ("mini-batch of 10", 10), ("stochastic", 1))


class DescentDemo(Demo, view="descent"):
    """Contours with the path of descent, and the loss on the way, for 29 rates and three batch sizes."""

    def __init__(self):
        data = descent_frames()
        chosen = dict(zip(data["rates"], data["variants"][0]["loss"], strict=True))[0.5]
        small, large = data["ghosts"]
        super().__init__(
            title="How large is too large a step?",
            caption="At rate 0.50 descent zig-zags across the valley and arrives. Two marks further right it explodes; "
            "at a tenth of the rate it crawls along the floor.",
            questions=[
                ["Find the largest rate that still comes down.",
                 "Everything below 2/L = 0.526 comes down, however slowly: the largest curvature L decides. At rate "
                 "0.52 the loss after 100 steps is 427, at 0.53 it is 55,559."],
                ["Why does a rate that is good for the batch ruin stochastic descent?",
                 "One house alone has curvature 2|x|², up to 41.6 here, and not 3.8. A single step begins to overshoot "
                 "at 2/41.6 = 0.048. A rate that falls, 0.10/(1 + t/100), calms it."],
            ],
            alt=f"Contours of a narrow valley. The path at rate 0.50 bounces from side to side and reaches the minimum "
            f"{chosen[50]:.0f} within 50 steps; at {small['rate']:.2f} the loss is still {small['loss'][-1]:.0f} after "
            f"{STEPS} steps; at {large['rate']:.2f} it grows without bound.",
            data=data,
        )

    def picture(self):
        """Return the static first sight: the batch path at rate 0.50 and three loss curves."""
        batch, at = self.data["variants"][0], self.data["rates"].index(0.5)
        figure = Figure(figsize=(9.4, 4.1), layout="constrained")
        left, right = figure.subplots(1, 2)
        X, _ = narrow_valley()
        figures.descent.valley(hessian(X), self.data["optimum"], ax=left)
        figures.descent.path(np.transpose([batch["w1"][at], batch["w2"][at]]), ax=left)
        left.set(xlim=(-100, 100), ylim=(0, 170), title="Path over the two weights")
        ghosts = {f"{ghost['rate']:.2f}": np.array(ghost["loss"], dtype=float) for ghost in self.data["ghosts"]}
        labels = {name: f"{name} {ghost['text']}" for name, ghost in zip(ghosts, self.data["ghosts"], strict=True)}
        figures.descent.losses({**ghosts, "0.50": np.array(batch["loss"][at])}, chosen="0.50", labels=labels,
                               floor=self.data["floor"], ax=right)
        right.set(xlim=(0, STEPS), ylim=(350, 20_000), title="Loss after each step")
        right.set_yticks(ticks := [400, 1000, 2000, 5000, 10_000, 20_000], labels=[f"{tick:,}" for tick in ticks])
        right.minorticks_off()
        right.legend(loc="upper right", fontsize=9)
        return figure


def descent():
    """Return the demo of batch, mini-batch and stochastic descent in a narrow valley (storyboard 03-1)."""
    return DescentDemo()


@cache
def descent_frames():
    """Return the frames of the demo: w1, w2 and loss for 3 variants, 29 rates and 61 moments, and what frames them."""
    X, y = narrow_valley()
    mu, L = curvature(X)
    mu, L = round(mu, 12), round(L, 12)
    rates = sorted([*np.geomspace(0.01, 1, 25), 1 / L, 2 / (L + mu), 2 / L, 0.54])
    named = {"1/L": 1 / L, "2/(L+μ)": 2 / (L + mu), "2/L": 2 / L}
    return {
        "rates": [float(f"{rate:.4g}") for rate in rates],
        "named": [{"text": f"{name} = {rate:.3f}", "index": rates.index(rate)} for name, rate in named.items()],
        "start": {"rate": rates.index(2 / (L + mu)), "variant": 0, "frame": STEPS},
        "optimum": list(VALLEY_OPTIMUM),
        "floor": round(mse(X, y, VALLEY_OPTIMUM), 6),
        "unit": rounded(figures.descent.level_curve(hessian(X) / 2), 4),
        "radii": rounded(np.sqrt(figures.descent.LEVELS), 5),
        "variants": [variant(X, y, rates, name, batch_size) for name, batch_size in VARIANTS],
        "annealed": {"text": "0.10/(1 + t/100)", **run(X, y, 0.1, frame_reads(1), 1, inverse_time(100))},
        "ghosts": [
            {"rate": 0.05, **ghost(X, y, 0.05, "too small: {:.0f} after 60 steps")},
            {"rate": 0.54, **ghost(X, y, 0.54, "too large: diverges")},
        ],
    }


def frame_reads(batch_size):
    """Return after how many houses read a frame is taken: each batch step, or 60 log-spaced moments; 0 first.

    >>> frame_reads(None)[:3], frame_reads(10)[:4], len(frame_reads(1))
    ([0, 200, 400], [0, 10, 20, 30], 61)
    """
    if batch_size is None:
        return [200 * step for step in range(STEPS + 1)]
    count = STEPS
    while len(found := np.unique(np.rint(np.geomspace(1, READS / batch_size, count)))) < STEPS:
        count += 1
    for kept in (200, 2000):                                    # the storyboard quotes the loss after these
        found[np.abs(found - kept / batch_size).argmin()] = kept / batch_size
    return [0, *(int(batch_size * updates) for updates in found)]


def variant(X, y, rates, name, batch_size):
    """Return one way of descending, as `runs` tells it, with its name and the moments."""
    reads = frame_reads(batch_size)
    return {"name": name, "reads": reads, **runs(X, y, rates, reads, batch_size)}


def runs(X, y, rates, reads, batch_size, schedule=None):
    """Return w1, w2 and loss of each rate at the moments `reads`, None where the loss is over a million.

    `diverged` counts the houses read when it first was (None: never), `moment` says the same in the words of the
    read-out. A walk that has once been beyond all hope is not followed further.
    """
    per_update = batch_size or len(y)                           # 10 and 1 divide 200: all batches are full
    weights, losses = descent_paths(X, y, rates, w=VALLEY_START, steps=reads[-1] // per_update, batch_size=batch_size,
                                    schedule=schedule, rng=0)
    lost = np.logical_or.accumulate(~(losses < HOPELESS), axis=0)
    at = np.array(reads) // per_update
    shown = np.where((lost | ~(losses <= DIVERGED))[at, :, None], np.nan, np.dstack([weights, losses])[at])
    first = [int(np.argmax(over)) if over.any() else None for over in ~(losses <= DIVERGED).T]
    w1, w2, loss = np.moveaxis(shown, 2, 0).swapaxes(1, 2)      # each (rates, moments)
    return {"w1": rounded(w1), "w2": rounded(w2), "loss": rounded(loss, 5),
            "diverged": [None if update is None else update * per_update for update in first],
            "moment": [None if update is None else f"{UNITS[batch_size]} {update}" for update in first]}


def run(X, y, rate, reads, batch_size, schedule=None):
    """Return the one walk of `runs` at one rate."""
    return {key: each[0] for key, each in runs(X, y, [rate], reads, batch_size, schedule).items()}


def ghost(X, y, rate, text):
    """Return the loss of a batch run that stays in the background, with the words at its end."""
    loss = run(X, y, rate, frame_reads(None), None)["loss"]
    return {"loss": loss, "text": text.format(loss[-1] if loss[-1] is not None else np.inf)}
