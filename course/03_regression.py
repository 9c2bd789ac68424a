# %% [markdown]
# # 3 Regression
#
# Five houses have been sold. A sixth, of 4000 square feet and with four bedrooms, is for sale. **What is it worth?** The method of this lecture answers *599 thousand dollars*, and it
# can say so to nine digits. Now lose one of the five receipts and ask again. Depending on which one you lost, the same method answers 592, 440, 646, 598 or 579.
#
# So there are two questions. How do we find the answer, quickly, even for ten million houses? And how much of it should we believe? The first half of the lecture is about the first
# question, the second half about the second, and the five houses stay with us to the end.

# %% [markdown]
# ## After this lecture you can ...
#
# - write a linear model for all instances as one product $Xw$, and compute its residuals and its mean squared error;
# - derive the gradient of that error, test a gradient that you wrote, and solve the normal equation;
# - choose between the normal equation and batch, stochastic and mini-batch descent, and tell from two numbers which learning rates can work;
# - split data honestly, and say which part of a test error is bias, which variance, and which nobody can remove;
# - shrink weights with ridge, lasso and elastic net, and translate the penalty between this lecture, scikit-learn and Spark;
# - search a grid of hyperparameters by cross-validation, and count the models that it trains.
#
# You need matrix products, derivatives and the expectation of a random variable, as in unit 01. Reading takes about 50 minutes; each section says its share. Computing takes less than a minute.

# %%
import inspect
import time

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import sklearn.linear_model
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from threadpoolctl import threadpool_limits

from toolkit import data, figures, linear_model, model_selection, widgets
from toolkit.linear_model import (
    ElasticNet,
    LinearRegression,
    Ridge,
    curvature,
    descent_steps,
    mse,
    mse_gradient,
    normal_equation,
)
from toolkit.metrics import r2_score, root_mean_squared_error
from toolkit.testing import gradient_check


def canvas(width, height):
    """Return empty axes of this size in inches."""
    return plt.subplots(figsize=(width, height), layout="constrained")[1]

# %% tags=["parameters"]
FAST = False      # True: smaller timings and fewer repetitions
SEED = 3          # of every random choice that is not part of a printed example

# %% [markdown]
# ## 1 A model is a guess with knobs  <small>(4 minutes)</small>
#
# Here are the sales. Areas are in square feet, prices in thousand dollars.

# %%
houses, price = data.five_houses()                  # (5, 2), (5,)
receipts = range(1, 6)
table = pd.DataFrame(houses, columns=["area", "bedrooms"], index=receipts)
table.assign(price=price).astype(int)

# %% [markdown]
# A first guess: a house costs 0.15 for each square foot and 20 for each bedroom. That is a *linear model*: it multiplies each feature by a **weight** and adds up. With a constant term, the
# **intercept**, the prediction for a house with features $x_1, \dots, x_n$ is
#
# $$ \hat y = w_0 + w_1 x_1 + \dots + w_n x_n . $$
#
# The intercept would need its own treatment in every formula. A small trick saves us that: give each house one more feature, $x_0 = 1$. Put the houses in the rows of a matrix $X$ with $m$ rows, and all
# $m$ predictions are one product, $\hat y = Xw$. The **residual** of house $i$ is what the model missed, $r^{(i)} = y^{(i)} - \hat y^{(i)}$, and the **mean squared error** is
#
# $$ J(w) = \mathrm{MSE}(w) = \frac{1}{m} \sum_{i=1}^{m} \left( \hat y^{(i)} - y^{(i)} \right)^2 = \frac{1}{m} \lVert Xw - y \rVert^2 . $$

# %%
X, y = np.column_stack([np.ones(5), houses]), price  # (5, 3), (5,)
guess = np.array([0.0, 0.15, 20.0])     # intercept, a square foot, a bedroom


def compare(w):
    """Return prices, predictions and residuals; print the error of w."""
    print(f"MSE {mse(X, y, w):.3f}, its root {mse(X, y, w) ** 0.5:.2f}")
    y_hat = X @ w
    columns = {"price": y, "predicted": y_hat, "residual": y - y_hat}
    return pd.DataFrame(columns, index=receipts).round(2)


compare(guess)

# %% [markdown]
# The root of the MSE is in the unit of the price, so it is the number to tell a seller. The guess asks 51 too much for the third house and 30 too little for the second. Turn the knobs of the demo, and the squares shrink or grow. It uses only the area, in hundreds of square
# feet, so that the model is a line. Each square has a residual as its side, and the total area is what we minimise. Right: the same total for every slope and intercept. *Find the house that turns the line most when its price moves by 100, and the one
# that does not turn it at all.*

# %%
widgets.least_squares()

# %% [markdown]
# **Check yourself.** Take the poorest model of all, one constant for every house. Which constant has the smallest MSE on the five prices? Which one has the smallest mean *absolute* error?
#
# <details><summary>Answer</summary>
#
# The mean, 374.2, has the smallest MSE; the median, 369, has the smallest mean absolute error. Let the dearest house cost 5400 instead of 540, and the mean follows it to 1346.2, while the median stays. Squares make one big miss worse than many small
# ones. That is what we want if big misses are costly, and not if they are typing errors.
#
# </details>

# %% [markdown]
# ## 2 Which way is down?  <small>(4 minutes)</small>
#
# The derivative of a function at a point is its slope there. For $f(w) = w^2$ it is $2w$: at $w = -1$ the slope is $-2$, the function falls to the right, and so the minimum lies to the right. With several arguments we take one slope for each, holding the
# others still: the *partial derivatives*. Stacked in a vector they are the **gradient**, written $\nabla f$. It points uphill, where the function grows fastest. An example with three arguments:
#
# $$ f(x) = x_1 - x_1 x_2 + x_3^2 \qquad\Rightarrow\qquad \nabla f(x) = \begin{pmatrix} 1 - x_2 \\ -x_1 \\ 2 x_3 \end{pmatrix} . $$
#
# Never trust a gradient that nobody has tested. Step a little to both sides, and compare the slope that you measure with the slope that you derived:


# %%
def f(x):
    return x[0] - x[0] * x[1] + x[2] ** 2


def f_gradient(x):
    return np.array([1 - x[1], -x[0], 2 * x[2]])


