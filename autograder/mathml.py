r"""Formulas as MathML at build time: browsers draw it themselves, with no script and no network.

``latex2mathml`` does the translation. Round it stand the few repairs that its results need in today's browsers, and one
rule: a formula that cannot be translated whole is an error that names it, never a backslash on the page.
"""

import re
from xml.etree import ElementTree

from latex2mathml.converter import convert

from autograder.errors import CourseError

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
LIMITS = {"min", "max", "sup", "inf", "lim", "argmin", "argmax"}

# Spellings that latex2mathml does not know, as ones that it knows.
SPELLINGS = [
    (re.compile(r"\\(begin|end)\{(?:aligned|alignedat|split|align|eqnarray\*?)\}"), r"\\\1{align*}"),
    (re.compile(r"\\(begin|end)\{(?:gathered|gather\*?|multline\*?)\}"), r"\\\1{matrix}"),
    (re.compile(r"\\(?:label|nonumber|notag|hline|limits|nolimits)(?![A-Za-z])(?:\{[^{}]*\})?"), ""),
    (re.compile(r"\\tag\*?\{([^{}]*)\}"), r"\\qquad(\\text{\1})"),
    (re.compile(r"\\arg\s*\\(min|max)(?![A-Za-z])"), r"\\mathop{arg\1}"),
    (re.compile(r"\\arg(?![A-Za-z])"), r"\\text{arg}"),
    (re.compile(r"\\operatorname\*\{\s*arg\s*(?:\\[,; ])?\s*(min|max)\s*\}"), r"\\mathop{arg\1}"),
    (re.compile(r"\\operatorname\*?\{arg\\,(min|max)\}"), r"\\mathop{arg\1}"),
    (re.compile(r"\\mathop\{(?:\\mathrm|\\rm|\\text)\{([A-Za-z ]+)\}\}"), r"\\mathop{\1}"),
    (re.compile(r"\\operatorname\*?\{([A-Za-z ]+)\}"), r"\\mathop{\1}"),
    (re.compile(r"\\(?:mathrm|textrm|mbox)\{([^{}\\$]*)\}"), r"\\text{\1}"),
    # braces round a matrix, so that an exponent finds its base
    (re.compile(r"\\begin\{([pbBvV]matrix|smallmatrix|array|cases)\}"), r"{\\begin{\1}"),
    (re.compile(r"\\end\{([pbBvV]matrix|smallmatrix|array|cases)\}"), r"\\end{\1}}"),
    (re.compile(r"(\\[bB]igg?[lrm]?)\s*\\(?:\||[lr]?Vert(?![A-Za-z]))"), r"\1‖ "),
    (re.compile(r"(\\[bB]igg?[lrm]?)\s*\\[lr]?vert(?![A-Za-z])"), r"\1| "),
    (re.compile(r"\\not\s*="), r"\\neq "),
    (re.compile(r"\\setminus(?![A-Za-z])"), r"\\smallsetminus"),
    (re.compile(r"\\(?:bm|pmb)(?![A-Za-z])"), r"\\boldsymbol"),
    (re.compile(r"\\(?:displaystyle|textstyle)(?![A-Za-z])"), ""),
]
INNER_MATH = re.compile(r"\\text\{([^{}$]*)\$([^$]*)\$([^{}]*)\}")
APPLY = "\u2061"                                      # marks a named operator on its way through the translator
FUNCTION = re.compile(r"\\mathop\{([A-Za-z ]+)\}")
BOLD = {"A": 0x1D400, "a": 0x1D41A, "0": 0x1D7CE, "Α": 0x1D6A8, "α": 0x1D6C2}
BOLD_ITALIC = {"A": 0x1D468, "a": 0x1D482, "0": 0x1D7CE, "Α": 0x1D71C, "α": 0x1D736}
RANGES = (("A", "Z"), ("a", "z"), ("0", "9"), ("Α", "Ω"), ("α", "ω"))
ARITY = {"msub": 2, "msup": 2, "munder": 2, "mover": 2, "mfrac": 2, "mroot": 2, "msubsup": 3, "munderover": 3}
OPENING = {"(", "[", "{", ",", ")", "]", "}", "="}


def to_mathml(latex, *, display=False):
    """Return the formula `latex` as one ``<math>`` element, as text.

    Parameters
    ----------
    latex : str
        A formula without its dollar signs.
    display : bool
        On a line of its own, with large sums, or inside a sentence.

    Raises
    ------
    CourseError
        If any part of it cannot be translated; the message holds the formula and the part.

    Examples
    --------
    >>> "<mi>x</mi>" in to_mathml("x^2")
    True
    """
    source = respell(latex)
    try:
        root = ElementTree.fromstring(convert(source, display="block" if display else "inline"))
    except ElementTree.ParseError:
        raise CourseError(f"The formula {latex.strip()!r} has an & outside a matrix or aligned lines.") from None
    except Exception as error:
        reason = f"{type(error).__name__} {error}".strip()
        raise CourseError(f"The formula {latex.strip()!r} cannot be drawn: {reason}.") from None
    _complain_about_rest(root, latex)
    for parent in list(root.iter()):
        _repair(parent, display)
    root.set("alttext", " ".join(latex.split()))
    text = ElementTree.tostring(root, encoding="unicode")
    return re.sub(r"(</?)ns0:", r"\1", text).replace("xmlns:ns0", "xmlns")


