"""The one gradient check: an analytic gradient against central differences, for whatever has a gradient."""

import numpy as np

from toolkit._checks import as_floats, check_function, check_not_negative, check_positive


def gradient_check(function, gradient, x, *, step=None, tolerance=1e-6):
    r"""Return the relative error of a gradient at x, or raise an AssertionError that names the worst entry.

    .. math:: \frac{\partial f}{\partial x_i} \approx \frac{f(x + h_i e_i) - f(x - h_i e_i)}{2 h_i}, \quad
              \text{error} = \frac{\max_i |\text{analytic}_i - \text{numeric}_i|}{\max(1, \max_i |\text{numeric}_i|)}

    Parameters
    ----------
    function : callable
        Maps an array of the shape of x to a number.
    gradient : callable or array
        Maps an array of the shape of x to an array of that shape; or its value at x.
    x : array
        Where to look, of any shape; floats. Choose a point at which nothing is zero and no kink is near.
    step : float, optional
        Relative width h of the difference; the cube root of the machine precision, 6e-6, unless given.
    tolerance : float
        Largest relative error that passes.

    Returns
    -------
    float

    Raises
    ------
    AssertionError
        Naming the worst entry, both values there, and a likely cause (a sign, a constant factor) where one shows.
    ValueError
        If the function is no number, the gradient has another shape, or x holds NaN or infinity.

    Examples
    --------
    >>> gradient_check(lambda x: (x ** 2).sum(), lambda x: 2 * x, [1.0, -3.0]) < 1e-9
    True
    >>> gradient_check(lambda x: (x ** 2).sum(), lambda x: -2 * x, [1.0, -3.0])
    Traceback (most recent call last):
    AssertionError: gradient: entry (1,) is 6, central differences say -6 (relative error 2); all signs are turned round
    """
    x = as_floats("x", x)
    check_not_negative(tolerance=tolerance)
    analytic = as_floats("the gradient", gradient(x.copy()) if callable(gradient) else gradient, finite=False)
    if analytic.shape != x.shape:
        raise ValueError(f"the gradient must have the shape of x, {x.shape}, got {analytic.shape}")
    numeric = central_differences(function, x, step)
    scale = max(1.0, np.abs(numeric).max(initial=0))
    error = np.abs(analytic - numeric) / scale
    if x.size and not error.max() <= tolerance:                     # written so that NaN fails
        worst = np.unravel_index(int(np.nan_to_num(error, nan=np.inf).argmax()), x.shape)
        raise AssertionError(
            f"gradient: entry {tuple(int(i) for i in worst)} is {analytic[worst]:.6g}, central differences say "
            f"{numeric[worst]:.6g} (relative error {error[worst]:.3g}){_likely_cause(analytic, numeric)}")
    return float(error.max(initial=0))


def central_differences(function, x, step=None):
    """Return the numeric gradient of a function at x, two evaluations an entry, an array of the shape of x."""
    x = as_floats("x", x).copy()
    check_function("function", function, "of x that returns a number")
    step = np.finfo(float).eps ** (1 / 3) if step is None else step
    check_positive(step=step)
    numeric = np.empty_like(x)
    for index in np.ndindex(x.shape):
        centre = x[index]
        width = step * max(1.0, abs(centre))
        right, left = centre + width, centre - width
        values = []
        for at in (right, left):
            x[index] = at
            value = as_floats("the value of the function", function(x.copy()), finite=False)
            if value.size != 1:
                raise ValueError(f"the function must return one number, got an array of shape {value.shape}")
            values.append(value.item())
        x[index] = centre
        numeric[index] = (values[0] - values[1]) / (right - left)       # the width that floats really gave
    return numeric


def _likely_cause(analytic, numeric):
    """Return a hint where the analytic gradient is one constant times the numeric one."""
    length2 = float((numeric * numeric).sum())
    if not (np.isfinite(analytic).all() and np.isfinite(numeric).all()) or length2 == 0:
        return ""
    factor = float((analytic * numeric).sum()) / length2
    if np.abs(analytic - factor * numeric).max() > 1e-4 * np.abs(numeric).max() or abs(factor) < 1e-4:
        return ""
    if abs(factor - 1) < 1e-4:                                      # then the entries differ, each in its own way
        return ""
    if abs(factor + 1) < 1e-4:
        return "; all signs are turned round"
    size = f"{abs(factor):.4g} " + ("times too large" if abs(factor) > 1 else "of what it should be")
    return f"; the whole gradient is {size}" + (", and all signs are turned round" if factor < 0 else "")
