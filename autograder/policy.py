"""The grading policy of a course, as data and in exact arithmetic.

Levels are letters on a scale of whole numbers (A = 5 ... F = 0). Averages are fractions, so that 3.5 is 3.5; a float
would make it 3.4999 or 3.5000001 now and then, and a grade with it.

References
----------
Lecture 1, "The Final Grade": weights 0.2, 0.25, 0.25, 0.3; rounded up only if more than half; late costs a level; at
least E in everything. Golden rows G001 to G004.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from autograder.errors import CourseError
from autograder.files import meant, read_text

DEFAULT = Path(__file__).with_name("policy.yml")


def _exact(value):
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Fraction)):
        raise ValueError(f"{value!r} is not a number; write 0.25 or 1/4")
    try:
        return value if isinstance(value, Fraction) else Fraction(str(value).replace(" ", ""))
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{value!r} is not a number; write 0.25 or 1/4") from None


def _share(value):
    share = _exact(value)
    if not 0 <= share <= 1:
        raise ValueError(f"{value} is not a share; it must lie between 0 and 1")
    return share


Share = Annotated[Fraction, BeforeValidator(_share)]


class Strict(BaseModel):
    """A part of the policy file; a key that nobody reads is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class LabRow(Strict):
    """A level of a lab and the shares of basic and advanced points that it needs."""

    level: str
    basic: Share
    advanced: Share


class ReviewRow(Strict):
    """A level of a review and the share of its points that it needs."""

    level: str
    share: Share


class ProjectRow(Strict):
    """A level of a project, the proposal that it needs, and the shares of questions."""

    level: str
    proposal: Literal["A", "C"]
    basic: Share
    advanced: Share


class Component(Strict):
    """A part of the final grade."""

    weight: Share
    rubric: Literal["lab", "review", "project"]
    assignments: Literal["all"] | list[str] = Field(default_factory=list)


class Policy(Strict):
    """Everything that turns points into levels and levels into a letter."""

    scale: dict[str, int]
    passing: str = Field(alias="pass")
    late: int = Field(ge=0)
    round_up_above: Share
    resubmission: Literal["best", "last"] = "last"    # which hand-in of a student counts
    group_size: int = Field(default=2, ge=1)          # how many may hand in together
    components: dict[str, Component]
    lab: list[LabRow]
    review: list[ReviewRow]
    project: list[ProjectRow]

    @field_validator("scale", mode="before")
    @classmethod
    def _scale_counts_down(cls, scale):
        if not isinstance(scale, dict) or len(scale) < 2:
            raise ValueError("the scale needs at least two levels, best first, such as {A: 5, F: 0}")
        if not all(isinstance(key, str) for key in scale):
            raise ValueError("the levels of the scale must be text")
        values = list(scale.values())
        if not all(type(v) is int for v in values) or values != list(range(values[0], values[0] - len(values), -1)):
            raise ValueError(f"the scale must count down by one from the best level, got {values}")
        return scale

    @model_validator(mode="after")
    def _parts_agree(self):
        total = sum(c.weight for c in self.components.values())
        if total != 1:
            parts = " + ".join(str(c.weight) for c in self.components.values())
            raise ValueError(f"the weights of the components must sum to 1, they sum to {parts} = {total}")
        levels = ", ".join(self.scale)
        if self.passing not in self.scale:
            raise ValueError(f"pass names the unknown level {self.passing!r}; levels are {levels}")
        for name, component in self.components.items():
            if component.rubric == "project" and component.assignments:
                raise ValueError(f"{name}: a project has no assignments; its level comes from the CSV of levels")
        for rubric in ("lab", "review", "project"):
            rows = getattr(self, rubric)
            if not rows:
                raise ValueError(f"the {rubric} rubric has no row")
            for row in rows:
                if row.level not in self.scale:
                    raise ValueError(f"the {rubric} rubric names the unknown level {row.level!r}; levels are {levels}")
            values = [self.scale[row.level] for row in rows]
            if values != sorted(values, reverse=True):
                raise ValueError(f"the rows of the {rubric} rubric must come best level first, got "
                                 f"{', '.join(row.level for row in rows)}")
            for number, row in enumerate(rows):
                if better := next((r for r in rows[:number] if r.level != row.level and _asks_no_more(r, row)), None):
                    raise ValueError(f"the {rubric} rubric never gives {row.level}: {better.level} asks for no more")
        return self

    @property
    def worst(self):
        """The level of nothing done."""
        return list(self.scale)[-1]

    def letter(self, value):
        """Return the level that stands for a whole number of the scale."""
        for letter, number in self.scale.items():
            if number == value:
                return letter
        raise CourseError(f"{value} is not a value of the scale {self.scale}.")

    def check(self, level):
        """Return `level` if the scale has it, else say which levels there are."""
        if level not in self.scale:
            raise CourseError(f"{level!r} is not a level; levels are {', '.join(self.scale)}.")
        return level

    def rounded(self, average):
        """Return the whole number for an exact average: up only when its fraction is more than ``round_up_above``."""
        average = _exact(average)
        whole = math.floor(average)
        return whole + (average - whole > self.round_up_above)

    def lowered(self, level):
        """Return the level of a late hand-in: ``late`` levels down, never below the last."""
        return self.letter(max(self.scale[self.check(level)] - self.late, self.scale[self.worst]))

    def lab_level(self, basic, basic_most, advanced, advanced_most):
        """Return the level of a lab from points got and points there are, in basic and in advanced questions."""
        shares = _part(basic, basic_most), _part(advanced, advanced_most)
        return self._first(row for row in self.lab if shares[0] >= row.basic and shares[1] >= row.advanced)

    def review_level(self, got, most):
        """Return the level of a review from points got and points there are."""
        share = _part(got, most)
        return self._first(row for row in self.review if share >= row.share)

    def project_level(self, proposal, basic, advanced, *, runs=True):
        """Return the level of a project.

        Parameters
        ----------
        proposal : {"A", "C"}
            How demanding the confirmed proposal was; A-level code counts as C-level code, too.
        basic, advanced : share of the questions answered, between 0 and 1
        runs : bool
            Whether there is source code that runs; without it nothing counts.
        """
        if proposal not in ("A", "C"):
            raise CourseError(f"A proposal is A-level or C-level, not {proposal!r}.")
        basic, advanced = _part(basic, 1), _part(advanced, 1)
        return self._first(row for row in self.project if runs and proposal in ("A", row.proposal)
                           and basic >= row.basic and advanced >= row.advanced)

    def _first(self, rows):
        return next((row.level for row in rows), self.worst)

    def mean(self, levels):
        """Return the level that stands for several: their exact mean, rounded by the policy."""
        values = [self.scale[self.check(level)] for level in levels]
        if not values:
            raise CourseError("The mean of no levels is not a level.")
        return self.letter(self.rounded(Fraction(sum(values), len(values))))

    def final(self, levels):
        """Return the Final grade for ``{component: level}``; a component that has none yet is missing or None.

        Raises
        ------
        CourseError
            If a component or a level is unknown.
        """
        if unknown := set(levels) - set(self.components):
            names = ", ".join(sorted(unknown))
            raise CourseError(f"Unknown components {names}; there are {', '.join(self.components)}.")
        missing = tuple(name for name in self.components if levels.get(name) is None)
        known = {name: self.check(levels[name]) for name in self.components if levels.get(name) is not None}
        failed = tuple(name for name, level in known.items() if self.scale[level] < self.scale[self.passing])
        if failed:
            return Final(self.worst, None, missing, failed)
        if missing:
            return Final(None, None, missing, failed)
        average = sum(self.components[name].weight * self.scale[level] for name, level in known.items())
        return Final(self.letter(self.rounded(average)), average, missing, failed)


