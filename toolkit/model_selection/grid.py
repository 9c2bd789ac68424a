"""Every combination of some parameters' values."""

import math
import numbers
from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np


class ParameterGrid:
    """Every combination of the values of some parameters.

    Parameters
    ----------
    param_grid : dict or list of dict
        Parameter name -> list of values to try. Several dicts are several grids, one after the other.

    Raises
    ------
    TypeError
        If it is neither, or the values of a parameter are not a list.
    ValueError
        If there is no grid, or no value for a parameter.

    References
    ----------
    Lecture 03, "Hyperparameters and cross-validation".

    Examples
    --------
    >>> list(ParameterGrid({"alpha": [0.1, 1.0], "l1_ratio": [0, 1]}))[:2]
    [{'alpha': 0.1, 'l1_ratio': 0}, {'alpha': 0.1, 'l1_ratio': 1}]
    """

    def __init__(self, param_grid):
        if not isinstance(param_grid, Mapping | list | tuple):
            raise TypeError(f"a parameter grid is a dict of name -> values, or a list of such dicts; "
                            f"got {param_grid!r} ({type(param_grid).__name__})")
        self.param_grid = [param_grid] if isinstance(param_grid, Mapping) else list(param_grid)
        if not self.param_grid:
            raise ValueError(f"the parameter grid is empty, got {param_grid!r}: there is nothing to try")
        for grid in self.param_grid:
            if not isinstance(grid, Mapping):
                raise TypeError(f"each parameter grid is a dict of name -> values, got {grid!r}")
            for name, values in grid.items():
                if not isinstance(name, str):
                    raise TypeError(f"the names in a parameter grid are text, got {name!r} ({type(name).__name__})")
                _check_values(name, values)

    def __iter__(self):
        """Yield one dict a combination; names sorted, the last one runs fastest."""
        for grid in self.param_grid:
            names = sorted(grid)
            for values in product(*(grid[name] for name in names)):
                yield dict(zip(names, values, strict=True))

    def __len__(self):
        return sum(math.prod(len(values) for values in grid.values()) for grid in self.param_grid)

    def __getitem__(self, index):
        """Return combination number `index` without making those before it."""
        if not isinstance(index, numbers.Integral):
            raise TypeError(f"the number of a combination must be a whole number, got {index!r}")
        rest = index
        for grid in self.param_grid:
            size = math.prod(len(values) for values in grid.values())
            if 0 <= rest < size:
                chosen = {}
                for name in sorted(grid, reverse=True):
                    rest, position = divmod(rest, len(grid[name]))
                    chosen[name] = grid[name][position]
                return dict(sorted(chosen.items()))
            rest -= size
        raise IndexError(f"a grid of {len(self)} combinations has no number {index}")

    def __repr__(self):
        return f"ParameterGrid({self.param_grid!r})"


def _check_values(name, values):
    """Say so if `values` is not a non-empty list or one-dimensional array."""
    is_list = isinstance(values, Sequence | np.ndarray | range) and not isinstance(values, str)
    if not is_list or np.ndim(values if isinstance(values, np.ndarray) else [0]) != 1:
        raise TypeError(f"the values of {name!r} must be a list or a one-dimensional array, got {values!r} "
                        f"({type(values).__name__}); one value alone is [{values!r}]")
    if len(values) == 0:
        raise ValueError(f"the parameter grid has no value for {name!r}, so there is nothing to try")
