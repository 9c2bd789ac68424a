# ---
# jupyter:
#   autograder:
#     title: "Review 3: regression"
#     minutes: 30
#     points: {basic: 6, advanced: 4, manual: 0}
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Review 3: regression
#
# Ten short questions, one point each, about thirty minutes. Each is about one idea that sounds simple and trips many. Paper and a scratch cell are allowed; guessing is not worth it, because a wrong answer tells you more when you
# had a reason for it. Some questions want a number, some a letter, three want a line or two of code or a table. The tests that you see only check the form of your answer.

# %% nbgrader={"grade": false, "grade_id": "03-r0-setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np


def as_number(value, what):
    """Return `value` as a float, or say what is wrong with it."""
    assert value is not None, f"{what} has no value yet."
    plain = type(value) in (int, float) or isinstance(value, np.number)
    assert plain, f"{what} should be one number; yours is a {type(value).__name__}."
    assert np.isfinite(float(value)), f"{what} should be a finite number; yours is {value}."
    return float(value)


def as_letter(value, what):
    """Return the letter "a", "b", "c" or "d" in `value`, or say what came instead."""
    assert value is not None, f"{what} has no value yet."
    letter = value.strip().lower() if type(value) is str else value
    assert letter in ("a", "b", "c", "d"), f'{what} should be "a", "b", "c" or "d"; yours is {value!r}.'
    return letter


# %% [markdown]
# ## Question 1 (basic, 1 point) - one step
#
# You stand at $w = -1$ on the curve $J(w) = w^2$ and take one step of gradient descent with the learning rate 0.1. Where do you stand now? Set `answer_1` to the new $w$.

# %% nbgrader={"grade": false, "grade_id": "03-r1-basic", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
answer_1 = -0.8
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "03-r1-basic-tests", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
given = as_number(globals().get("answer_1"), "answer_1")
### BEGIN HIDDEN TESTS
assert not np.isclose(given, -1.2), (
    "-1.2 is farther from the lowest point than -1 was. Which way does a negative slope send you?"
)
assert not np.isclose(given, -2), (
    "-2 is the slope at -1. A step has the length of the learning rate times the slope, and it starts where you "
    "stand."
)
assert np.isclose(given, -0.8), (
    f"One step with the rate 0.1 does not lead to {given:g}. What is the slope of w² at -1, and which way is down?"
)
### END HIDDEN TESTS

# %% [markdown]
# ## Question 2 (basic, 1 point) - every house twice
#
# By mistake every house stands in the file twice. You compute the mean squared error and its gradient at the same weights as before. What happens?
#
# - (a) Both double, because there are twice as many terms.
# - (b) Both stay as they were.
# - (c) The error stays as it was, the gradient doubles, because each house now pulls twice.
# - (d) Both halve, because $1/m$ halves.
#
# Set `answer_2` to a letter, such as `"a"`.

# %% nbgrader={"grade": false, "grade_id": "03-r2-basic", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
answer_2 = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "03-r2-basic-tests", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
chosen = as_letter(globals().get("answer_2"), "answer_2")
### BEGIN HIDDEN TESTS
assert chosen == "b", {
    "a": "There are twice as many terms, but look in front of the sum.",
    "c": "If the error is the same at all weights, before and after, can its slope be another?",
    "d": "1/m halves, but count the terms of the sum as well.",
}[chosen]
### END HIDDEN TESTS

# %% [markdown]
# ## Question 3 (basic, 1 point) - the gradient of one house
#
# Stochastic descent replaces the gradient of $\frac1m \sum_i (x_i^\top w - y_i)^2$ by something that needs one house only, and that is right *on average*: the mean of `one_house_gradient` over all $m$ houses must be the full gradient. Textbooks
# print it with a wrong factor now and then. Write it, for `x` and `w` of shape (n,) and a number `y`; it returns an array (n,).

# %% nbgrader={"grade": false, "grade_id": "03-r3-basic", "locked": false, "schema_version": 3, "solution": true, "task": false}
def one_house_gradient(x, y, w):
    """Return an estimate, an array (n,), of the gradient of the mean squared error from one house."""
    ### BEGIN SOLUTION
    return 2 * (x @ w - y) * x
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "03-r3-basic-tests", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
came = one_house_gradient(np.array([1.0, 1600.0, 3.0]), 330.0, np.zeros(3))
assert np.shape(came) == (3,), f"For three weights the gradient has the shape (3,); yours has {np.shape(came)}."
### BEGIN HIDDEN TESTS
def hidden_test_3():
    rng = np.random.default_rng(51)
    for m, n in ((5, 3), (8, 2), (1, 4)):
        X, y, w = rng.normal(size=(m, n)), rng.normal(size=m), rng.normal(size=n)
        mean = np.mean([np.array(one_house_gradient(X[i], y[i], w), dtype=float) for i in range(m)], axis=0)
        full = 2 / m * X.T @ (X @ w - y)
        share = mean @ full / (full @ full)
        assert share > 0, (
            "The mean of your gradients over all houses points against the full gradient. Turning round is the "
            "business of the step."
        )
        assert np.allclose(mean, full, rtol=1e-9), (
            f"The mean of your gradients over {m} random houses is not the full gradient; along it, it has "
            f"{share:.3g} of its length. Over how many houses do you take a mean?"
        )