@dataclass(frozen=True)
class Final:
    """A final grade, or what stands in its way."""

    letter: str | None
    average: Fraction | None
    missing: tuple = ()
    failed: tuple = ()

    @property
    def why(self):
        """Return the reason in a few words."""
        if self.failed:
            return f"below the pass level: {', '.join(self.failed)}"
        return f"incomplete: {', '.join(self.missing)}" if self.missing else f"average {float(self.average):.4g}"


def _asks_no_more(row, other):
    """Say whether whoever fulfils the row `other` of a rubric fulfils `row`, too."""
    wants, has = ([{"A": 1, "C": 0}[v] if name == "proposal" else v for name, v in r if name != "level"]
                  for r in (row, other))
    return all(want <= have for want, have in zip(wants, has, strict=True))


def _part(got, most):
    """Return got / most, exactly; all of nothing is everything."""
    got, most = _exact(got), _exact(most)
    if most < 0 or got < 0 or got > most:
        raise CourseError(f"Points got must lie between 0 and the points there are, got {got} of {most}.")
    return got / most if most else Fraction(1)


def load_policy(path=None):
    """Return the Policy in the YAML file `path`, the course's own unless given.

    Raises
    ------
    CourseError
        Naming the file and every mistake in it.
    """
    path = Path(path or DEFAULT)
    text = read_text(path, "The policy")
    try:
        data = yaml.load(text, Loader=_NoDoubleKeys)
    except (yaml.YAMLError, ValueError, RecursionError) as error:     # ValueError: a date that there is not
        raise CourseError(f"{path.name} is not readable YAML: {error}") from None
    if not isinstance(data, dict):
        kind = "empty" if data is None else type(data).__name__
        raise CourseError(f"{path.name} should hold keys such as scale, components and lab; it is {kind}.")
    try:
        return Policy.model_validate(data)
    except ValidationError as error:
        wrong = [
            f"{' > '.join(map(str, e['loc'])) or 'policy'}: {_in_words(e)}"
            for e in error.errors()
        ]
        raise CourseError(f"{path.name} is not a policy:\n- " + "\n- ".join(wrong)) from None


def _in_words(error):
    """Return what pydantic found wrong with one value, in the words of this file."""
    if error["type"] == "missing":
        return "this key is missing"
    if error["type"] == "extra_forbidden":
        known = {name: field.alias or name for name, field in Policy.model_fields.items()}
        near = meant(str(error["loc"][-1]), known.values()) if len(error["loc"]) == 1 else ""
        return f"nobody reads this key.{near}"
    if error["type"] == "value_error":
        return error["msg"].removeprefix("Value error, ")
    return f"{error['msg']}, got {error['input']!r}"


class _NoDoubleKeys(yaml.SafeLoader):
    """A YAML loader that refuses a key that comes twice; YAML would keep the last silently."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} comes twice", node.start_mark)
        return super().construct_mapping(node, deep=deep)
