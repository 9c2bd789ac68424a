# ---
# jupyter:
#   autograder:
#     title: "Lab 3: what is a house worth, and how sure are you?"
#     minutes: 180
#     points: {basic: 12, advanced: 10, manual: 4}
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 3: what is a house worth, and how sure are you?
#
# An estate agent hires you. She has a list of houses that were sold, and every morning somebody walks in with one that was not. She wants two things from you: a price, and an
# honest word on how far off it may be. In this lab you build what you need for that, from the error of one forecast to the sentence that you would say to the seller.
#
# - Ten questions: five *basic* ones (12 points), four *advanced* ones (10 points) and one that you answer in words (4 points). Allow about three hours.
# - Every question stands alone. If one will not give in, leave it and take the next.
# - Write your code where it says `YOUR CODE HERE`, and use NumPy only. Below each question is a test that you can run as often as you like. It checks the simplest case. Hidden
#   tests run when the lab is graded: they try other sizes, ties and extremes, and they look whether your function changes the arrays that it was given. It must not.
# - Before you hand in, restart the kernel and run everything from top to bottom.

# %% nbgrader={"grade": false, "grade_id": "03-q0-setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
from itertools import combinations_with_replacement

import matplotlib.pyplot as plt
import numpy as np

from toolkit.data import five_houses, house_prices
from toolkit.figures.palette import TRAIN


def as_numbers(value, shape, what):
    """Return `value` as a new float array of `shape`, or say what is wrong with it."""
    assert value is not None, f"{what} is None. Does your function end in `return ...`?"
    plain = type(value) in (np.ndarray, float, int) or isinstance(value, np.number)
    assert plain, f"{what} should be a NumPy array or a number; yours is a {type(value).__name__}."
    array = np.array(value, dtype=float)
    assert array.shape == shape, f"{what} should have the shape {shape}; yours has {array.shape}."
    assert np.isfinite(array).all(), (
        f"{what} holds nan or infinity ({np.sum(~np.isfinite(array))} of {array.size} numbers)."
    )
    return array


def as_parts(value, count, names):
    """Return the `count` parts of the tuple `value`, or say what came instead."""
    came = f"{len(value)} values" if type(value) is tuple else f"a {type(value).__name__}"
    assert type(value) is tuple and len(value) == count, (
        f"Return {count} values, `return {names}`; yours returns {came}."
    )
    return value


def on_copies(function, *arguments):
    """Return what `function` makes of copies of `arguments`, and insist that it leaves them as they were."""
    copies = [np.array(a) if isinstance(a, np.ndarray) else a for a in arguments]
    result = function(*copies)
    for number, (before, after) in enumerate(zip(arguments, copies, strict=True), start=1):
        same = np.array_equal(before, after) if isinstance(before, np.ndarray) else True
        assert same, (
            f"{function.__name__} changed its argument number {number}. The caller still needs it: work on a copy."
        )
    return result


# %% [markdown]
# ## The houses
#
# The agent's list has 400 houses. For each it says the living area in m², the number of rooms, the age in years, the distance to the centre in km, and the price in thousand euro. The first 300 are for learning. The last 100
# stay in the drawer: nobody looks at them before the very end. Look at the picture. Do large houses scatter as much as small ones? Are there houses that follow no line?

# %% nbgrader={"grade": false, "grade_id": "03-q0-houses", "locked": true, "schema_version": 3, "solution": false, "task": false}
houses = house_prices(400, random_state=23)
X_train, X_test = houses.X[:300], houses.X[300:]
y_train, y_test = houses.y[:300], houses.y[300:]

for name, column in zip((*houses.feature_names, "price"), np.column_stack([X_train, y_train]).T, strict=True):
    spread = f"standard deviation {column.std():6.1f}   from {column.min():5.1f} to {column.max():6.1f}"
    print(f"{name:10} mean {column.mean():6.1f}   {spread}")

figure, ax = plt.subplots(figsize=(7, 3.5))
ax.scatter(X_train[:, 0], y_train, s=12, color=TRAIN)
_ = ax.set(xlabel="living area (m²)", ylabel="price (thousand euro)", title="300 houses that were sold")

# %% [markdown]
# ## Question 1 (basic, 2 points) - how far off is a forecast?
#
# Before we build a model we need to say how good one is. The *residual* of a house is its price minus the forecast, $r_i = y_i - \hat y_i$: positive when it sold for more than we said. The
# *mean squared error* is the mean of $r_i^2$ over the $m$ houses. Some models return their forecasts as a column of shape (m, 1), others as a flat (m,) array; the error must be the same.
#
# Write `residuals_and_mse(y, y_hat)`, with `y` of shape (m,) and `y_hat` of shape (m,) or (m, 1). Return the residuals, shape (m,), and the mean squared error, a number.

# %% nbgrader={"grade": false, "grade_id": "03-q1-basic", "locked": false, "schema_version": 3, "solution": true, "task": false}
def residuals_and_mse(y, y_hat):
    """Return the residuals y - y_hat, an array (m,), and the mean of their squares, a number."""
    ### BEGIN SOLUTION
    residual = y - y_hat.ravel()
    return residual, np.mean(residual**2)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "03-q1-basic-tests", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def visible_test_1():
    sold, forecast = np.array([400.0, 330.0, 369.0]), np.array([390.0, 340.0, 360.0])
    residual, error = as_parts(residuals_and_mse(sold, forecast), 2, "residual, mse")
    residual = as_numbers(residual, (3,), "The residual of three houses")
    error = as_numbers(error, (), "The mean squared error")
    case = "Three houses sold for 400, 330 and 369 and were forecast at 390, 340 and 360."
    assert not np.allclose(residual, [-10, 10, -9]), (
        f"{case} Your residuals are {residual}: forecast minus price. The first house sold for more than we said, so "
        "its residual is positive."
    )
    assert np.allclose(residual, [10, -10, 9]), f"{case} The residuals are 10, -10 and 9; yours are {residual}."
    assert not np.isclose(error, 281), (
        f"{case} Your error is 281, the sum of the squares. Would it still be a fair figure for three million "
        "houses? Take the mean."
    )
    assert not np.isclose(error, 29 / 3), (
        f"{case} Your error is {error:.3f}, the mean of the absolute residuals. Square them first."
    )
    assert not np.isclose(error, np.sqrt(281 / 3)), (
        f"{case} Your error is {error:.3f}: that is the root. The mean squared error keeps its square."
    )
    assert np.isclose(error, 281 / 3), (
        f"{case} The squares are 100, 100 and 81, so the mean is 93.667; yours is {error:.3f}."
    )


visible_test_1()