hidden_test_3()
### END HIDDEN TESTS

# %% [markdown]
# ## Question 4 (basic, 1 point) - a dearer town
#
# You fit ridge regression with an intercept, as scikit-learn's `Ridge` does. In the next town every house costs exactly 100 thousand more; all else is the same. You fit again with the same alpha. What changes?
#
# - (a) The intercept rises by 100, the weights stay.
# - (b) All weights grow in proportion to the mean price, and so does the intercept.
# - (c) The intercept rises by less than 100, because the penalty holds it back.
# - (d) The weights shrink, because larger prices make the penalty count for more.
#
# Set `answer_4` to a letter.

# %% nbgrader={"grade": false, "grade_id": "03-r4-basic", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
answer_4 = "a"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "03-r4-basic-tests", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
chosen = as_letter(globals().get("answer_4"), "answer_4")
### BEGIN HIDDEN TESTS
assert chosen == "a", {
    "b": "Prices were shifted, not stretched. Is another square metre worth more in the new town?",
    "c": "Read the penalty of ridge again: which numbers does it square?",
    "d": "The penalty looks at the weights. Do prices stand in it?",
}[chosen]
### END HIDDEN TESTS

# %% [markdown]
# ## Question 5 (advanced, 1 point) - what R² measures
#
# Write `r_squared(y, y_hat)` for arrays of shape (m,): the share by which the squared error of the forecasts `y_hat` is smaller than that of always saying the mean of `y`. It is 1 for perfect forecasts. The forecasts may come from
# anywhere: a model, a rival, a parrot.

# %% nbgrader={"grade": false, "grade_id": "03-r5-advanced", "locked": false, "schema_version": 3, "solution": true, "task": false}
def r_squared(y, y_hat):
    """Return R², a number, of the forecasts y_hat for the prices y."""
    ### BEGIN SOLUTION
    return 1 - np.sum((y - y_hat) ** 2) / np.sum((y - y.mean()) ** 2)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "03-r5-advanced-tests", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
perfect = as_number(r_squared(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0])), "R² of perfect forecasts")
assert np.isclose(perfect, 1), f"Perfect forecasts have R² = 1; yours says {perfect:g}."
### BEGIN HIDDEN TESTS
def hidden_test_5():
    y = np.array([1.0, 2.0, 3.0])
    double = as_number(r_squared(y, 2 * y), "R²")
    assert double < 0, (
        "A forecaster who always says double is worse than one who always says the mean; yours gives him "
        f"{double:g}. Would you pay for that forecast?"
    )
    rng = np.random.default_rng(52)
    for m in (4, 30):
        y, y_hat = rng.normal(300, 80, m), rng.normal(280, 90, m)
        always = as_number(r_squared(y, np.full(m, y.mean())), "R²")
        assert np.isclose(always, 0, atol=1e-12), f"Always saying the mean should give 0; yours gives {always:g}."
        right = 1 - sum((a - b) ** 2 for a, b in zip(y, y_hat, strict=True)) / sum((a - sum(y) / m) ** 2 for a in y)
        got = as_number(r_squared(y, y_hat), "R²")
        assert np.isclose(got, right, rtol=1e-9), (
            f"For {m} random prices and forecasts yours gives {got:.4f}. Compare the two squared errors, of the "
            "forecasts and of the mean."
        )


hidden_test_5()
### END HIDDEN TESTS

# %% [markdown]
# ## Question 6 (advanced, 1 point) - the error on tomorrow's houses
#
# Over many training sets your model has a squared bias of 0.04 and a variance of 0.05, measured against the true function. Real prices scatter around the true function with a standard deviation of 0.5. Which mean squared error do you expect on
# new prices? Set `answer_6` to the number.

# %% nbgrader={"grade": false, "grade_id": "03-r6-advanced", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
answer_6 = 0.34
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "03-r6-advanced-tests", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
given = as_number(globals().get("answer_6"), "answer_6")
### BEGIN HIDDEN TESTS
assert not np.isclose(given, 0.09), (
    "0.09 is how far the model is from the true function. Would the true function itself forecast noisy prices "
    "without error?"
)
assert not np.isclose(given, 0.59), "Three parts, but not all in one unit: two of them are squares."
assert np.isclose(given, 0.34), (
    f"{given:g} is not the error to expect. Name the three reasons why a forecast misses, and bring them to one unit."
)
### END HIDDEN TESTS

# %% [markdown]
# ## Question 7 (basic, 1 point) - how many fits?
#
# A grid search tries 3 values of alpha with 4 values of `l1_ratio`, in 5-fold cross-validation, and at the end fits the best model once more on all training data. How many models are fitted? Set `answer_7`.

