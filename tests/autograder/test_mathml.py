"""Formulas become MathML whole, or the error names the formula."""

import re
from xml.etree import ElementTree

import pytest

from autograder import mathml
from autograder.errors import CourseError
from autograder.mathml import to_mathml

M = "{http://www.w3.org/1998/Math/MathML}"
COMMON = [
    r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
    r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}^\top x",
    r"\begin{array}{c|c} 1 & 2 \\ 3 & 4 \end{array}^\top",
    r"\begin{cases} 1 & x > 0 \\ 0 & \text{else} \end{cases}",
    r"\begin{aligned} a &= b \\ &= c \end{aligned}",
    r"\underbrace{a + b}_{\text{sum}} + \overbrace{c}^{2}",
    r"\lVert Xw - y \rVert_2^2 + \|w\|_1 + \left\lVert x \right\rVert + \Bigl\|x\Bigr\|",
    r"w \in \mathbb{R}^{n}, \mathbb{E}[x], \mathcal{L}, \mathbf{w}, \boldsymbol{\theta}, \mathrm{MSE}(w)",
    r"\hat y, \bar x, \tilde x, \vec v, \dot x, \widehat{ab}",
    r"x_1, \dots, x_n, \ldots, \cdots, \vdots",
    r"\operatorname{sign}(x), \operatorname*{arg\,min}_w f(w), \arg\min_w J(w)",
    r"\text{where $x_i$ is a number}",
    r"\nabla_w J(w) = \frac{\partial J}{\partial w} = \tfrac{2}{m} X^\top (Xw - y)",
    r"\left( \frac{a}{b} \,\middle|\, c \right), \left\{ x \right.",
    r"10{,}000 \cdot 5\,\%, \mathbf{1}\{y = k\}, \sqrt[3]{x}, \binom{n}{k}, \lfloor x \rfloor",
    r"a \le b \ge c \ne d \approx e \propto f \ll g \mapsto h \Rightarrow i \iff j \to k",
]


@pytest.mark.parametrize("display", [False, True])
@pytest.mark.parametrize("latex", COMMON)
def test_common_constructs_are_drawn_whole(latex, display):
    text = to_mathml(latex, display=display)
    root = ElementTree.fromstring(text)
    assert root.tag == M + "math"
    assert root.get("display") == ("block" if display else "inline")
    assert "\\" not in "".join(root.itertext())
    assert root.get("alttext") == " ".join(latex.split())


@pytest.mark.parametrize(
    ("latex", "says"),
    [
        (r"x + \nosuchcommand", r"\nosuchcommand"),
        (r"\frac{1}{", "cannot be drawn"),
        (r"a & b", "& outside"),
        (r"a \\ b", "breaks a line outside"),
        (r"\left( x", "cannot be drawn"),
        ("x^", "cannot be drawn"),
    ],
)
def test_a_formula_that_cannot_be_drawn_is_an_error_that_names_it(latex, says):
    with pytest.raises(CourseError, match=re.escape(says)) as caught:
        to_mathml(latex)
    assert repr(latex.strip()) in str(caught.value)


def test_a_translation_with_a_part_too_many_is_an_error(monkeypatch):
    wrong = to_mathml("x^2").replace("<mn>2</mn>", "<mn>2</mn><mn>3</mn>")
    monkeypatch.setattr(mathml, "convert", lambda source, display: wrong)
    with pytest.raises(CourseError, match=r"'x\^2' has an index or a fraction without its two parts"):
        to_mathml("x^2")


def test_limits_stand_below_in_a_display_and_beside_in_a_sentence():
    assert "<munder><mo>min</mo>" in to_mathml(r"\min_w J", display=True)
    assert "<msub><mo>min</mo>" in to_mathml(r"\min_w J")


def test_an_exponent_of_a_matrix_has_the_matrix_as_its_base():
    power = ElementTree.fromstring(to_mathml(r"\begin{bmatrix} 1 \end{bmatrix}^\top")).find(f".//{M}msup")
    assert len(power) == 2
    assert power[0].find(f".//{M}mtable") is not None


def test_bold_letters_are_bold_characters():
    assert "𝐰" in to_mathml(r"\mathbf{w}")
    assert "𝜽" in to_mathml(r"\boldsymbol{\theta}")
    assert "mathvariant" not in to_mathml(r"\mathbf{1} \boldsymbol{\beta}")


def test_functions_keep_a_space_before_their_argument():
    assert "<mi>log</mi><mspace" in to_mathml(r"\log x")
    assert "<mi>log</mi><mspace" not in to_mathml(r"\log(x)")
