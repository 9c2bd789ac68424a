"""The three parts of the test error, measured by training on many samples of the same world."""

from dataclasses import dataclass

import numpy as np

from toolkit._checks import as_floats, as_generator, check_function, is_number, shown


@dataclass(frozen=True)
class BiasVariance:
    """The expected squared test error of a learner, and what it is made of; averages over the points `x`.

    ``total == bias2 + variance + noise``.
    """

    bias2: float             # squared distance of the average prediction from the true function
    variance: float          # spread of the predictions over training samples
    noise: float             # variance of the target around the true function
    total: float
    predictions: np.ndarray  # (repeats, n_points): one row a training sample
    truth: np.ndarray        # (n_points,)

    @property
    def mean_prediction(self):
        """The prediction at each point, averaged over the training samples, an array (n_points,)."""
        return self.predictions.mean(axis=0)

    @property
    def spread(self):
        """The standard deviation of the predictions at each point, an array (n_points,)."""
        return self.predictions.std(axis=0)

    def test_error(self, rng):
        """Return the mean squared error against freshly drawn, normally distributed noisy targets.

        The direct measurement that `total` explains: equal to it but for the chance of the draw. `rng` is a Generator,
        or its seed.
        """
        rng = as_generator("rng", rng)
        targets = self.truth + np.sqrt(self.noise) * rng.standard_normal(self.predictions.shape)
        return float(np.mean((self.predictions - targets) ** 2))


def bias_variance(fit_predict, draw, x, truth, noise, repeats=200, rng=None):
    r"""Return the BiasVariance of a learner by Monte Carlo.

    .. math:: E[(\hat y - y)^2] = \underbrace{(E[\hat y] - f(x))^2}_{\text{bias}^2}
              + \underbrace{E[(\hat y - E[\hat y])^2]}_{\text{variance}} + \sigma^2

    where :math:`y = f(x) + \varepsilon` with noise of variance :math:`\sigma^2`, and expectations run over training
    samples and noise. The bias is measured against the *true* function f, not against the noisy y; no learner gets
    rid of the last term.

    Parameters
    ----------
    fit_predict : callable
        ``fit_predict(x_train, y_train, x) -> array (n_points,)``: train on a sample, predict at `x`.
    draw : callable
        ``draw(rng) -> (x_train, y_train)``: a new training sample.
    x : array (n_points,) or (n_points, n)
        Where predictions are compared.
    truth : callable or array (n_points,)
        The true function f, or its values at `x`.
    noise : float
        Standard deviation :math:`\sigma` of the target around f, at least 0.
    repeats : int
        How many training samples, at least 2.
    rng : Generator or int, optional

    Returns
    -------
    BiasVariance
        With the spread taken over exactly these samples (divided by `repeats`), so that bias² + variance is the mean
        squared distance from f to the last digit.

    Raises
    ------
    ValueError
        If a number is out of range, or an array does not have one value a point.

    References
    ----------
    Lecture 03, "Bias and variance", which prints the bias against y; Hastie, Tibshirani and Friedman 2009, eq. 7.9.

    Examples
    --------
    The learner that always says 0 has no variance:

    >>> zero = bias_variance(lambda x_train, y_train, x: 0 * x, lambda rng: (None, None),
    ...                      x=np.array([1.0, 3.0]), truth=lambda x: x, noise=0.5, repeats=2)
    >>> zero.bias2, zero.variance, zero.noise, zero.total
    (5.0, 0.0, 0.25, 5.25)
    """
    check_function("fit_predict", fit_predict, "(x_train, y_train, x) -> predictions")
    check_function("draw", draw, "rng -> (x_train, y_train)")
    x = np.asarray(x)
    as_floats("x", x)
    f = as_floats("truth", truth(x) if callable(truth) else truth)
    if x.ndim == 0 or len(x) == 0 or f.shape != x.shape[:1]:
        raise ValueError(f"truth must have one value for each point of x, shape {x.shape[:1]}; got shape {f.shape}")
    _check_noise(noise)
    if not isinstance(repeats, int | np.integer) or repeats < 2:
        raise ValueError(f"variance needs a whole number of repeats, at least 2, got {shown(repeats)}")
    rng = as_generator("rng", rng)
    predictions = np.empty((repeats, len(x)))
    for i in range(repeats):
        sample = draw(rng)
        if not isinstance(sample, tuple | list) or len(sample) != 2:
            raise ValueError(f"draw must return a training sample (x_train, y_train), got {shown(sample)}")
        y_hat = as_floats("what fit_predict returns", fit_predict(*sample, x))
        if y_hat.shape != f.shape:
            raise ValueError(f"fit_predict must return one prediction a point, shape {f.shape}; got {y_hat.shape}")
        predictions[i] = y_hat
    return decompose_error(predictions, f, noise)


def decompose_error(predictions, truth, noise):
    """Return the BiasVariance of predictions that are already there, one row a training sample.

    Parameters
    ----------
    predictions : array (repeats, n_points)
    truth : array (n_points,)
        The true function at the points.
    noise : float
        Standard deviation of the target around it, at least 0.

    Returns
    -------
    BiasVariance

    Examples
    --------
    >>> parts = decompose_error([[1.0, 3.0], [3.0, 5.0]], truth=[1.0, 3.0], noise=0.0)
    >>> parts.bias2, parts.variance, parts.total
    (1.0, 1.0, 2.0)
    """
    predictions, f = as_floats("predictions", predictions), as_floats("truth", truth)
    if predictions.ndim != 2 or predictions.shape[1:] != f.shape or not predictions.size:
        raise ValueError("predictions must have one row a training sample and one column a point of truth, "
                         f"(repeats, {f.size}); got shape {predictions.shape}")
    _check_noise(noise)
    bias2 = float(np.mean((predictions.mean(axis=0) - f) ** 2))
    variance = float(np.mean(predictions.var(axis=0)))
    sigma2 = float(noise) ** 2
    return BiasVariance(bias2, variance, sigma2, bias2 + variance + sigma2, predictions, f)


def _check_noise(noise):
    if not (is_number(noise) and noise >= 0):
        raise ValueError(f"noise is a standard deviation, at least 0, got {shown(noise)}")
