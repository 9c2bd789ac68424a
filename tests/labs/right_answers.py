"""Right answers that look unlike the solutions: the tests judge what a function does, not how it is written."""

RIGHT = {
    "03-q1-basic": {
        "a loop and a plain float": """
def residuals_and_mse(y, y_hat):
    residual = np.array([price - np.asarray(forecast).item() for price, forecast in zip(y, y_hat)])
    return residual, float(sum(residual * residual) / len(residual))
""",
        "reshape to the shape of y": """
def residuals_and_mse(y, y_hat):
    residual = y - y_hat.reshape(y.shape)
    return residual, residual @ residual / y.size
""",
    },
    "03-q2-basic": {
        "the mean of the single gradients": """
def mse_gradient(X, y, w):
    return np.mean([2 * (x @ w - price) * x for x, price in zip(X, y)], axis=0)
""",
        "broadcasting": """
def mse_gradient(X, y, w):
    return (2 * (X @ w - y)[:, None] * X).mean(axis=0)
""",
    },
    "03-q3-basic": {
        "the pseudo-inverse": """
def fit_least_squares(X, y):
    w = np.linalg.pinv(np.hstack([np.ones((len(y), 1)), X])) @ y
    return w[0], w[1:]
""",
        "centred": """
def fit_least_squares(X, y):
    mean = X.mean(axis=0)
    w, *_ = np.linalg.lstsq(X - mean, y - y.mean(), rcond=None)
    return float(y.mean() - w @ mean), w
""",
    },
    "03-q4-basic": {
        "column by column": """
def standardise(X_train, X_test):
    train, test = X_train.astype(float), X_test.astype(float)
    for j in range(train.shape[1]):
        mean, sd = X_train[:, j].mean(), X_train[:, j].std()
        train[:, j] = (X_train[:, j] - mean) / (sd or 1.0)
        test[:, j] = (X_test[:, j] - mean) / (sd or 1.0)
    return train, test
""",
        "shift, then divide what varies": """
def standardise(X_train, X_test):
    mean, varies = X_train.mean(axis=0), np.ptp(X_train, axis=0) > 0
    Z, Z_test = X_train - mean, X_test - mean
    sd = Z[:, varies].std(axis=0)
    Z[:, varies] /= sd
    Z_test[:, varies] /= sd
    return Z, Z_test
""",
    },
    "03-q5-advanced": {
        "a mean, and a new w in each step": """
def minibatch_descent(X, y, w, learning_rate, batch_size, epochs, rng):
    m = X.shape[0]
    for epoch in range(epochs):
        order = rng.permutation(m)
        while len(order):
            rows, order = order[:batch_size], order[batch_size:]
            gradient = 2 * np.mean((X[rows] @ w - y[rows])[:, np.newaxis] * X[rows], axis=0)
            w = w - learning_rate * gradient
    return w
""",
        "shuffled copies": """
def minibatch_descent(X, y, w, learning_rate, batch_size, epochs, rng):
    w = np.array(w, dtype=float)
    for epoch in range(epochs):
        order = rng.permutation(len(X))
        X_mixed, y_mixed = X[order], y[order]
        for first in range(0, len(X), batch_size):
            A, b = X_mixed[first:first + batch_size], y_mixed[first:first + batch_size]
            w = w + learning_rate * 2 * A.T @ (b - A @ w) / A.shape[0]
    return w
""",
    },
    "03-q6-basic": {
        "a column of ones that the penalty leaves out": """
def fit_ridge(X, y, alpha):
    A = np.column_stack([np.ones(len(y)), X])
    penalty = alpha * np.diag([0.0] + [1.0] * X.shape[1])
    w = np.linalg.inv(A.T @ A + penalty) @ (A.T @ y)
    return w[0], w[1:]
""",
        "extra rows for the penalty": """
def fit_ridge(X, y, alpha):
    n = X.shape[1]
    tall = np.vstack([X - X.mean(axis=0), np.sqrt(alpha) * np.eye(n)])
    w = np.linalg.lstsq(tall, np.append(y - y.mean(), np.zeros(n)), rcond=None)[0]
    return y.mean() - X.mean(axis=0) @ w, w
""",
    },
    "03-q7-advanced": {
        "a table of errors, masks, and a search for the winner": """
def choose_alpha(X, y, alphas, k, fit):
    m = len(y)
    sizes = [m // k + (1 if number < m % k else 0) for number in range(k)]
    table, first = np.zeros((k, len(alphas))), 0
    for number, size in enumerate(sizes):
        test = np.zeros(m, dtype=bool)
        test[first:first + size] = True
        first += size
        mean, sd = X[~test].mean(axis=0), X[~test].std(axis=0)
        train_X, test_X = (X[~test] - mean) / sd, (X[test] - mean) / sd
        for column, alpha in enumerate(alphas):
            b, w = fit(train_X, y[~test], alpha)
            table[number, column] = ((test_X @ w + b - y[test]) ** 2).mean()
    errors = table.mean(axis=0)
    best = alphas[0]
    for alpha, error in zip(alphas, errors):
        if error < errors.min() + 1e-12 and (alpha > best or errors[alphas.index(best)] > errors.min() + 1e-12):
            best = alpha
    return best, errors
""",
        "alphas outside, folds inside": """
def choose_alpha(X, y, alphas, k, fit):
    folds, rows = np.array_split(np.arange(len(y)), k), np.arange(len(y))
    errors = []
    for alpha in alphas:
        scores = []
        for fold in folds:
            learn = np.setdiff1d(rows, fold)
            mean, sd = np.mean(X[learn], axis=0), np.std(X[learn], axis=0)
            b, w = fit((X[learn] - mean) / sd, y[learn], alpha)
            scores.append(np.mean(np.square(y[fold] - b - ((X[fold] - mean) / sd) @ w)))
        errors.append(np.mean(scores))
    return sorted(zip(errors, [-a for a in alphas]))[0][1] * -1, np.array(errors)
""",
    },
    "03-q8-advanced": {
        "a running residual and three cases": """
def lasso_sweep(X, y, w, alpha):
    new = np.array(w, dtype=float)
    residual = y - X @ new
    for j in range(X.shape[1]):
        old = new[j]
        rho = X[:, j] @ (residual + X[:, j] * old) / len(y)
        if rho > alpha:
            new[j] = rho - alpha
        elif rho < -alpha:
            new[j] = rho + alpha
        else:
            new[j] = 0
        new[j] = new[j] / (X[:, j] @ X[:, j] / len(y))
        residual = residual + X[:, j] * (old - new[j])
    return new
""",
        "the other columns by name": """
def lasso_sweep(X, y, w, alpha):
    w = w.copy()
    for j in range(X.shape[1]):
        others = np.delete(np.arange(X.shape[1]), j)
        rho = np.mean(X[:, j] * (y - X[:, others] @ w[others]))
        w[j] = (max(rho - alpha, 0) - max(-rho - alpha, 0)) / np.mean(X[:, j] ** 2)
    return w
""",
    },
    "03-q9-advanced": {
        "the identity read backwards": """
def decompose(predictions, truth, sigma):
    variance = np.mean(np.var(predictions, axis=0))
    from_truth = np.mean((predictions - truth) ** 2)
    return from_truth - variance, variance, from_truth + sigma * sigma
""",
        "house by house": """
def decompose(predictions, truth, sigma):
    bias2, variance = [], []
    for j in range(len(truth)):
        centre = np.mean(predictions[:, j])
        bias2.append((centre - truth[j]) ** 2)
        variance.append(np.mean((predictions[:, j] - centre) ** 2))
    return float(np.mean(bias2)), float(np.mean(variance)), float(np.mean(bias2) + np.mean(variance) + sigma ** 2)
""",
    },
    "03-r3-basic": {
        "through a matrix of one row": """
def one_house_gradient(x, y, w):
    X = x.reshape(1, -1)
    return 2 * X.T @ (X @ w - np.array([y]))
""",
    },
    "03-r5-advanced": {
        "through the mean squared errors": """
def r_squared(y, y_hat):
    ours, constant = np.mean(np.square(y_hat - y)), np.var(y)
    return float((constant - ours) / constant)
""",
    },
    "03-r1-basic": {"computed": "answer_1 = -1 - 0.1 * 2 * -1"},
    "03-r2-basic": {"a capital letter": 'answer_2 = " B"'},
    "03-r6-advanced": {"computed": "answer_6 = np.float64(0.04 + 0.05 + 0.5**2)"},
    "03-r7-basic": {"computed": "answer_7 = 3 * 4 * 5 + 1"},
}
