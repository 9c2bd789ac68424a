"""Run the cells of a notebook in this process: a list of cells as JSON on stdin, points by grade id as JSON on stdout.

Called by ``autograder.known_wrong.score_without_kernel``; knows the standard library only, so that it starts at once.
"""

import ast
import contextlib
import io
import json
import math
import sys
import types


def run(source, name, namespace):
    """Execute one cell; return the value of its last line where that is an expression."""
    tree = ast.parse(source, name)
    last = ast.Expression(tree.body.pop().value) if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), namespace)
    return eval(compile(last, name, "eval"), namespace) if last else None


def earned(value, most):
    """Return the points that a test cell which ended in `value` earns: all, or the number that it gave."""
    if isinstance(value, bool):
        return most if value else 0.0
    scalar = type(value).__module__ == "numpy" and getattr(value, "shape", None) == () and hasattr(value, "__float__")
    if not scalar and not isinstance(value, (int, float)):
        return most
    return min(max(float(value), 0.0), most) if math.isfinite(value) else 0.0


def main():
    """Run all cells in one namespace; a cell that fails does not stop the next."""
    cells = json.load(sys.stdin)
    module = sys.modules["__main__"] = types.ModuleType("__main__")    # classes defined in cells can be pickled
    points = {}
    for cell in cells:
        most = cell["points"]
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                value = run(cell["source"], f"<{cell['id']}>", module.__dict__)
        except KeyboardInterrupt:
            raise
        except BaseException:
            value, failed = None, True
        else:
            failed = False
        if most is not None:
            points[cell["id"]] = 0.0 if failed else earned(value, float(most))
    sys.stdout.write("\n" + json.dumps(points))


if __name__ == "__main__":
    main()
