"""Linear models against scikit-learn's, one core, at n much larger than d."""

from functools import cache

import numpy as np

from tests.benchmarks.registry import registry

M, D = 100_000, 50
NOISE = 0.1
RATE = 0.2               # below 1 / L of standard normal columns, L about 2


@cache
def tall(m=M):
    """Return m rows of 50 standard normal features, a target linear in ten of them, and noise 0.1."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((m, D))
    w = np.where(np.arange(D) < 10, rng.uniform(1, 3, D), 0.0)
    return X, X @ w + 2.0 + NOISE * rng.standard_normal(m)


def agree(ours, reference, rtol=1e-8):
    """Assert that two fitted linear models have the same coefficients and intercept."""
    np.testing.assert_allclose(ours.coef_, reference.coef_, rtol=rtol, atol=rtol * np.abs(reference.coef_).max())
    np.testing.assert_allclose(ours.intercept_, reference.intercept_, rtol=rtol)


def closed_form(m):
    from sklearn.linear_model import LinearRegression as Reference

    from toolkit.linear_model import LinearRegression

    X, y = tall(m)
    ours, reference = LinearRegression(), Reference()
    agree(ours.fit(X, y), reference.fit(X, y))
    return (lambda: ours.fit(X, y)), (lambda: reference.fit(X, y))


@registry.ratio("closed form, 100k x 50 / sklearn LinearRegression", faster=5)
def closed_form_100k():
    return closed_form(M)


@registry.ratio("closed form, 10k x 50 / sklearn LinearRegression", faster=5)
def closed_form_10k():
    return closed_form(10_000)


@registry.ratio("closed form, 100k x 50 / sklearn Ridge(solver='cholesky')", at_most=1)
def closed_form_cholesky():
    from sklearn.linear_model import Ridge

    from toolkit.linear_model import LinearRegression

    X, y = tall()
    ours, reference = LinearRegression(), Ridge(alpha=1e-9, solver="cholesky")
    agree(ours.fit(X, y), reference.fit(X, y))
    return (lambda: ours.fit(X, y)), (lambda: reference.fit(X, y))


@registry.ratio("Gram descent, 100 steps, 100k x 50 / our X @ w", faster=20, repeats=5)
def gram_descent():
    from toolkit.linear_model import LinearRegression

    X, y = tall()
    gram, plain = (LinearRegression("gd", gram=gram, learning_rate=RATE, max_iter=100, tol=None)
                   for gram in (True, False))
    agree(gram.fit(X, y), plain.fit(X, y))
    assert gram.n_iter_ == plain.n_iter_ == 100
    return (lambda: gram.fit(X, y)), (lambda: plain.fit(X, y))


def one_epoch(solver, **settings):
    """Return one pass over the rows of our `solver` and of SGDRegressor, after both have come near the noise."""
    from sklearn.linear_model import SGDRegressor

    from toolkit.linear_model import LinearRegression
    from toolkit.metrics import mean_squared_error

    X, y = tall()
    ours = LinearRegression(solver, max_iter=1, tol=None, random_state=0, **settings)
    reference = SGDRegressor(max_iter=1, tol=None, penalty=None, random_state=0)
    for model in (ours, reference):
        error = mean_squared_error(y, model.fit(X, y).predict(X))
        assert error < 2.1 * NOISE**2, f"{model} has a mean squared error of {error:.4f}, the noise is {NOISE**2:.4f}"
    return (lambda: ours.fit(X, y)), (lambda: reference.fit(X, y))


@registry.ratio("mini-batch of 256, one epoch, 100k x 50 / sklearn SGDRegressor", at_most=1, repeats=5)
def mini_batch_epoch():
    return one_epoch("mini_batch", batch_size=256, learning_rate=0.1)


@registry.ratio("stochastic, one epoch, 100k x 50 / sklearn SGDRegressor", at_most=15, repeats=5)
def stochastic_epoch():
    return one_epoch("sgd", learning_rate=0.002)


def penalised(ours, reference, l1_ratio, alpha=0.05):
    """Return both fits, after asserting that ours is no worse in the objective, to 1e-7."""
    X, y = tall()

    def objective(model):
        residual = y - model.predict(X)
        w = model.coef_
        return residual @ residual / (2 * M) + alpha * (l1_ratio * np.abs(w).sum() + (1 - l1_ratio) / 2 * w @ w)

    np.testing.assert_allclose(objective(ours.fit(X, y)), objective(reference.fit(X, y)), rtol=1e-7)
    return (lambda: ours.fit(X, y)), (lambda: reference.fit(X, y))


@registry.ratio("lasso, 100k x 50 / sklearn Lasso", at_most=1)
def lasso():
    from sklearn.linear_model import Lasso as Reference

    from toolkit.linear_model import Lasso

    return penalised(Lasso(alpha=0.05), Reference(alpha=0.05), 1.0)


@registry.ratio("lasso, 100k x 50 / sklearn Lasso(precompute=True)")
def lasso_precomputed():
    from sklearn.linear_model import Lasso as Reference

    from toolkit.linear_model import Lasso

    return penalised(Lasso(alpha=0.05), Reference(alpha=0.05, precompute=True), 1.0)


@registry.ratio("elastic net, 100k x 50 / sklearn ElasticNet", at_most=1)
def elastic_net():
    from sklearn.linear_model import ElasticNet as Reference

    from toolkit.linear_model import ElasticNet

    return penalised(ElasticNet(alpha=0.05, l1_ratio=0.5), Reference(alpha=0.05, l1_ratio=0.5), 0.5)
