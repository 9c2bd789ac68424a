"""A whole course of two questions, with no machine learning in it: another course can use the autograder."""

from pathlib import Path

import yaml

from autograder.layout import Course
from autograder.notebooks import read_percent, to_bytes

HEADER = """\
# ---
# jupyter:
#   autograder:
#     title: {title}
#     minutes: 5
#     points: {points}
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---
"""


def cell(grade_id, text, *, points=None, markdown=False):
    """Return a percent cell with nbgrader metadata: a test where it has points, else a solution; both for markdown."""
    test, manual = points is not None and not markdown, markdown
    meta = (
        f'{{"grade": {str(test or manual).lower()}, "grade_id": "{grade_id}", "locked": {str(test).lower()}, '
        + (f'"points": {points}, ' if points is not None else "")
        + f'"schema_version": 3, "solution": {str(not test).lower()}, "task": false}}'
    )
    lines = text.strip("\n").splitlines()
    body = "\n".join(f"# {line}".rstrip() for line in lines) if markdown else "\n".join(lines)
    return f"# %%{' [markdown]' if markdown else ''} nbgrader={meta}\n{body}\n"


def double(letter):
    """Return the question "double a number" of the lab (letter q) or of the review (letter r)."""
    solution = '''
def double(number):
    """Return twice the number."""
    ### BEGIN SOLUTION
    return number + number
    ### END SOLUTION
'''
    tests = """
assert double(2) == 4, "twice two is four"
### BEGIN HIDDEN TESTS
assert double(3) == 6, "twice three is six"
### END HIDDEN TESTS
"""
    return [
        f"# %% [markdown]\n# ### Question 1 (basic, 2 points)\n# Double the number ({letter}).\n",
        cell(f"01-{letter}1-basic", solution),
        cell(f"01-{letter}1-basic-tests", tests, points=2),
    ]


def lab_text():
    """Return the lab: two questions for the machine, 2 + 3 points, and one by hand, 1 point."""
    middle = '''
def middle(numbers):
    """Return the median of an odd number of numbers."""
    ### BEGIN SOLUTION
    return sorted(numbers)[len(numbers) // 2]
    ### END SOLUTION
'''
    visible = 'assert middle([1, 2, 3]) == 2, "the middle of 1, 2, 3 is 2"'
    hidden = '''
### BEGIN HIDDEN TESTS
numbers = [9, 1, 7, 5, 2]
assert middle(numbers) == 5, "the numbers need not come in order"
assert numbers == [9, 1, 7, 5, 2], "the numbers of the caller stay as they are"
### END HIDDEN TESTS
'''
    by_hand = """
### Question 3 (by hand, 1 point)
Why is the median robust?

### BEGIN SOLUTION
One number can be as far away as it likes: the middle moves by one place at most. Rubric: 1 point for the idea.
### END SOLUTION
"""
    return "\n".join(
        [
            HEADER.format(title="A tiny lab", points="{basic: 2, advanced: 3, manual: 1}"),
            "# %% [markdown]\n# # A tiny lab\n",
            *double("q"),
            "# %% [markdown]\n# ### Question 2 (advanced, 3 points)\n# Find the middle.\n",
            cell("01-q2-advanced", middle),
            cell("01-q2-advanced-tests", visible, points=1),
            cell("01-q2-advanced-hidden", hidden, points=2),
            cell("01-q3-advanced", by_hand, points=1, markdown=True),
        ]
    )


def review_text():
    """Return the review: one question, 2 points."""
    header = HEADER.format(title="A tiny review", points="{basic: 2, advanced: 0, manual: 0}")
    return "\n".join([header, "# %% [markdown]\n# # A tiny review\n", *double("r")])


# (question, points lost, belief, hint, body of the function), numbered M01-01 ... in this order
BELIEFS = [
    ("q1-basic", 2, "doubling is squaring", "Try three.", "return number ** 2"),
    ("q1-basic", 2, "doubling adds two", "Try three.", "return number + 2"),
    ("q1-basic", 2, "a print is a return", "Return it.", "print(number + number)"),
    ("q2-advanced", 2, "the list is sorted already", "Sort it.", "return numbers[len(numbers) // 2]"),
    ("q2-advanced", 2, "sort() keeps the list", "Sort a copy.", "numbers.sort(); return numbers[len(numbers) // 2]"),
    ("q2-advanced", 3, "the middle is the largest", "Half of the length.", "return sorted(numbers)[-1]"),
    ("r1-basic", 2, "doubling is squaring", "Try three.", "return number ** 2"),
    ("r1-basic", 2, "doubling adds two", "Try three.", "return number + 2"),
    ("r1-basic", 2, "a print is a return", "Return it.", "print(number + number)"),
]


def known_wrong_text():
    """Return the known wrong answers of both notebooks as YAML."""
    rows = []
    for number, (question, loses, belief, hint, body) in enumerate(BELIEFS, start=1):
        signature = "def middle(numbers):" if question.startswith("q2") else "def double(number):"
        rows.append(
            {
                "id": f"M01-{number:02d}",
                "question": f"01-{question}",
                "notebook": "review" if question.startswith("r") else "lab",
                "loses": loses,
                "belief": belief,
                "hint": hint,
                "code": f"{signature}\n    {body}\n",
            }
        )
    return yaml.safe_dump(rows, sort_keys=False)


def survivors_text():
    """Return the explained survivor of the lab as YAML."""
    change = "line 4: 2 -> -2"
    return yaml.safe_dump([{"question": "01-q2-advanced", "change": change, "reason": "The same place, from the end."}])


LECTURE = r"""# %% [markdown]
# # A tiny lecture
#
# We double a number: $y = 2x$, and in a display
#
# $$ \begin{pmatrix} 1 & 2 \end{pmatrix} \hat w = \sum_{i=1}^{n} x_i . $$
#
# <details><summary>Answer</summary>
#
# The answer is $4$.
#
# </details>

# %% tags=["parameters"]
FAST = False
seed = 1

# %%
number = 1 + seed
number + number
"""

DECK = """\
---
title: A tiny deck
subtitle: Unit 01
---
# Doubling

$y = 2x$

Note:
Say it slowly.
---
## A number

```python
print(2 + 2)
```
"""


def write(path, text):
    """Write `text` to `path`, its folders made where missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def tiny_course(folder):
    """Make the tiny course in `folder` and return its Course: one lecture with its twin, one deck, one lab."""
    root = Path(folder)
    lecture = write(root / "course" / "01_tiny.py", LECTURE)
    lecture.with_suffix(".ipynb").write_bytes(to_bytes(read_percent(lecture)))
    write(root / "slides" / "01_tiny.md", DECK)
    lab = {"lab.py": lab_text(), "review.py": review_text(), "known_wrong.yml": known_wrong_text(),
           "survivors.yml": survivors_text()}
    for name, text in lab.items():
        write(root / "labs" / "01_tiny" / name, text)
    return Course(root)