# %% nbgrader={"grade": false, "grade_id": "03-r7-basic", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
answer_7 = 61
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "03-r7-basic-tests", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
given = as_number(globals().get("answer_7"), "answer_7")
### BEGIN HIDDEN TESTS
assert given != 60, "60 fits have chosen a setting. Which model do you take home?"
assert given != 36, "A grid holds every alpha with every l1_ratio, not one list after the other."
assert given != 13, "How often is one setting fitted while it is being judged?"
assert given == 61, (
    f"It is not {given:g}. Count the settings of the grid, the fits for each, and what happens at the end."
)
### END HIDDEN TESTS

# %% [markdown]
# ## Question 8 (basic, 1 point) - which way of learning for which size?
#
# Four ways to find the weights, two kinds of large. *Large m*: a billion houses, ten features; a way is "fast" when one pass over the data, or less, does for many steps or for the whole solution, and "slow" when each single step reads all houses.
# *Large n*: a thousand houses, a million features; a way is "slow" when its cost grows faster than in proportion to $n$.
#
# Replace each `...` by `"fast"` or `"slow"`, first for large m, then for large n:
#
# ```python
# answer_8 = {"normal equation": (..., ...), "batch": (..., ...), "stochastic": (..., ...), "mini-batch": (..., ...)}
# ```

# %% nbgrader={"grade": false, "grade_id": "03-r8-basic", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
answer_8 = {
    "normal equation": ("fast", "slow"),
    "batch": ("slow", "fast"),
    "stochastic": ("fast", "fast"),
    "mini-batch": ("fast", "fast"),
}
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "03-r8-basic-tests", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
table = globals().get("answer_8")
assert type(table) is dict and set(table) == {"normal equation", "batch", "stochastic", "mini-batch"}, (
    "answer_8 should be a dictionary with the four ways as in the question."
)
for way, pair in table.items():
    words = type(pair) in (tuple, list) and len(pair) == 2 and all(word in ("fast", "slow") for word in pair)
    assert words, f'{way}: write two words, "fast" or "slow", for large m and for large n; yours is {pair!r}.'
### BEGIN HIDDEN TESTS
assert tuple(table["normal equation"]) == ("fast", "slow"), (
    "Normal equation: how often does it read the houses, and how large is the matrix that it solves with?"
)
assert tuple(table["batch"]) == ("slow", "fast"), (
    "Batch descent: how many houses does one step read? And how does the cost of a step grow with the number of "
    "features?"
)
assert tuple(table["stochastic"]) == tuple(table["mini-batch"]) == ("fast", "fast"), (
    "Stochastic and mini-batch descent: how many steps are there in one pass over the houses? What does one step "
    "cost with n features?"
)
### END HIDDEN TESTS

# %% [markdown]
# ## Question 9 (advanced, 1 point) - the winner of a hundred
#
# A hundred "models" toss a coin for each of 50 validation houses, to say whether it sells above its asking price. You keep the one with the best validation accuracy. About how high is that accuracy, and what will the winner reach on new houses?
#
# - (a) About 0.50, and 0.50 on new houses: nobody can be better than chance.
# - (b) About 0.68, and about 0.68 on new houses: validation houses are not training houses, so the figure is honest.
# - (c) About 0.68, and 0.50 on new houses.
# - (d) About 0.99, and 0.50 on new houses: among a hundred, one is nearly always right.
#
# Set `answer_9` to a letter.

# %% nbgrader={"grade": false, "grade_id": "03-r9-advanced", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
answer_9 = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "03-r9-advanced-tests", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
chosen = as_letter(globals().get("answer_9"), "answer_9")
### BEGIN HIDDEN TESTS
assert chosen == "c", {
    "a": "One coin scores about half of 50. Now look at a hundred coins and report only the best.",
    "b": "Who chose the winner, and with which houses? What does a coin know about the next house?",
    "d": "50 tosses scatter by about 3.5 around 25. How many of these does it take to be nearly always right?",
}[chosen]
### END HIDDEN TESTS

# %% [markdown]
# ## Question 10 (advanced, 1 point) - has it arrived?
#
# Batch descent on the five houses of the lecture, with raw areas (in square feet) and bedrooms, from zero weights, learning rate 2e-7. The mean squared error is 1298.7 after 100 steps and 1288.8 after 100,000 steps. What do you know?
#
# - (a) It has converged: a hundredfold more steps change less than one per cent.
# - (b) The rate is too small; with 1e-6 it will arrive soon.
# - (c) It has not arrived: it is at the bottom of the steep direction and hardly moves along the flat one, whose curvature is millions of times smaller.
# - (d) The rest of the error is noise, which no linear model of area and bedrooms can remove.
#
# Set `answer_10` to a letter.

# %% nbgrader={"grade": false, "grade_id": "03-r10-advanced", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
answer_10 = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "03-r10-advanced-tests", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
chosen = as_letter(globals().get("answer_10"), "answer_10")
### BEGIN HIDDEN TESTS
assert chosen == "c", {
    "a": "Slow is not the same as arrived. Solve the normal equation for the same houses and compare the error.",
    "b": "No rate above two over the largest curvature converges, and areas of 2000 make it very large. Try 1e-6.",
    "d": "Before you call it noise, solve the normal equation for the same houses and compare the error.",
}[chosen]
### END HIDDEN TESTS