# %% nbgrader={"grade": true, "grade_id": "03-q1-basic-hidden", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Hidden: forecasts as a column, random houses, one house, and whether the arrays that came in are left alone.
### BEGIN HIDDEN TESTS
def hidden_test_1():
    perfect = np.array([1.0, 2.0, 3.0])
    residual, error = as_parts(on_copies(residuals_and_mse, perfect, perfect.reshape(-1, 1)), 2, "residual, mse")
    error = as_numbers(error, (), "The error")
    assert error == 0, (
        f"Three perfect forecasts, given as a column, have an error of {error:.4f} with your function. Print the "
        "shape of your residual."
    )
    as_numbers(residual, (3,), "The residual of three forecasts that came as a column")
    rng = np.random.default_rng(31)
    for m in (2, 7, 40, 1):
        y, y_hat = rng.normal(300, 80, m), rng.normal(300, 80, m)
        slow = [float(a) - float(b) for a, b in zip(y, y_hat, strict=True)]
        for shape in ((m,), (m, 1)):
            residual, error = as_parts(on_copies(residuals_and_mse, y, y_hat.reshape(shape)), 2, "residual, mse")
            residual = as_numbers(residual, (m,), f"The residual for forecasts of shape {shape}")
            error = as_numbers(error, (), "The error")
            assert np.allclose(residual, slow, rtol=1e-12), (
                f"With random prices of shape ({m},) and forecasts of shape {shape} your residuals are not price "
                "minus forecast."
            )
            assert np.isclose(error, sum(r * r for r in slow) / m, rtol=1e-12), (
                f"With random prices of shape ({m},) and forecasts of shape {shape} your error is not the mean of "
                "the squared residuals."
            )


hidden_test_1()
### END HIDDEN TESTS

# %% [markdown]
# ## Question 2 (basic, 2 points) - which way is down?
#
# A linear model forecasts $\hat y = Xw$. To make its mean squared error smaller we need the direction in which the error rises fastest, the gradient with respect to the weights. If yours is right, a small step
# against it lowers the error for any data; if only its length is wrong, every learning rate that you read about will be wrong as well.
#
# Write `mse_gradient(X, y, w)` for `X` of shape (m, n), `y` of shape (m,) and `w` of shape (n,). It returns the gradient of $\frac1m \sum_i (x_i^\top w - y_i)^2$ at `w`, an array (n,).

# %% nbgrader={"grade": false, "grade_id": "03-q2-basic", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mse_gradient(X, y, w):
    """Return the gradient of the mean squared error at w, an array (n,)."""
    ### BEGIN SOLUTION
    return 2 / len(y) * X.T @ (X @ w - y)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "03-q2-basic-tests", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def visible_test_2():
    X, y, w = np.array([[1.0, 2.0]]), np.array([3.0]), np.array([0.0, 1.0])
    gradient = as_numbers(mse_gradient(X, y, w), (2,), "The gradient with respect to two weights")
    case = "One house, x = (1, 2), y = 3, w = (0, 1): the forecast is 2, one too low."
    assert not np.allclose(gradient, [2, 4]), (
        f"{case} Your gradient {gradient} points the wrong way: larger weights would lift the forecast and *lower* "
        "the error."
    )
    assert not np.allclose(gradient, [-1, -2]), (
        f"{case} Your gradient {gradient} is half of what it should be: what is the derivative of a square?"
    )
    assert np.allclose(gradient, [-2, -4]), f"{case} The gradient is 2 (2 - 3) x = (-2, -4); yours is {gradient}."
    three = mse_gradient(np.ones((3, 2)), np.ones(3), np.zeros(2))
    three = as_numbers(three, (2,), "The gradient for three houses and two weights")
    assert (three < 0).all(), (
        "For three houses of price 1 and a model that says 0, more weight lowers the error, so the gradient is "
        f"negative; yours is {three}."
    )


visible_test_2()

# %% nbgrader={"grade": true, "grade_id": "03-q2-basic-hidden", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Hidden: several houses, every house listed twice, the slope of the error measured with a small step, the lowest point.
### BEGIN HIDDEN TESTS
def hidden_test_2():
    rng = np.random.default_rng(32)
    for m, n in ((3, 2), (2, 5), (9, 1), (40, 4)):
        X, y, w = rng.normal(size=(m, n)), rng.normal(size=m), rng.normal(size=n)
        gradient = as_numbers(on_copies(mse_gradient, X, y, w), (n,), f"The gradient with respect to {n} weights")
        twice = as_numbers(mse_gradient(np.vstack([X, X]), np.tile(y, 2), w), (n,), "The gradient")
        assert np.allclose(twice, gradient, rtol=1e-9), (
            f"With each of {m} houses listed twice your gradient is {twice} where it was {gradient}. "
            "Does the mean squared error change?"
        )
        slope = np.zeros(n)
        for j in range(n):
            step = np.zeros(n)
            step[j] = 1e-5
            slope[j] = (np.mean((X @ (w + step) - y) ** 2) - np.mean((X @ (w - step) - y) ** 2)) / 2e-5
        j = int(np.argmax(np.abs(gradient - slope)))
        assert np.allclose(gradient, slope, rtol=1e-6, atol=1e-7), (
            f"For {m} random houses and {n} weights your gradient says that the error changes by {gradient[j]:.4f} per "
            f"unit of weight {j}. A small step along that weight, tried out, changes it otherwise."
        )
    X, y = np.column_stack([np.ones(3), [1.0, 2.0, 3.0]]), np.array([1.0, 2.0, 4.0])
    lowest = np.linalg.lstsq(X, y, rcond=None)[0]
    assert np.allclose(as_numbers(mse_gradient(X, y, lowest), (2,), "The gradient"), 0, atol=1e-12), (
        "At the weights with the smallest error your gradient is not zero."
    )


hidden_test_2()
### END HIDDEN TESTS

# %% [markdown]
# ## Question 3 (basic, 3 points) - the best line, even when two columns say the same
#
# Least squares can be solved without any descent. Two things go wrong in practice. People forget the intercept, so that a house without area is worth nothing by decree; and they invert $X^\top X$, which fails, often
# silently, when one column repeats what another one says (area in square feet and in square metres). The weights are then not unique, but the forecasts are, and these are what the agent wants.
#
# Write `fit_least_squares(X, y)` for `X` of shape (m, n), *without* a column of ones, and `y` of shape (m,). Return `intercept, w`: a number and an array (n,) that minimise the mean squared error of `intercept + X @ w`. Copies and
# near-copies of columns, and fewer houses than columns, must not spoil the forecasts.

# %% nbgrader={"grade": false, "grade_id": "03-q3-basic", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fit_least_squares(X, y):
    """Return the intercept, a number, and the weights, an array (n,), with the smallest mean squared error."""
    ### BEGIN SOLUTION
    with_ones = np.column_stack([np.ones(len(X)), X])
    solution = np.linalg.lstsq(with_ones, y, rcond=None)[0]
    return solution[0], solution[1:]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "03-q3-basic-tests", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def visible_test_3():
    X, y = five_houses()
    intercept, w = as_parts(fit_least_squares(X, y), 2, "intercept, w")
    intercept = as_numbers(intercept, (), "The intercept")
    w = as_numbers(w, (2,), "The weights of area and bedrooms (the intercept is not among them)")
    case = "For the five houses of the lecture"
    assert not np.allclose(w, [0.0745984, 73.3725587], rtol=1e-6), (
        f"{case} your weights {w} belong to a model that is forced through zero. Which column would let it choose "
        "its own level?"
    )
    assert np.isclose(intercept, -70.4346018, rtol=1e-7), (
        f"{case} the intercept is -70.4346018; yours is {intercept:.7f}."
    )
    assert np.allclose(w, [0.0638433756, 103.436047], rtol=1e-7), (
        f"{case} the weights are 0.0638433756 and 103.436047; yours are {w}."
    )


