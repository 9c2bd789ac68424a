"""The pages of the reports: one file each, nothing loaded from elsewhere, nothing of a student's that could run."""

from itertools import count
from pathlib import Path

from markupsafe import Markup, escape

from autograder.errors import CourseError
from autograder.files import write_whole

FOLDERS = [Path(__file__).parent / "templates", Path(__file__).parents[1] / "templates"]
MOST = 60                                             # pairs that are shown side by side


def _dash(value, form="{:.2f}"):
    """Return a number as text, a dash for none."""
    return "–" if value is None else form.format(value)


def render(template, **values):
    """Return a page.

    Raises
    ------
    CourseError
        If the page would load anything from elsewhere.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from autograder.html import outside_links

    environment = Environment(loader=FileSystemLoader(FOLDERS), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)
    environment.filters["dash"] = _dash
    text = environment.get_template(template).render(**values)
    if outside := outside_links(text):
        raise CourseError(f"{template}: the page would load {', '.join(outside)}.")
    return text.encode("utf-8", "replace").decode()


def place(course, assignment, name):
    """Return where a page of an assignment is written."""
    return course.build / "reports" / assignment / f"{name}.html"


def statistics_page(course, found):
    """Write the page of a statistics.Report and return its path."""
    from autograder.reports import pictures

    drawn = {}
    for number, notebook in enumerate(found.notebooks):
        drawn[notebook.name] = [Markup(draw(notebook, f"picture-{number}-{draw.__name__}"))
                                for draw in (pictures.distribution, pictures.outcomes, pictures.quality)]
    text = render("statistics.html.j2", report=found, pictures=drawn)
    return write_whole(place(course, found.assignment, "statistics"), text)


def marked(source, spans):
    """Return a source as HTML with its common parts marked; the source can do nothing in the page.

    Parameters
    ----------
    source : str
    spans : list of (number, start, end)
        As `similarity.common_parts` returns them: sorted, none inside another.
    """
    pieces, here = [], 0
    for number, start, end in spans:
        pieces += [escape(source[here:start]), Markup("<mark><sup>{}</sup>{}</mark>").format(number, source[start:end])]
        here = end
    return Markup("").join([*pieces, escape(source[here:])])


def similar_page(course, assignment, pairs, hand_ins, release):
    """Write the page of pairs that are alike and return its path."""
    from autograder.reports.similarity import OWN, Prints, common_parts

    prints, shown = Prints(release), []
    for number, pair in zip(count(1), pairs[:MOST]):
        answers = []
        for (notebook, question), likeness in pair.questions.items():
            for left, right in _sides(pair, notebook, "" if question == OWN else question):
                spans = common_parts(left, right, prints)
                if spans[0]:
                    answers.append({"notebook": notebook, "question": question, "likeness": likeness,
                                    "left": marked(left.source, spans[0]), "right": marked(right.source, spans[1])})
        shown.append({"number": number, "pair": pair, "answers": answers})
    text = render("similar.html.j2", assignment=assignment, pairs=shown, more=pairs[MOST:], hand_ins=len(hand_ins))
    return write_whole(place(course, assignment, "similar"), text)


def _sides(pair, notebook, question):
    """Yield the cells to be compared: the two answers, or every cell of one's own with every other's."""
    mine, theirs = ([part for part in hand_in.parts if (part.notebook, part.question) == (notebook, question)]
                    for hand_in in (pair.left, pair.right))
    for left in mine:
        for right in theirs:
            yield left, right