x, h = np.array([2.0, 5.0, -1.0]), 1e-6
measured = [(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(3)]
print("derived ", f_gradient(x))
print("measured", np.round(measured, 6))

# %% [markdown]
# Now the MSE. Write $e = Xw - y$ for the errors. The weight $w_j$ enters the error of house $i$ with the factor $x_j^{(i)}$, so the chain rule gives
#
# $$ \frac{\partial J}{\partial w_j} = \frac{2}{m} \sum_{i=1}^{m} e^{(i)} x_j^{(i)} , \qquad\text{all at once:}\qquad \nabla J(w) = \frac{2}{m} X^\top (Xw - y) . $$
#
# In the toolkit that is one line of code, and the check that we did by hand is a function, which every gradient of this course has to pass.

# %%
print(inspect.getsource(mse_gradient).splitlines()[-1].strip())
error = gradient_check(
    lambda w: mse(X, y, w), lambda w: mse_gradient(X, y, w), guess)
print(f"relative difference {error:.1e}")

# %% [markdown]
# At $w = 0$, where the model says that every house is free, the gradient is

# %%
mse_gradient(X, y, np.zeros(3))

# %% [markdown]
# All three entries are negative: every weight should grow. But look at the sizes. The second is two thousand times the first, because an area is measured in thousands. Keep that in mind for section 4.
#
# **Check yourself.** We write every sale down twice and have $m = 10$ rows. What happens to the MSE and to its gradient? And to the gradient of a colleague who forgot the $1/m$?
#
# <details><summary>Answer</summary>
#
# Nothing happens to ours: a mean doesn't care how often you list its members. The colleague's gradient doubles. It still points in the right direction, so nobody notices, until the learning rate that worked on 1,000 rows explodes on 10,000. With
# the $1/m$, a learning rate keeps its meaning when the data set grows.
#
# </details>

# %% [markdown]
# ## 3 The bottom in one step  <small>(5 minutes)</small>
#
# The MSE is a bowl. At the bottom it is level, so its gradient is zero, and that is a system of linear equations:
#
# $$ \begin{aligned}
# \nabla J(w) = \frac{2}{m} \left( X^\top X w - X^\top y \right) = 0 \quad &\Rightarrow \quad X^\top X\, w = X^\top y \\
# &\Rightarrow \quad w = (X^\top X)^{-1} X^\top y .
# \end{aligned} $$
#
# It is called the **normal equation**: at the solution the vector of residuals is perpendicular, normal, to every column of $X$. Let us work through it with the five houses. First the matrix $X^\top X$ and the vector $X^\top y$:

# %%
gram, moments = X.T @ X, X.T @ y
table = np.column_stack([gram, moments]).astype(int)
pd.DataFrame(table, columns=["X'X", "", " ", "X'y"])

# %% [markdown]
# then the inverse, and the weights:

# %%
with np.printoptions(precision=8):
    print(np.linalg.inv(gram))
    w = np.linalg.inv(gram) @ moments
    print("w =", w)

# %% [markdown]
# A square foot is worth 0.0638 thousand dollars, 64 dollars; a bedroom 103 thousand. And the house for sale?

# %%
for_sale = np.array([1, 4000, 4])
print(f"{for_sale @ w:.5f} thousand dollars")
compare(w)

# %% [markdown]
# The residuals add up to zero, as the first normal equation demands, because its column is all ones. The miss is now about 17 thousand dollars a house (the root of the MSE). That looks good. Before we are proud of it, we do what the first paragraph announced
# and lose one receipt at a time.

# %%
def without(i):
    """Return weights, price of the house for sale, and MSE without sale i."""
    rest = np.arange(5) != i
    w = normal_equation(X[rest], y[rest])
    return [*w, for_sale @ w, mse(X[rest], y[rest], w)]


names = ["intercept", "square foot", "bedroom", "for sale", "MSE"]
lost = [f"without {i}" for i in receipts]
print(f"correlation of area and bedrooms {np.corrcoef(houses.T)[0, 1]:.2f}")
pd.DataFrame(map(without, range(5)), columns=names, index=lost).round(3)

# %% [markdown]
# Without the second house, a square foot has a *negative* price, and each bedroom makes up for it with 235 thousand. And the MSE of this absurd model is 2.3, by far the best in the table: it is no judge of truth. Area and bedrooms rise and fall together in these
# houses (their correlation is 0.88), so the data hardly say which of the two is paid for. Nothing is wrong with the arithmetic. The data are too few for the question. Sections 7 and 8 come back to this.
#
# **What it costs.** Building $X^\top X$ takes $m n^2$ multiplications, solving takes about $n^3$. Together $O(mn^2 + n^3)$: linear in the number of houses, cubic in the number of features. (We *solve* the equations; inverting is slower and less exact.)
# Let us not believe it but measure it, on one thread of the processor. Each line doubles one size.


# %%
@threadpool_limits.wrap(limits=1)
def seconds(work, repeat=3):
    """Return the processor time of the least disturbed of a few runs."""
    times = []
    for _ in range(repeat):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


rng = np.random.default_rng(SEED)
scale = 1 if FAST else 2
lines = []
for m, n in [(10_000 * scale, 100), (20_000 * scale, 100),
             (40_000 * scale, 100), (1_000, 150 * scale),
             (1_000, 300 * scale), (1_000, 600 * scale)]:
    A, b = rng.standard_normal((m, n)), rng.standard_normal(m)
    cost = seconds(lambda A=A, b=b: np.linalg.solve(A.T @ A, A.T @ b))
    lines.append(f"m = {m:6,}   n = {n:5,}   {1000 * cost:.2f} ms")
print("\n".join(lines))

# %% [markdown]
# Doubling the houses doubles the time. Doubling the features multiplies it by four to eight. A million houses with a hundred features are no problem; a hundred thousand features are: the matrix alone would have $10^{10}$ entries, 80 gigabytes. There we need another way down.
#
# **Check yourself.** The first house is as large as the average of the five (2104 square feet) and has the average number of bedrooms (3). Without computing: what does the model predict for it?
#
# <details><summary>Answer</summary>
#
# The average price, 374.2. Residuals that add up to zero say that the mean of the predictions is the mean of the prices, and for a linear model the mean of the predictions is the prediction for the mean house. So every least squares fit
# with an intercept goes through the point of averages. This is why we can centre the data, fit without an intercept and put the intercept back later; all good solvers do that.
#
# </details>

# %% [markdown]
# ## 4 Downhill in the fog  <small>(6 minutes)</small>
#
# You stand on a mountain in thick fog and want to get down. You can't see the valley, but you can feel the slope under your feet. So you take a step downhill, feel again, and step again. That is **gradient descent**:
#
# $$ w \leftarrow w - \eta\, \nabla J(w) , $$
#
# for all weights at the same time. Three choices make the algorithm. The *direction* is the negative gradient. The *step size* is set by the **learning rate** $\eta$. And we *stop* when the gradient is nearly zero, or after a fixed number of steps.
# No matrix is inverted, and the gradient of the MSE costs only $O(mn)$.
#
# In the demo below, 200 houses were made so that the numbers are round. Two weights, for area and rooms, and a contour line for each height of the MSE. *Find the largest rate that still comes down.* Start with the rate to the right of the one that you see.

# %%
widgets.descent()

# %% [markdown]
# What decides? In a bowl, each direction bends upwards with a certain **curvature**. The curvatures of the MSE are the eigenvalues of its matrix of second derivatives, the Hessian $H = \frac{2}{m} X^\top X$; call the largest $L$ and the smallest $\mu$. Along a direction with
# curvature $c$, one step multiplies the distance to the bottom by
#
# $$ 1 - \eta c . $$
#
# This shrinks only if $|1 - \eta c| < 1$, which means $\eta < 2/c$. The steepest direction is the strictest, so **descent works exactly for** $\eta < 2/L$. But the flattest direction sets the pace: at the rate $1/L$ its distance shrinks by the
# factor $1 - \mu/L$ in a step, hardly at all when $L/\mu$, the **condition number**, is large.

# %%
def bowl(X):
    """Print and return the smallest and the largest curvature."""
    mu, L = curvature(X)
    print(f"mu {mu:.4g}   L {L:.4g}   L/mu {L / mu:.4g}   2/L {2 / L:.4g}")
    return mu, L


valley, valley_price = data.narrow_valley()          # (200, 2), (200,)
mu, L = bowl(valley)
rows = {}
for rate in (0.05, 1 / L, 0.50, 0.52, 0.53):
    steps = descent_steps(valley, valley_price, rate, w=(-60, 100), steps=100)
    rows[f"rate {rate:.4f}"] = [step.loss for step in steps][::20]
names = [f"step {k}" for k in range(0, 101, 20)]
pd.DataFrame(rows, index=names).T.round(1)

# %% [markdown]
# From 0.52 to 0.53, across $2/L = 0.5263$, the loss after 100 steps jumps from 427 to 55,559. On the safe side, small is not good either: at 0.05 most of the path is a crawl along the valley floor.
#
# **Why raw features crawl.** Back to the five receipts. Their areas are in thousands and the bedrooms are single digits, so the bowl is a gorge:

# %%
mu, L = bowl(X)

# %% [markdown]
# The limit is 0.0000002, and the condition number is 144 million. The cure costs two lines: **standardise** each feature, subtract its mean and divide by its standard deviation. The model can express the same predictions as before; only the units of its weights change.

# %%
standard = (houses - houses.mean(axis=0)) / houses.std(axis=0)
S = np.column_stack([np.ones(5), standard])          # (5, 3)
mu, L = bowl(S)
rows = {}
for name, matrix, rate in [("raw, rate 2e-7", X, 2e-7),
                           ("raw, rate 1e-6", X, 1e-6),
                           ("standardised, rate 0.1", S, 0.1)]:
    losses = [step.loss for step in descent_steps(matrix, y, rate, steps=100)]
    rows[name] = {f"step {k}": f"{losses[k]:.6g}" for k in (1, 10, 100)}
pd.DataFrame(rows).T

# %% [markdown]
# The best MSE is 288.829, and the standardised path is nearly there. The raw path at a safe rate looks settled at about 1299. At a rate five times larger its loss has 192 digits after 100 steps.
#
# **Check yourself.** At the rate $1/L$, about how many steps shrink the distance along the flattest direction to a hundredth: for the raw houses, and for the standardised ones?
#
# <details><summary>Answer</summary>
#
# Each step multiplies by $1 - 1/\kappa$ with the condition number $\kappa = L/\mu$. For large $\kappa$, $(1 - 1/\kappa)^k \approx e^{-k/\kappa}$, so $k \approx \kappa \ln 100 \approx 4.6\,\kappa$: about 660 million steps for the raw houses and about 70 for the standardised ones. Standardising
# doesn't remove the correlation between area and bedrooms, which is what is left of the gorge. The optimisers of unit 08 rescale every direction while they walk.
#
# </details>

# %% [markdown]
# ## 5 One house at a time  <small>(6 minutes)</small>
#
# Batch descent reads all $m$ houses before it moves at all. With ten million houses that is a long look at the map for one short step. **Stochastic gradient descent** asks a single house, picked at random, and steps at once. (In practice it takes the houses in a random order, and draws a new order for each pass, or **epoch**.) The gradient of the squared error of house
# $i$ alone is
#
# $$ g^{(i)}(w) = 2 \left( w^\top x^{(i)} - y^{(i)} \right) x^{(i)} , \qquad\text{and}\qquad \frac{1}{m} \sum_{i=1}^{m} g^{(i)}(w) = \nabla J(w) . $$
#
# A single answer may point anywhere, but the answers are right *on average*. A **mini-batch** asks $b$ houses and takes the mean of their answers. Here are the five single gradients at $w = 0$, and their mean:

# %%
start = np.zeros(3)
single = np.array([mse_gradient(X[[i]], y[[i]], start) for i in range(5)])
names = [*(f"house {i}" for i in receipts), "mean"]
pd.DataFrame([*single, single.mean(axis=0)], index=names).add_prefix("w")

# %% [markdown]
# The mean is the gradient of section 2. Near the minimum, though, something new happens: the full gradient vanishes, the single ones do not. Each house still pulls towards its own price. With a constant rate the weights never settle; they dance around the
# minimum, and the larger the rate the wider the dance.
#
# The remedy is a **learning schedule**: large steps first, small steps later. Annealed steel is cooled slowly for the same reason, and the recipe is often called *simulated annealing*. A common schedule is $\eta_t = \eta_0 / (1 + t/t_0)$ for step $t$. Let us compare
# on the 200 houses of the valley. The fair currency is not steps but *houses read*.

# %%
cooling = linear_model.inverse_time(100)             # 1 / (1 + t / 100)
traces = {}
for name, batch, rate, schedule in [
    ("batch, 1/L", 200, 1 / 3.8, None),
    ("mini-batch of 10, 0.10", 10, 0.10, None),
    ("stochastic, 0.10", 1, 0.10, None),
    ("stochastic, 0.10/(1 + t/100)", 1, 0.10, cooling),
    ("stochastic, 1/L", 1, 1 / 3.8, None),
]:
    steps = descent_steps(
        valley, valley_price, rate, w=(-60, 100), steps=12_000 // batch,
        batch_size=batch, schedule=schedule, rng=np.random.default_rng(0))
    traces[name] = pd.Series({step.rows_read: step.loss for step in steps})
steepest = 2 * np.sum(valley**2, axis=1).max()
print(f"curvature of the steepest single house {steepest:.1f}")
table = pd.DataFrame(traces).loc[[200, 2_000, 12_000]].T.round(1)
table.add_suffix(" houses")

# %% alt="Loss against houses read, both axes logarithmic. Batch descent (dashed) makes its first step after 200 houses and comes down late. Stochastic descent comes down within 100 houses; with a constant rate it then bounces between 400 and several thousand, with a falling rate it settles at 400."
drawn = ["batch, 1/L", "stochastic, 0.10", "stochastic, 0.10/(1 + t/100)"]
some = np.unique(np.geomspace(1, 12_000, 150).astype(int))
curves = {}
for name in drawn:
    shown = traces[name][traces[name].index.isin(some)].loc[1:]
    curves[name] = (shown.index.to_numpy(), shown.to_numpy())
curves[drawn[0]] = (np.arange(200, 12_001, 200), traces[drawn[0]].loc[1:])
ax = figures.descent.losses(
    curves, chosen=drawn[-1], floor=400, ax=canvas(8, 4))
ax.lines[0].set_linestyle("--")
ax.set(xscale="log", xlabel="houses read")
_ = ax.legend()

# %% [markdown]
# No weights get below 400, the noise in these prices. After one look at each house (200), stochastic descent is nearly there, while batch descent has made one step. After 60 looks (12,000) the constant rate still dances, the mini-batch dances less, and the schedule has settled.
# The last row is a warning. The rate $1/L$, a good one for the batch, is wild for single houses: one house alone has a curvature $2\lVert x \rVert^2$ of up to 41.6, so its steps begin to overshoot at $2/41.6 = 0.048$.
# Go back to the demo and switch it to *stochastic* and *mini-batch* to watch all this.

# %% [markdown]
# **Which algorithm when?** Many courses print this table: the normal equation is *fast* for large $m$ and *slow* for large $n$, batch descent is the other way round, stochastic and mini-batch descent are *fast* for both. We don't believe it, we measure it. Each algorithm runs until
# its MSE is within 10 % of the best one. Only the updates are timed, not our looking at the MSE. A *look* is one reading of all the data.


# %%
@threadpool_limits.wrap(limits=1)
def race(A, b, batch, rate, half=np.inf, patience=20):
    """Return the seconds, and the looks, until the MSE is within 10 %."""
    goal = 1.1 * mse(A, b, np.linalg.solve(A.T @ A, A.T @ b))
    w, rng = np.zeros(A.shape[1]), np.random.default_rng(SEED)
    used, read, t = 0.0, 0, 0
    stride = batch * max(1, len(b) // batch // 20)   # rows between checks
    while used < patience:
        order = rng.permutation(len(b))
        for first in range(0, len(b), stride):
            part = order[first:first + stride]
            start_time = time.process_time()
            for k in range(0, len(part), batch):
                rows = part[k:k + batch] if batch < len(b) else slice(None)
                A_k, b_k = A[rows], b[rows]
                factor = 2 / len(b_k) * rate / (1 + t / half)
                w -= factor * ((A_k @ w - b_k) @ A_k)
                t, read = t + 1, read + len(b_k)
            used += time.process_time() - start_time
            if mse(A, b, w) < goal:
                return used, read / len(b)
    return np.nan, read / len(b)


lines = []
for size, m, n in [("large m", 50_000 * scale, 20),
                   ("large n", 800 * scale, 400 * scale)]:
    noise = np.random.default_rng(SEED).standard_normal((m, n + 1))
    A = noise[:, 1:] + 0.6 * noise[:, :-1]   # neighbouring features correlate
    b = A @ rng.standard_normal(n) / np.sqrt(n) + rng.standard_normal(m)
    L = np.linalg.norm(2 / m * A.T @ A, 2)   # the largest curvature
    solved = seconds(lambda A=A, b=b: np.linalg.solve(A.T @ A, A.T @ b))
    for name, (cost, looks) in {
        "normal equation": (solved, 1),
        "batch": race(A, b, m, 1 / L),
        "stochastic": race(A, b, 1, 0.4 / n, half=5 * n),
        "mini-batch of 64": race(A, b, 64, 1 / (L + n / 20), half=n),
    }.items():
        lines.append(
            f"{size}   {name:18}{looks:6.2f} looks   {1000 * cost:.2f} ms")
print("\n".join(lines))

# %% [markdown]
# Your milliseconds will differ from mine, the looks will not. What the printed table hides:
#
# - For large $m$, batch descent needs a few looks, the stochastic ones a twentieth of one look, or less. If the data do not fit in memory, the looks are all that counts, and this is the reason why neural networks are trained with mini-batches.
# - For large $n$, *fast* means cheap per step, $O(n)$ or $O(mn)$ instead of $n^3$. How many steps there are depends on the condition number, of which the table says nothing.
# - Stochastic descent reads little and still takes long: in NumPy a step with one row costs far more in calls than in arithmetic. Mini-batches use the same calls for 64 rows. With a graphics card the difference is larger still.
#
# So: solve the equations as long as $n$ is a few thousand. Beyond that, use mini-batches. (Section 11 says what the library does.)
#
# **Check yourself.** Ten houses, mini-batches of four: the last batch of each epoch has only two rows. A program divides its gradient by `batch_size` anyway. What happens, and when would you notice?
#
# <details><summary>Answer</summary>
#
# The last step is half as long as it should be: the mean of two answers is their sum divided by two, not by four. So it is a step with half the learning rate, in the right direction. No plot of the loss shows it. A gradient check on a batch of two rows does, and so does a test in which $m$ is
# not a multiple of the batch size. One thing more: divided correctly, the two houses of the short batch have twice the vote of the others in this epoch. That is one reason to draw a new order for each epoch.
#
# </details>

# %% [markdown]
# ## 6 How good is it on Monday?  <small>(3 minutes)</small>
#
# The MSE on the houses that we learned from is the **training error**. Nobody pays for it. A seller comes on Monday with a house that we have never seen, and the error there is the **test error**, or generalisation error. To estimate it we hide some houses,
# train on the others and look at the hidden ones once, at the end.
#
# Usually we also have to choose: which features, which learning rate, how much shrinking (section 8)? These settings are not learned by the training itself; they are **hyperparameters**. To choose them on the test set would spoil it, as we would then report the score of
# the luckiest candidate. So we cut three parts. The **training set** fits the weights, the **validation set** picks the hyperparameters, and the **test set** speaks once.
#
# Here are 600 houses, made by a known law: area, rooms, age and distance to the centre, in euros and square metres this time. The law has a product of area and distance in it, and one house in twenty stands in a fashionable quarter, which is not among the features.

# %% alt="One bar of 600 houses: 360 for training, 120 for validation, 120 for the test."
market = data.house_prices(600, random_state=SEED)
X_rest, X_test, y_rest, y_test = model_selection.train_test_split(
    market.X, market.y, test_size=120, random_state=SEED)
X_train, X_valid, y_train, y_valid = model_selection.train_test_split(
    X_rest, y_rest, test_size=120, random_state=SEED)
parts = {"training": y_train, "validation": y_valid, "test": y_test}
_ = figures.model_selection.holdout(
    {name: len(part) for name, part in parts.items()}, ax=canvas(7, 1.6))

# %% [markdown]
# The candidates are polynomials: degree 1 has the four features; degree 2 has their squares and products too; and so on. A pipeline standardises, multiplies out, standardises again and fits our linear regression.

# %%
def polynomial_model(degree, regression):
    products = PolynomialFeatures(degree, include_bias=False)
    return make_pipeline(
        StandardScaler(), products, StandardScaler(), regression)


def rmse(model, X, y):
    return root_mean_squared_error(y, model.predict(X))


candidates, rows = {}, {}
for degree in (1, 2, 3, 4):
    model = polynomial_model(degree, LinearRegression()).fit(X_train, y_train)
    candidates[degree] = model
    rows[degree] = {"features": len(model[-1].coef_),
                    "training RMSE": rmse(model, X_train, y_train),
                    "validation RMSE": rmse(model, X_valid, y_valid)}
pd.DataFrame.from_dict(rows, orient="index").rename_axis("degree").round(1)

# %% [markdown]
# The training error falls with every feature that we add; it must, since the larger model can always imitate the smaller one. The validation error falls, and then rises. We would choose degree 2. The test set stays closed, since sections 8 and 9 bring more to choose from.
#
# Would more houses help? A **learning curve** trains on more and more of them. Two curves that have met say: no, get better features. A gap that is still closing says: yes, get more data. Below, degree 1 on the left and degree 4 on the right.

# %% alt="Two learning curves. Degree 1: training and validation error have met. Degree 4: a wide gap that is still closing at 384 houses."
score = "neg_root_mean_squared_error"       # scores: larger is better
figure, axes = plt.subplots(
    1, 2, figsize=(9.5, 3.6), sharey=True, layout="constrained")
for degree, ax in zip((1, 4), axes, strict=True):
    sizes, train, valid = model_selection.learning_curve(
        polynomial_model(degree, LinearRegression()), X_rest, y_rest,
        train_sizes=[100, 140, 190, 240, 310, 384], cv=5, scoring=score)
    figures.learning.learning_curve(sizes, -train, -valid, score="RMSE", ax=ax)
    ax.set(title=f"degree {degree}", ylim=(0, 200))

# %% [markdown]
# **Check yourself.** A hundred people each toss a coin to predict whether a price goes up, on 50 validation days. What accuracy does the best of them have on these days, and what will it have next year?
#
# <details><summary>Answer</summary>
#
# About 0.68 on average, and 0.50 next year. (Try it: `np.random.default_rng(3).integers(0, 2, (2000, 100, 50)).mean(axis=2).max(axis=1).mean()`.) None of the hundred knows anything; we looked a hundred times and reported the luckiest look. The same happens with a hundred settings of an honest model, only less visibly. So the
# validation score of a winner is always a little too good, the more so the more candidates there were, and that is why the test set is a third part and not the second one again.
#
# </details>

# %% [markdown]
# ## 7 Three sources of error  <small>(5 minutes)</small>
#
# A model that is too simple misses on every training set in the same way: it **underfits**, its **bias** is large. A model that is too flexible follows every accident of the training set it was given: it **overfits**, its **variance** is large. To see variance
# you need more than one training set. In real life you have one; in the demo, you have twenty. Twenty points around a sine, and a polynomial of degree 9 through them; the grey curves are the same recipe on twenty other samples.
# *Find the first degree whose test error is more than double the best.* Then find the degree with the largest bias and the smallest variance.

# %%
widgets.degree()

# %% [markdown]
# Let us put it into a formula. The world draws a target $y = f(x) + \varepsilon$: a true function and noise of variance $\sigma^2$. A training set is drawn as well, so the prediction $\hat y$ at $x$ is a random variable. Its expected squared error is
#
# $$ E\left[ (\hat y - y)^2 \right] = \underbrace{\left( E[\hat y] - f(x) \right)^2}_{\text{bias}^2} + \underbrace{E\left[ (\hat y - E[\hat y])^2 \right]}_{\text{variance}} + \underbrace{\sigma^2}_{\text{noise}} . $$
#
# The **bias** compares the average prediction with the true $f(x)$, not with a noisy $y$. The **variance** is how far a single fit scatters around that average. The last term is paid by everyone. (This bias is a property of a method. The bias of a neuron, in later units, is an intercept.)
#
# On a computer we may have as many training sets as we like. A thousand of them, with 20 points each:

# %%
def fit_polynomial(degree):
    """Return a learner: train on a sample, predict at x."""
    def fit_predict(x_train, y_train, x):
        coefficients = linear_model.polynomial_fit(x_train, y_train, degree)
        return linear_model.polynomial_predict(x, coefficients)
    return fit_predict


x_new = np.linspace(0, 1, 200)
parts, rows = {}, {}
for degree in (0, 1, 3, 5, 9, 12):
    part = model_selection.bias_variance(
        fit_polynomial(degree), lambda rng: data.sine_sample(20, rng), x_new,
        data.true_sine, noise=0.3, repeats=100 if FAST else 1000, rng=7)
    measured = part.test_error(np.random.default_rng(SEED))
    rows[degree] = {"bias2": part.bias2, "variance": part.variance,
                    "noise": part.noise, "sum": part.total, "measured": measured}
    parts[degree] = part
pd.DataFrame(rows).T.rename_axis("degree").round(4)

# %% [markdown]
# From degree 0 to 3 the bias goes away. From there on, we only buy variance. The sum is smallest at 3, and at no degree does it come near zero. The last column tests the identity: it is the left side, measured against freshly drawn noisy targets without splitting anything.

# %% [markdown]
# Now we can name what happened to the five houses. With three weights and four receipts the bias was small, and the variance enormous: 440 or 646, depending on a single sale.
#
# **Check yourself.** We draw 80 points instead of 20. Which of the three terms changes for degree 5, and by about how much?
#
# <details><summary>Answer</summary>
#
# Only the variance, which falls to about a quarter: like that of a mean, it is proportional to $1/m$. So more data cures overfitting. It doesn't cure underfitting (the squared bias of degree 1 stays at 0.2 for ever), and it doesn't cure noise. This is what the two learning curves of section 6 showed.
#
# </details>

# %% [markdown]
# ## 8 Weights on a leash  <small>(6 minutes)</small>
#
# We can trade variance for bias without throwing features away: allow every weight, but charge for its size. That is **regularisation**. With a strength $\lambda \ge 0$, which is a hyperparameter,
#
# $$ \begin{aligned} \text{ridge:} \quad & \mathrm{MSE}(w) + \lambda \sum_{j=1}^n w_j^2 \\ \text{lasso:} \quad & \mathrm{MSE}(w) + \lambda \sum_{j=1}^n |w_j| \\ \text{elastic net:} \quad & \mathrm{MSE}(w) + \alpha \lambda \sum_{j=1}^n |w_j| + (1 - \alpha) \lambda \sum_{j=1}^n w_j^2 . \end{aligned} $$
#
# The sums start at $j = 1$. The intercept goes free, since there is nothing suspicious about houses being expensive. And features must be standardised first: otherwise a weight *per square foot* is charged differently from the same weight *per square metre*.
#
# Does it help the five houses? We lose each receipt in turn again, for several strengths of ridge, and ask for two things: the price of the house for sale, and the error on the house whose receipt was lost.

# %%
def without_on_a_leash(i, alpha):
    """Return the price of the house for sale, and the error on house i."""
    rest = np.arange(5) != i
    model = make_pipeline(StandardScaler(), Ridge(alpha))
    model.fit(houses[rest], price[rest])
    y_hat = model.predict([[4000, 4], houses[i]])
    return y_hat[0], y_hat[1] - price[i]


rows = {}
for alpha in (0.0, 0.1, 0.3, 1.0, 5.0):
    prices, errors = np.transpose(
        [without_on_a_leash(i, alpha) for i in range(5)])
    rows[alpha] = [*prices, np.sqrt(np.mean(errors**2))]
names = [*lost, "RMSE on the lost"]
pd.DataFrame(rows, index=names).T.rename_axis("alpha").round(1)

# %% [markdown]
# With a little charge, the five answers move from 440 to 646 together to 572 to 633, and the error on a house that was not seen falls by half, from 59.8 to 28.2. Too much charge, and every house tends to the average: bias. (`alpha` is scikit-learn's name for the strength; the exact relation to $\lambda$ follows
# below.)
#
# **Why does the lasso give zeros, and ridge never?** Ridge charges $\lambda w^2$, and the slope of that vanishes at zero: the last bit of a weight is nearly free. Lasso charges $\lambda |w|$, whose slope is $\lambda$ all the way to zero: a weight that doesn't earn its keep is cut off. Coordinate descent makes it visible.
# For one weight at a time, lasso's best answer is *soft thresholding*: take the least squares answer, move it towards zero by a fixed amount, and stop at zero.
#
# The demo shows 442 patients, ten measurements, and the progress of diabetes after a year. Left, the ten weights as the charge grows. Right, two weights only, with contours of the MSE and the region that the charge allows. *One coefficient changes its sign on the way. Which, and where
# is it zero?* Then watch the right side: at which strength does `bp` leave the model of two features?

# %%
widgets.regularisation_path()

# %% [markdown]
# Zero, then, is a statement about a strength, not about a feature. Here is the story of the first sweep of coordinate descent at alpha = 5, in the steps that the demo is made of:

# %%
patients, progress, names = data.diabetes()  # (442, 10) standardised, (442,)
rows = []
for step in linear_model.coordinate_descent_steps(
        patients, progress, alpha=5.0, sweeps=1):
    rows.append([names[step.coordinate], step.rho, step.after, step.objective])
titles = ["feature", "least squares", "new weight", "objective"]
pd.DataFrame(rows, columns=titles).round(2)

# %% [markdown]
# Each answer within 5 of zero becomes zero, the others move by 5. `age` gets a weight only because it is asked first, when nobody else has explained anything; later sweeps take it away again.

# %% [markdown]
# **Three objectives, one idea.** Every library scales the error and the charge in its own way, so the same word with the same number means something else. With $\mathrm{SSE} = \lVert Xw - y \rVert^2 = m \cdot \mathrm{MSE}$:
#
# | who | minimises |
# |---|---|
# | this lecture | $\frac{1}{m}\,\mathrm{SSE} + \lambda \left( \alpha \lVert w \rVert_1 + (1-\alpha) \lVert w \rVert_2^2 \right)$ |
# | scikit-learn `Ridge(a)` | $\mathrm{SSE} + a \lVert w \rVert_2^2$ |
# | scikit-learn `Lasso(a)` | $\frac{1}{2m}\,\mathrm{SSE} + a \lVert w \rVert_1$ |
# | scikit-learn `ElasticNet(a, r)` | $\frac{1}{2m}\,\mathrm{SSE} + a \left( r \lVert w \rVert_1 + \frac{1-r}{2} \lVert w \rVert_2^2 \right)$ |
# | Spark, `regParam` $\lambda$, `elasticNetParam` $\alpha$ | $\frac{1}{2m}\,\mathrm{SSE} + \lambda \left( \alpha \lVert u \rVert_1 + \frac{1-\alpha}{2} \lVert u \rVert_2^2 \right)$, where features *and target* are divided by their standard deviations, $\lambda$ by that of the target, and $u$ are the weights after that |
#
# Halve the lecture's objective and compare with `ElasticNet`: the L1 charges agree if $a\,r = \alpha\lambda/2$, the L2 charges if $a\,(1-r) = (1-\alpha)\lambda$. Hence $a = \lambda\,(1 - \alpha/2)$ and $r = \alpha / (2 - \alpha)$. We check it: a gradient of the lecture's own objective at scikit-learn's solution must vanish,
# wherever a weight is not zero.

# %%
strength, mix = 4.0, 0.5                    # the lecture's lambda and alpha
a, r = linear_model.from_lecture(strength, mix).to_sklearn()
assert np.allclose([a, r], [strength * (1 - mix / 2), mix / (2 - mix)])

ours = ElasticNet(a, l1_ratio=r, tol=1e-12).fit(patients, progress).coef_
theirs = sklearn.linear_model.ElasticNet(
    alpha=a, l1_ratio=r, tol=1e-12, max_iter=100_000)
assert np.allclose(ours, theirs.fit(patients, progress).coef_, atol=1e-6)

slope = mse_gradient(patients, progress, ours) + strength * (
    mix * np.sign(ours) + (1 - mix) * 2 * ours)
assert np.allclose(slope[ours != 0], 0, atol=1e-6)
print(f"a = {a:.3f}, r = {r:.3f}")
print("weights", ours.round(2))
print(f"largest slope {np.abs(slope[ours != 0]).max():.0e}")

# %% [markdown]
# **Check yourself.** Inflation adds 100 to every price. What should happen to the weights of a ridge regression, and what happens if the intercept is charged like the other weights?
#
# <details><summary>Answer</summary>
#
# Only the intercept should rise, by 100; square feet and bedrooms have not become more valuable. If the intercept is charged, it resists, and the other weights have to carry part of the inflation. With $x = 0, \dots, 3$ and $y = 2x + 105$, ridge with strength 1 gives $105.5 + 1.667 x$, but
# $64.92 + 17.90 x$ if the intercept is charged. Adding a constant to $y$ is the quickest test for this error.
#
# </details>

# %% [markdown]
# ## 9 Every house gets a turn  <small>(3 minutes)</small>
#
# A validation set of 120 houses is a waste, for they are never trained on, and also a lottery: three houses in the fashionable quarter more or less, and another degree may win. **Cross-validation** cuts the data into $k$ folds. Each fold is the validation set
# once, while the others train. All houses train, all validate, never both in the same round, and the score is the mean of $k$ scores. Below, five folds for the polynomial of degree 2. Beside each round stands
# the RMSE on its fold, with a minus sign, because scikit-learn wants scores that are larger when better.

# %% alt="Five rows, one a round of cross-validation. In each, another fifth of the houses is the validation set. The scores beside the rows differ widely."
rounds = model_selection.cross_validation_steps(
    polynomial_model(2, LinearRegression()), X_rest, y_rest, cv=5, scoring=score)
ax = figures.model_selection.folds(rounds, ax=canvas(7, 2.8))
_ = ax.set_xlabel("house")

# %% [markdown]
# A **grid search** does this for every combination of hyperparameters. The grid below has two strengths and two mixes; with three folds that is $2 \cdot 2 \cdot 3 = 12$ models. When the winner is known, it is trained once more, on everything but the test set. So 12 + 1 fits:

# %%
search = model_selection.GridSearchCV(
    polynomial_model(3, ElasticNet()), cv=3, scoring=score, param_grid={
        "elasticnet__alpha": [1.0, 0.1], "elasticnet__l1_ratio": [0.0, 1.0]})
search.fit(X_rest, y_rest)
print(search.n_fits_, "fits; best:", search.best_params_)
weights = search.best_estimator_[-1].coef_
print(f"{np.count_nonzero(weights)} of {len(weights)} weights are not zero")
found = pd.DataFrame(search.cv_results_)
found = found.filter(regex="^param_|^mean_test|^std_test|^rank")
found.rename(columns=lambda name: name.split("__")[-1]).round(2)

# %% [markdown]
# Look at the scatter before you celebrate the winner: the folds differ by about 7, the best two settings by less than 1. That is a tie. What we did learn is that ridge with a strength of 1 is too much here (`ElasticNet` divides the squared error by $m$, so 1 is a lot),
# and that lasso loses nothing by setting half of the weights to zero.
#
# Along a single hyperparameter, a **validation curve** shows the valley of section 7 again, with the strength in place of the degree. Here ridge holds a polynomial of degree 5, which has 125 features for 384 houses, on ever shorter leashes:

# %% alt="Training and validation error of a polynomial of degree 5 against the strength of ridge. Weak: a small training error and a validation error that is more than twice as large. Strong: both are large. The lowest validation error lies in between, near 30."
strengths = np.geomspace(0.01, 1000, 11)
train, valid = model_selection.validation_curve(
    polynomial_model(5, Ridge()), X_rest, y_rest, cv=5, scoring=score,
    param_name="ridge__alpha", param_range=strengths)
_ = figures.learning.validation_curve(
    strengths, -train, -valid, name="alpha of ridge",
    score="RMSE (thousand euro)", chosen="lowest", ax=canvas(7, 3.8))

# %% [markdown]
# Now all choices are made, and we open the test set, once:

# %%
print(f"RMSE: cross-validated {-search.best_score_:.1f}, "
      f"test {rmse(search, X_test, y_test):.1f}")
print(f"R2 on the test set {r2_score(y_test, search.predict(X_test)):.3f}")
other = ~model_selection.train_test_split(
    market.harbour, test_size=120, random_state=SEED)[1]    # same houses
print(f"RMSE on the {other.sum()} test houses outside the quarter "
      f"{rmse(search, X_test[other], y_test[other]):.1f}")
perfect = root_mean_squared_error(market.y, market.expected)
print(f"RMSE of the law itself, which knows the quarter {perfect:.1f}")

# %% [markdown]
# The winner's score was a little too good, as winners' scores are, and a test set of 120 houses is a small sample itself. The last line is the noise, the floor that no model gets under. Most of the gap above it comes from the few houses in the fashionable quarter, about which no feature says anything.
# More data won't close it. One more column would.
#
# **Check yourself.** Someone standardises all 480 houses first and then runs the grid search on the result, without a pipeline. What is wrong, and how bad is it?
#
# <details><summary>Answer</summary>
#
# The mean and the standard deviation have seen the validation houses, so each round leaks a little of the future. With 480 houses and a scaler the damage is too small to measure. Do the same with a step that looks at $y$, such as choosing the ten features that correlate best with the price out of a
# thousand, and pure noise gets an excellent score. The rule costs nothing: everything that is fitted goes into the pipeline, and the pipeline into the search.
#
# </details>

# %% [markdown]
# ## 10 Spot the error  <small>(2 minutes)</small>
#
# Four lines as they have been printed in good courses. Each is wrong. Find the error before you run the cell.
#
# 1. Cost $J(w) = \sum_i \left( w^\top x^{(i)} - y^{(i)} \right)^2$, gradient $\frac{\partial J}{\partial w_j} = \frac{2}{m} \sum_i \left( w^\top x^{(i)} - y^{(i)} \right) x_j^{(i)}$.
# 2. Stochastic descent with the second of the five houses: $\frac{\partial J}{\partial w_0} = \frac{2}{5} \left( w_0 + 1600 w_1 + 3 w_2 - 330 \right)$.
# 3. The test error is the sum of bias and variance, with $\mathrm{Bias} = E[\hat y] - y$.
# 4. The penalty is $R(w) = \lambda \sum_j w_j^2$, and the objective is $J(w) = \mathrm{MSE}(w) + \lambda R(w)$.
#
# <details><summary>Answers</summary>
#
# 1. The sum has the gradient with 2, the mean has the one with $2/m$. A check by differences settles it: the derived gradient is $m$ times too small.
# 2. One house alone has the factor 2. Only then do the single gradients average to the full one. With $2/5$ their mean is five times too small, which a larger learning rate would hide.
# 3. The noise is missing, the bias must be squared, and it is measured against the true function. Even the true function has a test error of $\sigma^2$.
# 4. $\lambda$ stands there twice, so the charge is $\lambda^2$. At $\lambda = 1$ nobody notices; at $\lambda = 0.1$ the leash is ten times too long.
#
# </details>

# %%
def sum_of_squares(w):
    return np.sum((X @ w - y) ** 2)


try:
    gradient_check(sum_of_squares, lambda w: mse_gradient(X, y, w), start)
except AssertionError as caught:
    print("1.", caught)
printed = 2 / 5 * (X @ start - y)[:, None] * X       # (5, 3), one row a house
print("2. house 2: printed", printed[1], " right", single[1])
print("   mean: printed", printed.mean(axis=0).round(2))
print("         right  ", mse_gradient(X, y, start))
part = parts[3]
print(f"3. bias2 + variance {part.bias2 + part.variance:.4f}, measured",
      round(part.test_error(np.random.default_rng(SEED)), 4))
charge = np.sum(w[1:] ** 2)
print(f"4. lambda 0.1: charge {0.1 * charge:.1f}, "
      f"as printed {0.1 * (0.1 * charge):.1f}")

# %% [markdown]
# ## 11 With the library  <small>(2 minutes)</small>
#
# The same model in scikit-learn. The assertion is part of the lecture: the two must agree.

# %%
reference = sklearn.linear_model.LinearRegression().fit(houses, price)
mine = LinearRegression().fit(houses, price)
assert np.allclose(mine.coef_, reference.coef_, rtol=1e-9)
assert np.isclose(mine.intercept_, reference.intercept_, rtol=1e-9)
print(mine.intercept_, mine.coef_, reference.predict([[4000, 4]]))

# %% [markdown]
# scikit-learn solves by a singular value decomposition, which is slower than the normal equation and safer when columns nearly repeat each other; ours uses the normal equation and steps aside when that happens. `SGDRegressor` takes data that come in pieces, by `partial_fit`. When the data live on many machines, use Spark (unit 02
# shows how to run it):
#
# ```python
# from pyspark.ml.feature import VectorAssembler
# from pyspark.ml.regression import LinearRegression
#
# table = VectorAssembler(inputCols=["x1", "x2"], outputCol="features").transform(sales)
# model = LinearRegression(labelCol="y", solver="normal").fit(table)
# charged = LinearRegression(labelCol="y", regParam=10.0, elasticNetParam=0.5).fit(table)
# ```
#
# Spark 4.3 answers with the numbers below. The first row is the normal equation. The others were run with `regParam=10`; our numbers for them come from the map of section 8.

# %%
spark = {                         # intercept, x1, x2 as printed by Spark 4.3
    "no charge": (-70.43460183, 0.06384337562, 103.4360465),
    "elasticNetParam 0.0": (-41.91113520, 0.07098096435, 88.92239540),
    "elasticNetParam 0.5": (-33.00970419, 0.06451379623, 90.49089230),
    "elasticNetParam 1.0": (-25.54314246, 0.05449519371, 95.02841830),
}
ours = {"no charge": (mine.intercept_, *mine.coef_)}
for mix in (0.0, 0.5, 1.0):
    problem = linear_model.from_spark(houses, price, 10.0, mix)
    net = ElasticNet(problem.alpha, l1_ratio=problem.l1_ratio, tol=1e-14)
    w_mix, b_mix = problem.restore(net.fit(problem.X, problem.y).coef_)
    ours[f"elasticNetParam {mix}"] = (b_mix, *w_mix)
for name in spark:
    assert np.allclose(ours[name], spark[name], rtol=1e-6), name
pd.DataFrame(ours, index=["intercept", "x1", "x2"]).T

# %% [markdown]
# **Check yourself.** You tuned `Ridge(alpha=10)` on 1000 houses. Now you have ten million. Which `alpha` of ridge gives the same weights as before, if the new houses are like the old ones? Do you want it?
#
# <details><summary>Answer</summary>
#
# The error in this objective is a sum and grows ten thousand times, so `alpha=100000`. And no, you don't want it: more data means less variance, so the leash may be longer. If you leave `alpha` alone, it becomes longer by itself. With `ElasticNet` and Spark, whose error is a mean, it does not.
#
# </details>

# %% [markdown]
# ## 12 What goes wrong in practice  <small>(4 minutes)</small>
#
# **Two columns say the same thing.** The area in square feet, and from another source the area in square metres: the second is the first times a constant, plus rounding. Then $X^\top X$ is nearly singular. Python does not warn you: `inv` returns numbers, and they are wrong. Forming $X^\top X$ squares the condition number, so twice as many digits
# are lost. Below, $x_2 = 3 x_1 + \text{noise}$ and $y = 1 + 2 x_1$ exactly, so the MSE should be zero.

# %%
def mse_by_inverse(A, b):
    try:
        return mse(A, b, np.linalg.inv(A.T @ A) @ A.T @ b)
    except np.linalg.LinAlgError:        # only an exactly singular matrix
        return np.nan


x_1 = np.arange(10.0)
b, rows = 1 + 2 * x_1, []
for size in (1e-1, 1e-3, 1e-5, 1e-7):
    noise = size * np.random.default_rng(SEED).standard_normal(10)
    A = np.column_stack([np.ones(10), x_1, 3 * x_1 + noise])
    by_lstsq = mse(A, b, np.linalg.lstsq(A, b)[0])
    rows.append([size, np.linalg.cond(A.T @ A), mse_by_inverse(A, b), by_lstsq])
names = ["noise in x2", "condition number", "MSE by inv", "MSE by lstsq"]
pd.DataFrame(rows, columns=names).map("{:.2g}".format)

# %% [markdown]
# **The test set is scaled by itself.** The model has learned what one standard deviation *of the training set* is worth. Scale the test set with its own mean and standard deviation, and the numbers mean something else, while the predictions look perfectly normal. Training on $x = 0, \dots, 9$ with $y = 2x$, then asking for
# $x = 100, \dots, 109$:

# %%
x_old, x_new = np.arange(10.0)[:, None], np.arange(100.0, 110.0)[:, None]
scaler = StandardScaler().fit(x_old)
line = LinearRegression().fit(scaler.transform(x_old), 2 * x_old[:, 0])
right = line.predict(scaler.transform(x_new))
wrong = line.predict(StandardScaler().fit_transform(x_new)) + 0.0
print("scaled like the training set", right[[0, -1]].round(1))
print("scaled by itself            ", wrong[[0, -1]].round(1) + 0.0)

# %% [markdown]
# The answer should be 200 to 218. A single new house, scaled by itself, is always the average house. A pipeline makes this error impossible.
#
# **It did not diverge, so it must have converged.** In section 4 the raw houses at a safe rate had a loss of about 1299 after 100 steps, and it hardly moved. After a hundred thousand steps?

# %%
w_far = np.zeros(3)
for _ in range(1_000 if FAST else 100_000):
    w_far -= 2e-7 * 2 / 5 * (X.T @ (X @ w_far - y))
print(f"loss {mse(X, y, w_far):.2f}, best possible {mse(X, y, w):.2f}")

# %% [markdown]
# It is at 1289, still 1000 above the floor, and would need hundreds of millions of steps more. A loss that no longer moves says only that the steep directions are done. Look at the condition number, not at the flat curve.
#
# **Check yourself.** Which of the three would the score on a validation set have revealed?
#
# <details><summary>Answer</summary>
#
# The first one, plainly. The third one only as a bad score, which looks like underfitting; many people then add features and make the condition number worse. The second one not at all: a large validation set that is drawn like the training set has nearly the same mean and standard deviation, so scaling it by itself does no harm
# that you could see. The harm comes on Monday, with the first single house. Validate in the way in which you will predict.
#
# </details>

# %% [markdown]
# ## 13 In five lines
#
# 1. A linear model is $\hat y = Xw$ with a column of ones; we minimise the mean squared error, whose gradient is $\frac{2}{m} X^\top (Xw - y)$.
# 2. The normal equation $X^\top X w = X^\top y$ finds the bottom in one step, for $O(mn^2 + n^3)$; descent works for every $n$ and $m$, for rates below $2/L$, at a pace set by $L/\mu$. Standardise.
# 3. Stochastic steps are right on average; mini-batches calm them, and a falling rate makes them settle.
# 4. Test error = bias² + variance + noise. The training error hides the variance; a hidden set shows the whole sum. Choose by validation, test once.
# 5. Ridge shrinks, lasso selects, the elastic net does both; the same `alpha` means different things in different libraries.
#
# And the sixth house? 599 thousand is what least squares says. With a little ridge, five lost receipts later, it is somewhere between 570 and 635. That is what five receipts can tell.
#
# | symbol | meaning |
# |---|---|
# | $m$, $n$ | number of instances, of features |
# | $X$, $y$, $\hat y$ | data matrix $(m, n)$ with a column of ones where there is an intercept, targets, predictions |
# | $w$, $r^{(i)}$ | weights, residual of instance $i$ |
# | $J$, $\nabla J$, $\eta$ | cost, its gradient, learning rate |
# | $L$, $\mu$ | largest and smallest eigenvalue of $\frac{2}{m} X^\top X$; $L/\mu$ is the condition number |
# | $f$, $\varepsilon$, $\sigma^2$ | true function, noise, its variance |
# | $\lambda$, $\alpha$ | strength of the penalty and share of L1 in this lecture; scikit-learn calls them `alpha` and `l1_ratio`, Spark `regParam` and `elasticNetParam` |
#
# **Where to read on.** Géron, *Hands-On Machine Learning*, chapters 2 and 4, for the same topics with more code. Goodfellow, Bengio and Courville, *Deep Learning*, chapters 4 and 5, for gradients, conditioning and capacity. Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, chapters 3 and 7, for ridge,
# lasso and the decomposition of the error. Chambers and Zaharia, *Spark: The Definitive Guide*, chapter 27, for regression in Spark. Bottou, Curtis and Nocedal, "Optimization Methods for Large-Scale Machine Learning" (2018), for why stochastic steps win. Unit 04 turns the straight line into a decision; in the lab of this unit you price a town full of houses.