visible_test_3()

# %% nbgrader={"grade": true, "grade_id": "03-q3-basic-hidden", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Hidden: a copied column, a column that is nearly a copy, more columns than houses, prices far from zero, random houses.
### BEGIN HIDDEN TESTS
def hidden_test_3():
    def forecasts(X, y, case):
        try:
            result = on_copies(fit_least_squares, X, y)
        except np.linalg.LinAlgError as error:
            why = f"{case}: NumPy gave up ({error}). Some systems of equations have more than one solution."
            raise AssertionError(why) from None
        intercept, w = as_parts(result, 2, "intercept, w")
        return as_numbers(intercept, (), "The intercept") + X @ as_numbers(w, (X.shape[1],), "The weights")

    rng = np.random.default_rng(33)
    for m, n in ((6, 1), (30, 4)):
        X, y = rng.normal(50, 3, size=(m, n)), rng.normal(300, 40, m)
        residual = y - forecasts(X, y, f"{m} random houses")
        assert abs(residual.mean()) < 1e-6, (
            f"For {m} random houses your residuals have the mean {residual.mean():.3g}. With an intercept the best "
            "line has none left over."
        )
        assert np.allclose(X.T @ residual / m, 0, atol=1e-5), (
            f"For {m} random houses with {n} features your weights are not the best: the residuals still go up or "
            "down with a feature."
        )
    x = rng.uniform(0, 10, 20)
    y = 1 + 2 * x
    near = 3 * x + 1e-9 * rng.standard_normal(20)
    doubles = {"One column given twice": x, "The second column is nearly three times the first": near}
    for case, second in doubles.items():
        X = np.column_stack([x, second])
        off = np.abs(forecasts(X, y, case) - y).max()
        assert off < 1e-4, (
            f"{case}, and the prices follow 1 + 2x exactly; still your forecasts are off by up to {off:.3g}. Can two "
            "columns say the same thing?"
        )
    X, y = rng.normal(size=(3, 6)), np.array([210.0, 450.0, 330.0])
    off = np.abs(forecasts(X, y, "Three houses, six columns") - y).max()
    assert off < 1e-6, (
        f"Three houses and six columns: some weights fit all three exactly, yours are off by up to {off:.3g}."
    )


hidden_test_3()
### END HIDDEN TESTS

# %% [markdown]
# ## Question 4 (basic, 2 points) - one yardstick for all houses
#
# Descent and regularisation treat all columns alike, so the columns should be of one size: subtract the mean, divide by the standard deviation. The houses of tomorrow come one at a time, and the weights were learnt in the
# units of the *training* houses; a new house must be measured with the same yardstick.
#
# Write `standardise(X_train, X_test)` for arrays of shape (m, n) and (k, n). Return both, standardised with the mean and the standard deviation (divide by m, NumPy's default) of each column of `X_train`. A column that never varies in
# `X_train` is only shifted, not divided.

# %% nbgrader={"grade": false, "grade_id": "03-q4-basic", "locked": false, "schema_version": 3, "solution": true, "task": false}
def standardise(X_train, X_test):
    """Return X_train and X_test, arrays (m, n) and (k, n), in standard deviations of the training houses."""
    ### BEGIN SOLUTION
    mean, sd = X_train.mean(axis=0), X_train.std(axis=0)
    sd = np.where(sd == 0, 1, sd)
    return (X_train - mean) / sd, (X_test - mean) / sd
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "03-q4-basic-tests", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def visible_test_4():
    train = np.array([[1.0, 100.0], [4.0, 100.0], [4.0, 400.0], [7.0, 400.0]])
    Z, Z_test = as_parts(standardise(train, train[::-1].copy()), 2, "Z_train, Z_test")
    Z = as_numbers(Z, (4, 2), "The standardised training houses")
    Z_test = as_numbers(Z_test, (4, 2), "The standardised test houses")
    assert np.allclose(Z.mean(axis=0), 0, atol=1e-12), (
        f"Each standardised column has the mean 0; yours have {Z.mean(axis=0)}. Did you take the mean of each column "
        "(axis=0)?"
    )
    sd = Z.std(axis=0)
    assert not np.allclose(sd, np.sqrt(3 / 4)), (
        f"Your columns have the standard deviation {sd[0]:.3f}: you divided by m - 1 where this question divides by "
        "m."
    )
    assert np.allclose(sd, 1), f"Each standardised column has the standard deviation 1; yours have {sd}."
    assert np.allclose(Z[:, 1], [-1, -1, 1, 1]), (
        f"Of 100, 100, 400, 400 the mean is 250 and the standard deviation 150, so -1, -1, 1, 1; yours are {Z[:, 1]}."
    )
    assert np.allclose(Z_test, Z[::-1]), (
        "The same four houses in another order should have the same standardised values, in that order."
    )


visible_test_4()

# %% nbgrader={"grade": true, "grade_id": "03-q4-basic-hidden", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Hidden: test houses that are unlike the training houses, a single test house, a column that never varies.
### BEGIN HIDDEN TESTS
def hidden_test_4():
    train, far = np.arange(10.0).reshape(-1, 1), np.arange(100.0, 110.0).reshape(-1, 1)
    for case, test in (("ten houses of 100 to 109", far), ("one house of 104", far[4:5])):
        Z, Z_test = as_parts(on_copies(standardise, train, test), 2, "Z_train, Z_test")
        Z = as_numbers(Z, train.shape, "The standardised training houses")
        Z_test = as_numbers(Z_test, test.shape, "The standardised test houses")
        assert np.isclose(Z.mean(), 0, atol=1e-9) and 0.9 < Z.std() < 1.1, (
            f"The training column is no longer standardised when the test set is {case}. Who may set the yardstick?"
        )
        assert (Z_test > 30).all(), (
            f"Training houses are 0 to 9, the test set is {case}: it lies more than 30 training deviations out, "
            f"yours says {Z_test[0, 0]:.3g}. What was called one standard deviation in training?"
        )
    rng = np.random.default_rng(34)
    train, test = rng.normal([5, 1800], [2, 400], size=(12, 2)), rng.normal([4, 2500], [1, 900], size=(5, 2))
    train, test = np.column_stack([train, np.full(12, 3.0)]), np.column_stack([test, [3.0, 3.0, 5.0, 2.0, 3.0]])
    with np.errstate(all="ignore"):
        Z, Z_test = as_parts(on_copies(standardise, train, test), 2, "Z_train, Z_test")
    Z = as_numbers(Z, train.shape, "With a column that is always 3, the standardised training set")
    Z_test = as_numbers(Z_test, test.shape, "With a column that is always 3 in training, the standardised test set")
    assert np.allclose(Z[:, 2], 0) and np.allclose(Z_test[:, 2], [0, 0, 2, -1, 0]), (
        f"A column that is always 3 in training is only shifted: 5 becomes 2; yours becomes {Z_test[2, 2]:.3g}."
    )
    for j in range(2):
        mean = sum(train[:, j]) / 12
        sd = (sum((train[:, j] - mean) ** 2) / 12) ** 0.5
        assert np.allclose(Z[:, j], (train[:, j] - mean) / sd), (
            "Random training houses: your values are not in standard deviations of their own column."
        )
        assert np.allclose(Z_test[:, j], (test[:, j] - mean) / sd), (
            "Random test houses: your values are not in the units of the training houses."
        )


