"""Feedback pages: what was asked, what the student wrote, what the tests said in plain words, and a hint.

Made by nbgrader's own ``generate_feedback`` with this exporter and this preprocessor. A page is one file that works
with the network off. It holds no source of a hidden test. Nothing that a student wrote can run in it: raw HTML is shown
as text, outputs are cleaned, and the page forbids scripts and requests to any reader.
"""

import html
import re
from dataclasses import replace
from pathlib import Path

import bleach
import nbformat
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import MarkdownWithMath
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

from autograder.errors import CourseError
from autograder.files import meant
from autograder.gradebook import convert, open_gradebook
from autograder.hints import closest
from autograder.html import MathRenderer
from autograder.known_wrong import load_known_wrong
from autograder.labs import HIDDEN_BEGIN, QUESTION, begin_in, lab_sources, meta
from autograder.layout import Course
from autograder.marks import grade_of
from autograder.policy import load_policy
from autograder.preprocessors import NOT_RUN, score
from autograder.results import Row, read_rows

TEMPLATES = Path(__file__).parent / "templates"
LONGEST = 4000                                        # characters of one output that are shown
TAGS = {"b", "br", "caption", "code", "div", "em", "hr", "i", "li", "ol", "p", "pre", "span", "strong", "sub", "sup"}
TAGS |= {"table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
SPAN = {"td": ["colspan", "rowspan"], "th": ["colspan", "rowspan"]}


class StudentMarkdown(MathRenderer):
    """Markdown of a student: raw HTML shown as text, no pictures from elsewhere, a formula that fails as typed."""

    def __init__(self, **options):
        super().__init__(escape=True, allow_harmful_protocols=False, **options)

    def block_math(self, body):
        """Return a display formula, or its text."""
        return self._drawn(super().block_math, body)

    def inline_math(self, body):
        """Return a formula inside a sentence, or its text."""
        return self._drawn(super().inline_math, body)

    def latex_environment(self, name, body):
        """Return an environment, or its text."""
        return self._drawn(lambda text: super(StudentMarkdown, self).latex_environment(name, text), body)

    def block_html(self, text):
        """Return raw HTML as text."""
        return f"<p>{html.escape(text)}</p>"

    def image(self, text, url, title=None):
        """Return a picture that comes with the notebook, else a link to it."""
        if url.startswith("attachment:") or url.startswith("data:image/"):
            return super().image(text, url, title)
        return f"<code>{html.escape(url)}</code>"

    def _drawn(self, draw, body):
        try:
            return draw(body)
        except CourseError:
            return f"<code>{html.escape(body)}</code>"


@pass_context
def careful_markdown(context, source):
    """Return Markdown as HTML as if a student had written it: the filter of formgrader's pages."""
    renderer = StudentMarkdown(attachments=context.get("cell", {}).get("attachments", {}))
    return MarkdownWithMath(renderer=renderer).render(source)


class FeedbackExporter(HTMLExporter):
    """One page for one notebook of one student."""

    def __init__(self, **options):
        super().__init__(extra_template_basedirs=[str(TEMPLATES)], template_name="feedback_page",
                         extra_template_paths=[str(TEMPLATES)], **options)
        self.filters = {"markdown2html": self.markdown2html}          # not formgrader's, which the configuration names

    @pass_context
    def markdown2html(self, context, source):
        """Return Markdown as HTML: the course's own as in lectures, a student's with care."""
        cell = context.get("cell", {})
        attachments = cell.get("attachments", {})
        if cell.get("metadata", {}).get("feedback", {}).get("kind") == "given":
            renderer = MathRenderer(escape=False, attachments=attachments, **self.lexer_options)
        else:
            renderer = StudentMarkdown(attachments=attachments, **self.lexer_options)
        return MarkdownWithMath(renderer=renderer).render(source)


def clean(text):
    """Return the HTML of an output as tables and text: no script, no style, no link, no picture, no attribute."""
    bare = re.sub(r"<(script|style)\b.*?</\1\s*>", "", str(text), flags=re.DOTALL | re.IGNORECASE)
    return bleach.clean(bare, tags=TAGS, attributes=SPAN, strip=True)


def shown(output):
    """Return one output of a student's cell as safe HTML, empty where there is nothing to show."""
    if output.output_type == "stream":
        return f"<pre>{html.escape(output.text[:LONGEST])}</pre>"
    if output.output_type == "error":
        text = output.get("evalue", "") if output.get("ename") == NOT_RUN else f"{output.ename}: {output.evalue}"
        return f'<pre class="error">{html.escape(text[:LONGEST])}</pre>'
    data = output.get("data", {})
    for kind in ("image/png", "image/jpeg"):
        if kind in data:
            code = html.escape("".join(data[kind]).replace("\n", ""), quote=True)
            return f'<img alt="Picture made by this cell" src="data:{kind};base64,{code}">'
    if "text/html" in data and len(data["text/html"]) < 50 * LONGEST:
        return clean("".join(data["text/html"]))
    return f"<pre>{html.escape(str(data.get('text/plain', ''))[:LONGEST])}</pre>" if "text/plain" in data else ""


class Explain(NbGraderPreprocessor):
    """Writes into a notebook what its feedback page says; takes hidden tests and everything unsafe out."""

    def preprocess(self, nb, resources):
        """Prepare one autograded notebook; `resources` says whose and of which assignment."""
        about = resources["nbgrader"]
        root = Path(self.config.CourseDirectory.root)
        kind, name = about["notebook"], about["assignment"]
        course = Course.here(root)
        released = nbformat.read(root / "release" / name / f"{kind}.ipynb", as_version=4)
        sources = {meta(c).get("grade_id"): c.source for c in released.cells}
        hidden = _hidden(root / "source" / name / f"{kind}.ipynb")
        row = _row(course, name, about["student"], kind)
        grades = {grade.id: grade for grade in row.grades[kind]}
        given = {cell.get("id") for cell in released.cells}
        questions, tests = {}, {}
        if nb.cells and nb.cells[0].cell_type == "markdown":
            nb.cells[0].source = re.sub(r"\A# .*\n?", "", nb.cells[0].source)     # the page has this heading already
        for cell in nb.cells:
            grade_id = meta(cell).get("grade_id")
            cell.metadata["feedback"] = {"kind": "given" if cell.get("id") in given else "added", "outputs": []}
            said = cell.metadata["feedback"]
            outputs = [shown(output) for output in cell.get("outputs", [])]
            if not (is_grade(cell) or is_solution(cell)):
                said.outputs = outputs if said.kind == "added" else []
                continue
            match = QUESTION.match(grade_id)
            question = match[0] if match else grade_id
            questions.setdefault(question, {"got": 0.0, "most": 0.0, "waiting": False, "source": ""})
            if is_grade(cell):
                said.update(_points(cell, grades[grade_id]))
                questions[question]["got"] += said.got
                questions[question]["most"] += said.most
                questions[question]["waiting"] |= said.waiting
            if is_solution(cell):
                said.update(kind="answer", question=question, outputs=outputs, comment=meta(cell).get("comment") or "")
                questions[question]["source"] = cell.source
            else:
                said.update(kind="test", hidden=grade_id in hidden)
                cell.source = _visible(sources.get(grade_id, ""))
                tests.setdefault(question, []).append(cell)
            cell.outputs = []
        self._hints(questions, tests, *_known(course, name, kind))
        nb.metadata["feedback"] = {
            "title": released.metadata.get("autograder", {}).get("title", name), "notebook": kind,
            "student": row.student, "questions": questions, "late": row.late, "notes": row.notes,
            "level": row.level(kind, load_policy()), "waiting": float(row.waiting(kind)),
        }
        return nb, resources

    def _hints(self, questions, tests, wrong, solutions):
        """Put the hint of the known wrong answer that an answer looks like behind its last failed test."""
        for name, question in questions.items():
            failed = [c for c in tests.get(name, []) if c.metadata["feedback"]["got"] < c.metadata["feedback"]["most"]]
            mine = [answer for answer in wrong if answer.question == name]
            if failed and (found := closest(question.get("source", ""), mine, solutions.get(name, ""))):
                failed[-1].metadata["feedback"]["hint"] = found.hint


def _row(course, assignment, student, kind):
    """Return the row of one student as the gradebook has it now, marks by hand included."""
    rows = read_rows(course.nbgrader, assignment)
    kept = next((row for row in rows if row.student == student), Row(student, assignment))
    with open_gradebook(course) as gradebook:
        submission = gradebook.find_submission_notebook(kind, assignment, student)
        return replace(kept, grades={kind: [grade_of(grade) for grade in submission.grades]})


def _points(cell, grade):
    """Return what the page says of one graded cell: points, and why they are not all."""
    waiting = grade.got is None
    return {"got": grade.got or 0.0, "most": grade.most, "waiting": waiting, "why": "" if waiting else score(cell)[1]}


def _visible(source):
    """Return the source of a test as released, empty where only comments are left of it."""
    lines = (line.strip() for line in source.splitlines())
    return source if any(line and not line.startswith("#") for line in lines) else ""


def _hidden(path):
    """Return the grade ids of test cells that hold a hidden region."""
    if not path.exists():
        return set()
    return {meta(c)["grade_id"] for c in nbformat.read(path, as_version=4).cells
            if begin_in(c, HIDDEN_BEGIN) and meta(c).get("grade_id")}


def _known(course, name, kind):
    """Return the known wrong answers of one notebook and ``{question: solution}``, empty where the lab is gone."""
    try:
        folder = course.lab(name)
        wrong = [answer for answer in load_known_wrong(folder) if answer.notebook == kind]
        source = lab_sources(folder).get(kind)
    except CourseError:
        return [], {}
    return wrong, {meta(c)["grade_id"]: c.source for c in source.cells if is_solution(c)} if source else {}


def feedback(course, assignment, *, students=None, on_student=None):
    """Write the feedback pages of an assignment and return ``{student: [Path, ...]}``; CourseErrors come as values.

    Parameters
    ----------
    course : Course
    assignment : str
    students : list of str, optional
        Only these; all who were graded unless given.
    on_student : callable, optional
        Called with each student as the pages are ready.

    Raises
    ------
    CourseError
        If nobody was graded, or a student named was not.
    """
    from nbgrader.converters import GenerateFeedback

    there = sorted(p.parent.name for p in (course.nbgrader / "autograded").glob(f"*/{assignment}") if p.is_dir())
    if not there:
        raise CourseError(f"Nobody is graded for {assignment}; run: python -m autograder grade {assignment}")
    if unknown := sorted(set(students or ()) - set(there)):
        raise CourseError(f"{', '.join(map(repr, unknown))}: not graded for {assignment}.{meant(unknown[0], there)}")
    pages = {}
    for student in sorted(students or there):
        try:
            convert(course, GenerateFeedback, assignment, student)
            pages[student] = sorted((course.nbgrader / "feedback" / student / assignment).glob("*.html"))
        except CourseError as error:
            pages[student] = error
        if on_student:
            on_student(student)
    return pages