def respell(latex):
    r"""Return `latex` in the spellings that the translator knows.

    >>> respell(r"\begin{aligned} a &= b \end{aligned}")
    '\\begin{align*} a &= b \\end{align*}'
    """
    while INNER_MATH.search(latex):
        latex = INNER_MATH.sub(r"\\text{\1}{\2}\\text{\3}", latex)
    for pattern, spelling in SPELLINGS:
        latex = pattern.sub(spelling, latex)
    # A named operator goes through as a word that the repairs below find again.
    return FUNCTION.sub(lambda match: rf"\text{{{APPLY}{match[1]}}}", latex)


def _complain_about_rest(root, latex):
    """Raise for what the translator left as it was: a command, or a line break outside an environment."""
    for element in root.iter():
        if len(element) != ARITY.get(_tag(element), len(element)):
            raise CourseError(f"The formula {latex.strip()!r} has an index or a fraction without its two parts.")
        left = re.search(r"\\[A-Za-z]+|\\.", element.text or "")
        if left:
            raise CourseError(f"The formula {latex.strip()!r} uses {left[0]}, which cannot be drawn offline.")
        if element.get("linebreak") == "newline":
            raise CourseError(f"The formula {latex.strip()!r} breaks a line outside aligned lines or a matrix.")


def _tag(element):
    return element.tag.rpartition("}")[2]


def _named(element):
    """Return the name of the function that `element` is, such as log; None if it is none."""
    if _tag(element) in ("msub", "msup", "msubsup", "munder") and len(element):
        element = element[0]
    text = (element.text or "").strip()
    if text.startswith(APPLY):
        return text[1:]
    return text if _tag(element) in ("mi", "mo") and len(text) > 1 and text.isascii() and text.isalpha() else None


def _repair(parent, display):
    """Mend the children of one element; see the module for why."""
    if _tag(parent) == "mtable":
        parent.set("displaystyle", str(display).lower())
        if parent.get("columnspacing", "").startswith("0em"):
            parent.set("class", "aligned")                     # the style sheet closes the gap round the sign
    if align := parent.get("columnalign"):
        parent.set("style", f"text-align: {align}")            # MathML Core has no columnalign
    if parent.get("mathvariant") in ("bold", "bold-italic"):
        _embolden(parent, BOLD_ITALIC if parent.get("mathvariant") == "bold-italic" else BOLD)
    if _tag(parent) == "mo" and parent.text in ("‖", "|", "∣") and parent.get("fence") is None:
        parent.set("stretchy", "false")                        # the two bars of a norm keep one height
        if parent.text != "∣":
            parent.set("lspace", "0")                          # as in TeX: a bar has no space of its own, \\mid has
            parent.set("rspace", "0")
    if _tag(parent) == "mover" and len(parent) == 2 and parent[1].text in ("~", "¯", "ˆ", "^", "˙", "→", "―"):
        parent.set("accent", "true")
    children = list(parent)
    for index, child in enumerate(children):
        name = _named(child)
        if name is None:
            continue
        if _tag(child) == "msub" and name in LIMITS and display:
            child.tag = f"{{{NAMESPACE}}}munder"
        follower = children[index + 1] if index + 1 < len(children) else None
        stops = follower is None or (_tag(follower) == "mo" and follower.text in OPENING)
        if _tag(parent) in ("math", "mrow", "mtd", "mstyle") and not stops and _tag(follower) != "mspace":
            space = ElementTree.Element(f"{{{NAMESPACE}}}mspace", width="0.167em")
            parent.insert(list(parent).index(child) + 1, space)
    if (parent.text or "").startswith(APPLY):
        word = parent.text[1:]
        parent.text = re.sub(r"^arg(?=m)", "arg\u2009", word)


def _embolden(element, letters):
    """Replace the letters of `element` by the bold ones of Unicode: browsers draw no mathvariant but normal."""
    if _tag(element) == "mtext":
        element.set("style", "font-weight: bold")
    else:
        element.text = "".join(_bold(letter, letters) for letter in element.text or "")
    del element.attrib["mathvariant"]


def _bold(letter, letters):
    for first, last in RANGES:
        if first <= letter <= last:
            return chr(letters[first] + ord(letter) - ord(first))
    return letter