hidden_test_4()
### END HIDDEN TESTS

# %% [markdown]
# ## Question 5 (advanced, 3 points) - learning from a handful of houses at a time
#
# With millions of houses one gradient is expensive. Mini-batch descent looks at `batch_size` houses, takes a step, and goes on; with one house at a time it is called stochastic. Each of its gradients should be an honest estimate
# of the full one, so it is the mean over the houses *in that batch*, however many these are.
#
# Write `minibatch_descent(X, y, w, learning_rate, batch_size, epochs, rng)`. In each epoch draw one new order of the $m$ houses with `rng.permutation(m)` and cut it from its beginning into batches of `batch_size`; the last one may be
# shorter. For each batch in turn, step against the gradient of the batch's own mean squared error. Return the weights after the last epoch, an array (n,); `w`, the start, stays as it was.

# %% nbgrader={"grade": false, "grade_id": "03-q5-advanced", "locked": false, "schema_version": 3, "solution": true, "task": false}
def minibatch_descent(X, y, w, learning_rate, batch_size, epochs, rng):
    """Return the weights, an array (n,), after `epochs` passes over the houses in batches."""
    ### BEGIN SOLUTION
    w = w.copy()
    for _ in range(epochs):
        order = rng.permutation(len(y))
        for start in range(0, len(y), batch_size):
            rows = order[start : start + batch_size]
            w -= learning_rate * 2 / len(rows) * X[rows].T @ (X[rows] @ w - y[rows])
    return w
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "03-q5-advanced-tests", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def visible_test_5():
    X, y = np.array([[1.0, 0.0], [1.0, 2.0]]), np.array([1.0, 3.0])
    case = "Two houses (1, 0) and (1, 2) of price 1 and 3, start (0, 0), learning rate 0.1, both in one batch:"
    one = minibatch_descent(X, y, np.zeros(2), 0.1, 2, 1, np.random.default_rng(0))
    one = as_numbers(one, (2,), "The weights after one epoch")
    assert not np.allclose(one, [-0.4, -0.6]), f"{case} your first step {one} goes uphill."
    assert not np.allclose(one, [0.8, 1.2]), (
        f"{case} your first step is {one}, twice too long: the gradient is the *mean* over the batch, not the sum."
    )
    assert np.allclose(one, [0.4, 0.6]), (
        f"{case} the gradient is (-4, -6), so the first step leads to (0.4, 0.6); yours leads to {one}."
    )
    two = minibatch_descent(X, y, np.zeros(2), 0.1, 2, 2, np.random.default_rng(0))
    two = as_numbers(two, (2,), "The weights after two epochs")
    assert not np.allclose(two, one), f"{case} after two epochs your weights are still those of the first, {two}."
    assert np.allclose(two, [0.6, 0.88]), (
        f"{case} after two epochs the weights are (0.6, 0.88); yours are {two}. Is the second gradient taken at the "
        "new weights?"
    )


visible_test_5()

# %% nbgrader={"grade": true, "grade_id": "03-q5-advanced-hidden", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Hidden: a last batch that is shorter, one house at a time, batches larger than the data, several epochs, no epoch.
### BEGIN HIDDEN TESTS
def hidden_test_5():
    def slow_descent(X, y, w, learning_rate, batch_size, epochs, rng):
        w = [float(value) for value in w]
        for _ in range(epochs):
            waiting = list(rng.permutation(len(y)))
            while waiting:
                batch, waiting = waiting[:batch_size], waiting[batch_size:]
                gradient = [0.0] * len(w)
                for i in batch:
                    error = sum(a * b for a, b in zip(X[i], w, strict=True)) - y[i]
                    gradient = [g + 2 * error * x / len(batch) for g, x in zip(gradient, X[i], strict=True)]
                w = [a - learning_rate * g for a, g in zip(w, gradient, strict=True)]
        return np.array(w)

    data = np.random.default_rng(35)
    X, y, start = data.normal(size=(10, 3)), data.normal(size=10), data.normal(size=3)
    cases = (
        (5, 1, "10 houses in two batches of 5: over how many houses is the mean of each gradient?"),
        (5, 3, "10 houses in batches of 5, 3 epochs: is there a new order in each epoch?"),
        (4, 1, "10 houses in batches of 4: how many are in the last one?"),
        (4, 3, "10 houses in batches of 4, 3 epochs."),
        (1, 2, "One house at a time: over how many houses is the mean of one house taken?"),
        (25, 2, "A batch size of 25 with 10 houses: the one batch holds all ten."),
        (3, 0, "No epoch at all: the weights are those of the start."),
    )
    for batch_size, epochs, case in cases:
        w = on_copies(minibatch_descent, X, y, start, 0.05, batch_size, epochs, np.random.default_rng(5))
        w = as_numbers(w, (3,), "The weights")
        right = slow_descent(X, y, start, 0.05, batch_size, epochs, np.random.default_rng(5))
        assert np.allclose(w, right, rtol=1e-9), (
            f"{case} From {start.round(3)} your weights end at {w.round(3)}, which is not where the described steps "
            "lead."
        )


hidden_test_5()
### END HIDDEN TESTS

# %% [markdown]
# ## Question 6 (basic, 3 points) - weights on a short lead
#
# With many columns and few houses, least squares chases the noise. Ridge regression asks the weights to stay small. Its objective here is the one of scikit-learn's `Ridge`, a *sum* of squares plus the penalty:
#
# $$ \sum_{i=1}^m (y_i - b - x_i^\top w)^2 + \alpha \sum_{j=1}^n w_j^2 . $$
#
# The intercept $b$ is not punished: in a town where every house costs 100 more, the forecasts should be 100 higher and nothing else. Write `fit_ridge(X, y, alpha)` for `X` of shape (m, n), `y` of shape (m,) and `alpha` > 0. Return
# `intercept, w`, a number and an array (n,).

# %% nbgrader={"grade": false, "grade_id": "03-q6-basic", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fit_ridge(X, y, alpha):
    """Return the intercept, a number, and the weights, an array (n,), that minimise the ridge objective."""
    ### BEGIN SOLUTION
    mean = X.mean(axis=0)
    A = X - mean
    w = np.linalg.solve(A.T @ A + alpha * np.eye(X.shape[1]), A.T @ y)
    return y.mean() - mean @ w, w
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "03-q6-basic-tests", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def visible_test_6():
    X, y = np.array([[-1.0], [0.0], [1.0]]), np.array([-2.0, 0.0, 2.0])
    intercept, w = as_parts(fit_ridge(X, y, 2.0), 2, "intercept, w")
    intercept, w = as_numbers(intercept, (), "The intercept"), as_numbers(w, (1,), "The weights for one feature")
    case = "Three houses with x = -1, 0, 1 and y = -2, 0, 2, alpha = 2:"
    assert not np.isclose(w[0], 2), f"{case} your weight 2 is that of least squares. Where does alpha come in?"
    assert not np.isclose(w[0], 0.5), (
        f"{case} your weight is 0.5: it looks as if alpha was multiplied by the number of houses. The objective has "
        "a sum of squares, not a mean."
    )
    assert not np.isclose(w[0], 4 / (2 + 2 / 3)), (
        f"{case} your weight is {w[0]:.3f}: it looks as if alpha was divided by the number of houses. The objective "
        "has a sum of squares, not a mean."
    )
    assert np.isclose(w[0], 1), f"{case} the objective 8 - 8w + 2w² + 2w² is smallest at w = 1; yours is {w[0]:.4f}."
    assert np.isclose(intercept, 0), (
        f"{case} x and y have the mean zero, so the intercept is 0; yours is {intercept:.4f}."
    )


visible_test_6()

# %% nbgrader={"grade": true, "grade_id": "03-q6-basic-hidden", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Hidden: features and prices far from zero, several features, more features than houses, very large alpha.
### BEGIN HIDDEN TESTS
def hidden_test_6():
    rng = np.random.default_rng(36)
    x, y = np.arange(4.0).reshape(-1, 1), 2 * np.arange(4.0) + 105
    cases = [
        (x, y, 1.0),
        (rng.normal(3, 2, (12, 3)), rng.normal(200, 30, 12), 2.5),
        (rng.normal(1, 1, (4, 9)), rng.normal(50, 9, 4), 0.3),
    ]
    for X, y, alpha in cases:
        n = X.shape[1]
        intercept, w = as_parts(on_copies(fit_ridge, X, y, alpha), 2, "intercept, w")
        intercept, w = as_numbers(intercept, (), "The intercept"), as_numbers(w, (n,), "The weights")
        higher, same = as_parts(fit_ridge(X, y + 100, alpha), 2, "intercept, w")
        case = f"X of shape {X.shape}, alpha = {alpha}, features and prices with means far from zero:"
        assert np.allclose(same, w, rtol=1e-6, atol=1e-9) and np.isclose(higher - intercept, 100), (
            f"{case} when every price rises by 100 your intercept rises by {float(higher - intercept):.2f} and the "
            f"weights move by up to {np.abs(same - w).max():.3g}. What should change?"
        )
        residual = y - intercept - X @ w
        assert abs(residual.mean()) < 1e-8, (
            f"{case} your residuals have the mean {residual.mean():.3g}; a free intercept leaves none."
        )
        assert np.allclose(X.T @ residual, alpha * w, rtol=1e-7, atol=1e-7), (
            f"{case} at your weights the objective can still fall. Every weight has its own square in the penalty, "
            "and no other."
        )
    intercept, w = as_parts(fit_ridge(X, y, 1e12), 2, "intercept, w")
    assert np.allclose(w, 0, atol=1e-8) and np.isclose(intercept, y.mean()), (
        f"With alpha = 1e12 only the mean price {y.mean():.2f} is left; yours says {float(intercept):.2f}."
    )


hidden_test_6()
### END HIDDEN TESTS

# %% [markdown]
# ## Question 7 (advanced, 3 points) - choose alpha without looking
#
# Which alpha? The training error always votes for the smallest. In $k$-fold cross-validation every house is forecast once by a model that has not seen it. "Not seen" includes the yardstick: the mean and standard deviation used to
# standardise must come from the houses that the model learns from, in each round anew.
#
# Write `choose_alpha(X, y, alphas, k, fit)`. `alphas` is a list, and `fit(X, y, alpha)` returns `intercept, w`. Cut the $m$ houses in their order into $k$ folds whose sizes differ by at most one, the larger ones first (as `np.array_split` does).
# For each fold and each alpha: standardise all features with the other houses' mean and standard deviation, fit on the other houses, and take the mean squared error on the fold. Return `best, errors`: `errors`, an array
# (len(alphas),), holds each alpha's mean over the $k$ folds, and `best` is the alpha with the smallest; on a tie the largest of them, the simpler model. Use `fit` exactly `k * len(alphas)` times.

# %% nbgrader={"grade": false, "grade_id": "03-q7-advanced", "locked": false, "schema_version": 3, "solution": true, "task": false}
def choose_alpha(X, y, alphas, k, fit):
    """Return the alpha with the smallest cross-validated error and the errors, an array (len(alphas),)."""
    ### BEGIN SOLUTION
    errors = np.zeros(len(alphas))
    for fold in np.array_split(np.arange(len(y)), k):
        others = np.delete(np.arange(len(y)), fold)
        Z = (X - X[others].mean(axis=0)) / X[others].std(axis=0)
        for i, alpha in enumerate(alphas):
            intercept, w = fit(Z[others], y[others], alpha)
            errors[i] += np.mean((y[fold] - intercept - Z[fold] @ w) ** 2) / k
    return max(alpha for alpha, error in zip(alphas, errors, strict=True) if error == errors.min()), errors
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "03-q7-advanced-tests", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def visible_test_7():
    def shrunken_mean(X, y, alpha):
        """Forecast the same price for every house: the mean price, divided by 1 + alpha."""
        return y.mean() / (1 + alpha), np.zeros(X.shape[1])

    X, y = np.array([[1.0], [5.0], [2.0], [4.0], [3.0], [7.0]]), np.arange(1.0, 7.0)
    best, errors = as_parts(choose_alpha(X, y, [0.0, 1.0], 3, shrunken_mean), 2, "best, errors")
    errors = as_numbers(errors, (2,), "The errors of two alphas")
    case = "Six houses of price 1 to 6, three folds, a model that always says mean / (1 + alpha):"
    assert not np.isclose(errors[0], 35 / 12), (
        f"{case} for alpha = 0 your error is {errors[0]:.3f}, that of a model tested on the houses it learnt from."
    )
    assert not np.isclose(errors[0], 2.25), (
        f"{case} for alpha = 0 your error is {errors[0]:.3f}, that on the houses which the round learnt from. Score "
        "the fold that was held out."
    )
    assert np.isclose(errors[0], 6.25), (
        f"{case} for alpha = 0 the folds (1, 2), (3, 4), (5, 6) have the errors 9.25, 0.25 and 9.25, on average "
        f"6.25; yours is {errors[0]:.4f}."
    )
    assert np.isclose(errors[1], 22.4375 / 3), (
        f"{case} for alpha = 1 the mean error is 7.4792; yours is {errors[1]:.4f}."
    )
    best = as_numbers(best, (), "The best alpha")
    assert best == 0, f"{case} the errors are 6.25 for alpha = 0 and 7.48 for alpha = 1, and your choice is {best}."


visible_test_7()

# %% nbgrader={"grade": true, "grade_id": "03-q7-advanced-hidden", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Hidden: a number of houses that k does not divide, what each fit gets to see, a real model, ties, the number of fits.
### BEGIN HIDDEN TESTS
def hidden_test_7():
    def ridge(X, y, alpha):
        mean, level = X.mean(axis=0), y.mean()
        tall = np.vstack([X - mean, np.sqrt(alpha) * np.eye(X.shape[1])])
        w = np.linalg.lstsq(tall, np.concatenate([y - level, np.zeros(X.shape[1])]), rcond=None)[0]
        return level - mean @ w, w

    def slow_errors(X, y, alphas, k):
        m, first, total = len(y), 0, {alpha: [] for alpha in alphas}
        for number in range(k):
            size = m // k + (number < m % k)
            inside = [first <= i < first + size for i in range(m)]
            first += size
            learn, test = np.flatnonzero(np.logical_not(inside)), np.flatnonzero(inside)
            mean, sd = X[learn].mean(axis=0), X[learn].std(axis=0)
            for alpha in alphas:
                intercept, w = ridge((X[learn] - mean) / sd, y[learn], alpha)
                total[alpha].append(np.mean([(y[i] - intercept - (X[i] - mean) / sd @ w) ** 2 for i in test]))
        return np.array([np.mean(total[alpha]) for alpha in alphas])

    rng = np.random.default_rng(37)
    for m, k, alphas in ((11, 4, [30.0, 0.1, 3.0]), (17, 5, [0.01, 100.0]), (6, 6, [1.0, 8.0]), (9, 2, [2.0])):
        X, seen = rng.normal([90, 3], [30, 1], size=(m, 2)), []
        y = X @ [3.0, 10.0] + rng.normal(0, 60, m)

        def spy(X, y, alpha, seen=seen):
            seen.append((X.copy(), y.copy(), alpha))
            return ridge(X, y, alpha)

        best, errors = as_parts(on_copies(choose_alpha, X, y, list(alphas), k, spy), 2, "best, errors")
        case = f"{m} houses, {k} folds, {len(alphas)} alphas:"
        assert len(seen) == k * len(alphas), f"{case} that is {k * len(alphas)} fits, yours did {len(seen)}."
        turns = [sum(price not in prices for _, prices, _ in seen) for price in y]
        assert min(turns) > 0, f"{case} {turns.count(0)} of the houses never stand in the fold that is held out."
        for Z, prices, _ in seen:
            assert m - len(prices) in (m // k, -(-m // k)), (
                f"{case} one of your fits got {len(prices)} houses. Does every house get its turn in a fold, and "
                "only one?"
            )
            assert np.allclose(Z.mean(axis=0), 0, atol=1e-9) and np.allclose(Z.std(axis=0), 1), (
                f"{case} the houses that a fit learns from should have the mean 0 and the standard deviation 1 in "
                f"each feature; one fit got means {Z.mean(axis=0).round(3)}. Whose yardstick is it?"
            )
            rows = [i for price in prices for i in np.flatnonzero(y == price)]
            if len(rows) == len(prices):
                assert (np.sum(Z * X[rows], axis=0) > 0).all(), (
                    f"{case} your standardised features are turned round: a house larger than the mean should come out "
                    "positive."
                )
        errors = as_numbers(errors, (len(alphas),), "The errors")
        right = slow_errors(X, y, alphas, k)
        assert np.allclose(errors, right, rtol=1e-7), (
            f"{case} ridge with alphas {alphas} gives the errors {errors.round(1)} with your function, which is not "
            "the mean over the folds of their mean squared errors. In whose units is a fold forecast?"
        )
        assert as_numbers(best, (), "The best alpha") == alphas[int(np.argmin(right))], (
            f"{case} your errors are {errors.round(1)} for the alphas {alphas}, and your choice is {best}."
        )
    X, y = rng.normal(size=(8, 2)), rng.normal(size=8)
    for alphas, right in (([0.5, 4.0, 1.0], 4.0), ([9.0, 2.0], 9.0)):
        mean_only = choose_alpha(X, y, alphas, 4, lambda X, y, alpha: (y.mean(), np.zeros(2)))
        best, _ = as_parts(mean_only, 2, "best, errors")
        assert as_numbers(best, (), "The best alpha") == right, (
            f"The alphas {alphas} have exactly the same error, and you chose {best}. Which of the tied models is the "
            "simplest?"
        )


hidden_test_7()
### END HIDDEN TESTS

# %% [markdown]
# ## Question 8 (advanced, 2 points) - the lasso, one weight at a time
#
# The lasso sets weights to exactly zero, so it can tell the agent which facts about a house she need not ask for. It minimises $\frac{1}{2m} \lVert y - Xw \rVert^2 + \alpha \lVert w \rVert_1$ (no intercept: think of centred data). With all weights but
# $w_j$ held, the best $w_j$ has a formula. Let $\rho_j$ be the mean over the houses of $x_{ij}$ times what the *other* features leave unexplained, and $s_j$ the mean of $x_{ij}^2$. Move $\rho_j$ towards zero by $\alpha$, stopping at zero, and divide by $s_j$.
#
# Write `lasso_sweep(X, y, w, alpha)` for `X` of shape (m, n). It goes once over the features $0, \dots, n-1$ in order; each step uses the weights that the steps before it have set. Return the new weights, an array (n,); `w` stays as it
# was. No column of `X` is all zero, and the columns need not be standardised.

# %% nbgrader={"grade": false, "grade_id": "03-q8-advanced", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lasso_sweep(X, y, w, alpha):
    """Return the weights, an array (n,), after one sweep of coordinate descent for the lasso."""
    ### BEGIN SOLUTION
    w = w.copy()
    for j in range(len(w)):
        x = X[:, j]
        unexplained = y - X @ w + x * w[j]
        rho, size = np.mean(x * unexplained), np.mean(x**2)
        w[j] = np.sign(rho) * max(abs(rho) - alpha, 0) / size
    return w
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "03-q8-advanced-tests", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def visible_test_8():
    X, y = np.array([[-1.0], [1.0]]), np.array([-3.0, 3.0])
    case = "Two houses, x = -1 and 1, y = -3 and 3, so rho = 3 and s = 1:"
    w = as_numbers(lasso_sweep(X, y, np.zeros(1), 1.0), (1,), "The weights of one feature")
    assert not np.isclose(w[0], 3), (
        f"{case} with alpha = 1 your weight is 3, as if alpha were 0 or only decided between keeping and dropping. "
        "It also shortens what it keeps."
    )
    assert not np.isclose(w[0], 5) and not np.isclose(w[0], 2.5), (
        f"{case} with alpha = 1 your weight is {w[0]}: rho was summed over the houses where the formula has a mean."
    )
    assert not np.isclose(w[0], 4), f"{case} with alpha = 1 your weight is 4: alpha moved it away from zero."
    assert np.isclose(w[0], 2), f"{case} with alpha = 1 the weight is 3 - 1 = 2; yours is {w[0]:.4f}."
    w = as_numbers(lasso_sweep(X, y, np.zeros(1), 3.5), (1,), "The weights of one feature")
    assert w[0] == 0, (
        f"{case} with alpha = 3.5 the weight is exactly 0; yours is {w[0]:.4f}. Moving towards zero stops at zero."
    )


visible_test_8()

# %% nbgrader={"grade": true, "grade_id": "03-q8-advanced-hidden", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Hidden: several features of different size, falling prices, a start that is not zero, many sweeps.
### BEGIN HIDDEN TESTS
def hidden_test_8():
    def slow_sweep(X, y, w, alpha):
        w = [float(value) for value in w]
        m, n = X.shape
        for j in range(n):
            rest = [y[i] - sum(X[i, k] * w[k] for k in range(n) if k != j) for i in range(m)]
            rho = sum(X[i, j] * rest[i] for i in range(m)) / m
            size = sum(X[i, j] ** 2 for i in range(m)) / m
            w[j] = 0.0 if abs(rho) <= alpha else (rho - alpha) / size if rho > 0 else (rho + alpha) / size
        return np.array(w)

    y = np.array([-3.0, 3.0])
    X = y.reshape(-1, 1) / 3
    down = as_numbers(lasso_sweep(X, -y, np.zeros(1), 1.0), (1,), "The weights")
    assert down[0] < 0, (
        f"Prices that fall with a feature should get a negative weight; yours is {down[0]:.3f} for rho = -3 and "
        "alpha = 1."
    )
    started = as_numbers(lasso_sweep(X, y, np.array([0.5]), 1.0), (1,), "The weights")
    assert np.isclose(started[0], 2), (
        "With a single feature the new weight does not depend on the old one; from 0.5 yours becomes "
        f"{started[0]:.3f}. What do the *other* features leave unexplained?"
    )
    rng = np.random.default_rng(38)
    for m, n, alpha in ((12, 3, 0.3), (6, 5, 0.1), (15, 2, 0.0)):
        X = rng.normal(size=(m, n)) * np.array([1.0, 3.0, 0.4, 2.0, 0.7])[:n]
        y, start = X @ np.array([1.0, -2.0, 0.0, 0.5, -1.0])[:n] + rng.normal(0, 0.3, m), rng.normal(size=n)
        w = as_numbers(on_copies(lasso_sweep, X, y, start, alpha), (n,), "The weights")
        assert np.allclose(w, slow_sweep(X, y, start, alpha), rtol=1e-9, atol=1e-12), (
            f"{n} random features of different size, alpha = {alpha}: your sweep ends at {w.round(3)}, which the "
            "described steps do not. Which weights does each step look at, and is each divided by its own size?"
        )
        w = start
        for _ in range(400):
            w = as_numbers(lasso_sweep(X, y, w, alpha), (n,), "The weights")
        pull = X.T @ (y - X @ w) / m
        assert (np.abs(pull) <= alpha + 1e-6).all(), (
            f"After 400 sweeps with alpha = {alpha} some weight could still lower the objective."
        )


hidden_test_8()
### END HIDDEN TESTS

# %% [markdown]
# ## Question 9 (advanced, 2 points) - where the error comes from
#
# Suppose that we could see many towns: in each, draw a training set, fit the model, forecast the same few houses. The error to expect on *new* prices of these houses has three parts. Bias: the forecasts are off
# on average over the towns. Variance: they scatter from town to town. Noise: two buyers pay two prices for one house, and no model can know which.
#
# Write `decompose(predictions, truth, sigma)`. `predictions` has the shape (towns, houses), `truth` (houses,) is the price without noise, and `sigma` is the *standard deviation* of the noise. Return three numbers, each a mean over the houses:
# the squared bias, the variance of the forecasts over the towns (divide by the number of towns), and the mean squared error to expect when new, noisy prices of these houses are forecast.

# %% nbgrader={"grade": false, "grade_id": "03-q9-advanced", "locked": false, "schema_version": 3, "solution": true, "task": false}
def decompose(predictions, truth, sigma):
    """Return the squared bias, the variance and the error to expect on new prices, three numbers."""
    ### BEGIN SOLUTION
    bias2 = np.mean((predictions.mean(axis=0) - truth) ** 2)
    variance = predictions.var(axis=0).mean()
    return bias2, variance, bias2 + variance + sigma**2
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "03-q9-advanced-tests", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def visible_test_9():
    towns, truth = np.array([[1.0, 3.0], [3.0, 5.0]]), np.array([1.0, 3.0])
    bias2, variance, total = as_parts(decompose(towns, truth, 0.0), 3, "bias2, variance, total")
    bias2, variance = as_numbers(bias2, (), "The squared bias"), as_numbers(variance, (), "The variance")
    total = as_numbers(total, (), "The error to expect")
    case = "Two towns forecast (1, 3) and (3, 5) for houses whose true prices are (1, 3), without noise:"
    assert not np.isclose(bias2, 2), (
        f"{case} your squared bias is 2, the mean of all squared deviations. It has the scatter in it: average over "
        "the towns before you square."
    )
    assert np.isclose(bias2, 1), (
        f"{case} on average they say (2, 4), 1 too much for either house, so the squared bias is 1; yours is "
        f"{bias2:.4f}."
    )
    assert not np.isclose(variance, 2), f"{case} your variance is 2: divide by the number of towns, not by one less."
    assert np.isclose(variance, 1), (
        f"{case} each house's forecasts are 1 away from their mean, so the variance is 1; yours is {variance:.4f}."
    )
    assert np.isclose(total, 2), f"{case} the error to expect is 2; yours is {total:.4f}."


visible_test_9()

# %% nbgrader={"grade": true, "grade_id": "03-q9-advanced-hidden", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Hidden: noisy prices, biases that differ from house to house, more towns than houses, the error measured on simulated prices.
### BEGIN HIDDEN TESTS
def hidden_test_9():
    rng = np.random.default_rng(39)
    for towns, count, sigma in ((50, 7, 0.5), (6, 30, 3.0), (5, 1, 0.0)):
        truth = rng.normal(0, 2, count)
        predictions = truth + rng.normal(0, 1, count) + rng.normal(0, 0.8, (towns, count))
        parts = as_parts(on_copies(decompose, predictions, truth, sigma), 3, "bias2, variance, total")
        bias2, variance, total = (float(as_numbers(part, (), "Each of the three parts")) for part in parts)
        case = f"{towns} towns, {count} houses, sigma = {sigma}:"
        centre = [sum(predictions[:, j]) / towns for j in range(count)]
        right = sum((centre[j] - truth[j]) ** 2 for j in range(count)) / count
        assert np.isclose(bias2, right, rtol=1e-9), (
            f"{case} your squared bias is {bias2:.4f}. Too much for one house and too little for another is not the "
            "same as right for both."
        )
        right = sum((predictions[i, j] - centre[j]) ** 2 for i in range(towns) for j in range(count)) / (towns * count)
        assert np.isclose(variance, right, rtol=1e-9), (
            f"{case} your variance is {variance:.4f}. Scatter from what to what: from town to town, or from house to "
            "house?"
        )
        unavoidable = total - np.mean((predictions - truth) ** 2)
        assert np.isclose(unavoidable, sigma * sigma, rtol=1e-9, atol=1e-9), (
            f"{case} a model that knows the true prices would have an error of {unavoidable:.4f} by your count. "
            "Measure it: simulate prices with this noise and forecast the truth."
        )


hidden_test_9()
### END HIDDEN TESTS

# %% [markdown]
# ## Question 10 (advanced, 4 points, in words) - what do you tell the seller?
#
# Now the sentence for which you were hired. Below is the evidence, computed for you on the 300 training houses: four models (all products of the four facts up to a degree) with their errors in training and in cross-validation with
# 300 folds of one house each ("leave one out": for least squares that residual is the training residual divided by $1 - h_{ii}$, where $h_{ii}$ is the weight of house $i$ in its own forecast, so no new fit is needed); how far off the model of degree 2 was for houses that it had not seen; and its forecast
# for one house, learnt from 200 resampled training sets.

# %% nbgrader={"grade": false, "grade_id": "03-q10-evidence", "locked": true, "schema_version": 3, "solution": false, "task": false}
def products(X, degree):
    """Return a column of ones and all products of up to `degree` facts, an array (m, columns)."""
    Z = X / np.array([100, 4, 40, 6]) - 1                  # about one size: 100 m², 4 rooms, 40 years, 6 km
    sets = [chosen for d in range(1, degree + 1) for chosen in combinations_with_replacement(range(4), d)]
    return np.column_stack([np.ones(len(X)), *(Z[:, chosen].prod(axis=1) for chosen in sets)])


def residuals(degree):
    """Return the residuals of the training houses: in training, and from a model fitted to the other 299."""
    Q, _ = np.linalg.qr(products(X_train, degree))
    off = y_train - Q @ (Q.T @ y_train)
    return off, off / (1 - np.sum(Q**2, axis=1))


print("degree  columns  training RMSE  leave-one-out RMSE   (thousand euro)")
for degree in (1, 2, 3, 4):
    training, unseen = (np.sqrt(np.mean(off**2)) for off in residuals(degree))
    print(f"{degree:6}  {products(X_train, degree).shape[1]:7}  {training:13.1f}  {unseen:18.1f}")

_, unseen = residuals(2)
print("\ndegree 2, price minus forecast for houses not seen:    5 %   median   95 %")
for low, high in ((0, 80), (80, 120), (120, 400)):
    those = (X_train[:, 0] >= low) & (X_train[:, 0] < high)
    q = np.percentile(unseen[those], [5, 50, 95])
    print(f"  {those.sum():3} houses of {low:3} to {high:3} m²                      {q[0]:7.0f}  {q[1]:7.0f} {q[2]:6.0f}")
print("  the eight houses that sold furthest above the forecast:")
for i in np.argsort(unseen)[:-9:-1]:
    print(f"      {X_train[i, 0]:5.0f} m²  {X_train[i, 3]:4.1f} km  {unseen[i]:+.0f}")

house, draw, forecasts = np.array([[130.0, 5.0, 30.0, 4.0]]), np.random.default_rng(40), []
for _ in range(200):
    rows = draw.integers(0, 300, 300)
    Q, R = np.linalg.qr(products(X_train[rows], 2))
    forecasts.append((products(house, 2) @ np.linalg.solve(R, Q.T @ y_train[rows]))[0])
print(f"\nthe seller's house, 130 m², 5 rooms, 30 years, 4 km: forecast {np.mean(forecasts):.0f}")
print(f"  standard deviation of this forecast over 200 resampled training sets: {np.std(forecasts):.0f}")

# %% [markdown]
# In at most 150 words: (a) Which model do you use, and which number decides? (b) What do you tell the seller of the 130 m² house: a price and a range, what the range means, and which line of the evidence it comes from? (c) For which houses
# would you warn that your range is wrong, and why? (d) Name one fact that you would ask the agent to collect, or one kind of house that you would refuse to price. Answer in the cell below; a person reads it.

# %% [markdown] nbgrader={"grade": true, "grade_id": "03-q10-advanced", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# **One way to say it.** (a) Degree 2: the error on houses left out decides, 58.1 thousand euro. The training error would choose degree 4, whose forecasts for unseen houses are the worst of all, 69.8. (Degree 1, 60.2, is hardly worse
# and simpler: a fair choice too.) (b) "About 478 thousand. Of houses of your size that our model had not seen, nine in ten sold between 67 below and 146 above its forecast, so expect 411 to 624." This is the line of the 112
# large houses. The 9 is the scatter of the model from training set to training set; it leaves out the noise of a single sale. (c) Houses at 1 to 3 km from the centre: all eight great surprises lie there and all sold above the
# forecast, so some part of the centre follows another law. (d) The quarter. And no price for a house of 400 m²: the largest that we have seen has 264.
#
# **Rubric**, one point each, half points allowed:
#
# 1. *Model.* Names a model and decides by the leave-one-out error; degree 2, or degree 1 with the argument that 60.2 and 58.1 hardly differ. No point for the training error, or for "more columns know more".
# 2. *Range.* A price near 478 with a range from residuals of unseen houses, of the right size class (about 411 to 624), and what it means ("nine in ten such houses"). Half a point for a range from the overall error (478 ± 58 or ± 116). No
#    point for 478 ± 9 or ± 18: that is how sure the model is of its mean, not how sure the seller can be of a price.
# 3. *Warning.* Houses near the centre (something that is not among the columns lifts some of them), or large houses (the scatter grows with the area), with a line of the evidence. Half a point without the evidence.
# 4. *What next.* A fact that could explain the surprises (quarter, view, state of the house), or a refusal outside the range of the data (larger than 264 m², farther than 16 km), with its reason.
#
# Longer than 150 words: read on, but take half a point off.
# ### END SOLUTION

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run all cells. Then, for yourself and for no points: choose an alpha for ridge with your own functions, on the 300 training houses. Open the 100 test houses once, at the very end. Is the error there what
# cross-validation promised?
