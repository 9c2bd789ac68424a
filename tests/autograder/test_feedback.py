"""Feedback pages: plain words, a hint, no hidden test, nothing that runs or leaves the machine."""

import json
import re
import shutil

import nbformat
import pytest

from autograder.errors import CourseError
from autograder.feedback import FeedbackExporter, StudentMarkdown, clean, feedback, shown
from autograder.layout import Course
from tests.autograder.conftest import NAME


def page_of(graded_class, student, kind="lab"):
    return graded_class.course.nbgrader / "feedback" / f"demo-{student}" / NAME / f"{kind}.html"


@pytest.mark.slow
def test_everybody_gets_a_page_for_every_notebook(graded_class):
    for student in graded_class.outcomes:
        for kind in ("lab", "review"):
            assert page_of(graded_class, student.removeprefix("demo-"), kind).stat().st_size > 2000, student


@pytest.mark.slow
def test_no_page_holds_the_source_of_a_hidden_test(graded_class):
    for path in (graded_class.course.nbgrader / "feedback").rglob("*.html"):
        text = re.sub(r"<[^>]+>", "", path.read_text())
        for secret in ("HIDDEN", "double(3)", "numbers = [9, 1, 7, 5, 2]", "Traceback", "SOLUTION"):
            assert secret not in text, (path, secret)


@pytest.mark.slow
def test_a_failed_question_says_what_failed_and_hints_at_the_idea(graded_class):
    wrong = {o.case.what: name for name, o in graded_class.outcomes.items() if "known wrong" in o.case.what}
    name = next(name for what, name in wrong.items() if "M01-04" in what)
    text = page_of(graded_class, name.removeprefix("demo-")).read_text()
    assert "the numbers need not come in order" in text
    assert "<strong>A hint:</strong> Sort it." in text


@pytest.mark.slow
@pytest.mark.parametrize(("student", "words"), [
    ("full", ["5 of 6", "level <strong>A</strong>", "1 still to be marked by hand"]),
    ("blank", ["0 of 6", "level <strong>F</strong>", "Not answered yet."]),
    ("late", ["Handed in late", "level <strong>B</strong>"]),
    ("bad-json", ["is not a readable notebook", "0 of 6"]),
    ("empty-folder", ["nothing was handed in"]), ("dead-kernel", ["Python itself ended in the cell 01-q2-advanced"]),
    ("latin-1", ["C&#39;était très difficile", "Latin-1"]),
])
def test_a_page_says_points_level_and_what_was_unusual(graded_class, student, words):
    text = page_of(graded_class, student).read_text()
    for word in words:
        assert word in text or word.replace("&#39;", "'") in text, word


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_works_with_the_network_off_on_a_phone_and_is_accessible(graded_class, new_page, axe, scheme):
    page = new_page(color_scheme=scheme, viewport={"width": 390, "height": 844}, offline=True, bypass_csp=True)
    page.goto(page_of(graded_class, "dead-kernel").as_uri())
    assert page.title() == "A tiny lab: feedback for demo-dead-kernel"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("text=01-q2-advanced >> nth=0")
    assert page.url.endswith("#01-q2-advanced")
    axe(page)


ATTACK = """<script>document.title = "owned"</script><img src=x onerror='document.title = "owned"'>
[click](javascript:alert(1)) ![pixel](https://example.org/spy.png) $\\undefinedmacro{x}$ $x < y$"""


@pytest.mark.slow
def test_nothing_that_a_student_wrote_runs_or_asks_the_network(graded_class, tmp_path, page):
    shutil.copytree(graded_class.course.root, tmp_path / "own", symlinks=True)
    course = Course(tmp_path / "own")
    path = course.nbgrader / "autograded" / "demo-full" / NAME / "lab.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "01-q3-advanced":
            cell.source = ATTACK
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "01-q1-basic":
            cell.outputs = [nbformat.v4.new_output("display_data", data={"text/html": ATTACK}),
                            nbformat.v4.new_output("display_data", data={"application/javascript": "alert(1)"}),
                            nbformat.v4.new_output("display_data", data={"image/svg+xml": "<svg onload='alert(1)'/>"}),
                            nbformat.v4.new_output("stream", name="stdout", text=ATTACK)]
    path.chmod(0o644)
    path.write_text(json.dumps(notebook))
    (written,) = (p for p in feedback(course, NAME, students=["demo-full"])["demo-full"] if p.stem == "lab")
    text = written.read_text()
    assert "<script" not in text and not re.search(r"<[^>]*(\son\w+|src|href)\s*=\s*.?(x|http|javascript)", text)
    page.goto(written.as_uri())
    assert page.title() == "A tiny lab: feedback for demo-full"


@pytest.mark.parametrize(("output", "expected"), [
    (nbformat.v4.new_output("stream", text="<b>"), "<pre>&lt;b&gt;</pre>"),
    (nbformat.v4.new_output("error", ename="NotRun", evalue="late <i>"), '<pre class="error">late &lt;i&gt;</pre>'),
    (nbformat.v4.new_output("error", ename="ValueError", evalue="x"), '<pre class="error">ValueError: x</pre>'),
    (nbformat.v4.new_output("display_data", data={"text/plain": "<b>"}), "<pre>&lt;b&gt;</pre>"),
    (nbformat.v4.new_output("display_data", data={"application/javascript": "alert(1)"}), ""),
    (nbformat.v4.new_output("display_data", data={"image/png": 'AA"x=\n'}),
     '<img alt="Picture made by this cell" src="data:image/png;base64,AA&quot;x=">'),
])
def test_an_output_is_shown_as_text_or_picture_and_never_as_code(output, expected):
    assert shown(output) == expected


def test_a_table_stays_and_everything_that_could_act_goes():
    kept = '<table><thead><tr><th colspan="2">a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>'
    acts = ('<script>x</script><style>td{}</style><a href="javascript:x">b</a><img src="http://x.org">'
            '<p style="color:red" onclick="x">2</p><iframe src="x"></iframe>')
    assert clean(kept) == kept
    assert clean(acts) == "b<p>2</p>"


def test_long_output_is_cut():
    assert len(shown(nbformat.v4.new_output("stream", text="x" * 10**6))) < 5000


@pytest.mark.parametrize(("source", "there", "gone"), [
    ("<script>x</script>", "&lt;script&gt;", "<script>"), ("[a](javascript:x)", "a", 'href="javascript'),
    ("![a](http://x.org/a.png)", "<code>http://x.org/a.png</code>", "<img"), ("$x^2$", "<math", "$"),
    ("$\\nonsense{$", "nonsense", "<math"), ("*so*", "<em>so</em>", "*"),
])
def test_a_students_markdown_is_drawn_with_care(source, there, gone):
    from nbconvert.filters.markdown_mistune import MarkdownWithMath

    text = MarkdownWithMath(renderer=StudentMarkdown(attachments={})).render(source)
    assert there in text
    assert gone not in text


def test_the_page_forbids_scripts_to_any_reader():
    notebook = nbformat.v4.new_notebook(metadata={"feedback": {"title": "<T>", "student": "jane", "notebook": "lab",
                                                              "questions": {}, "notes": ["<b>"], "late": False}})
    about = {"assignment": NAME, "score": 1.0, "max_score": 2.0}
    text, _ = FeedbackExporter().from_notebook_node(notebook, {"nbgrader": about})
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in text
    assert "&lt;T&gt;" in text and "<li>&lt;b&gt;</li>" in text


def test_an_assignment_that_nobody_is_graded_for_is_named(course):
    with pytest.raises(CourseError, match="Nobody is graded for 01_tiny; run: python -m autograder grade 01_tiny"):
        feedback(course, NAME)


@pytest.mark.slow
def test_a_student_who_is_not_graded_is_named(graded_class):
    with pytest.raises(CourseError, match="'jim': not graded"):
        feedback(graded_class.course, NAME, students=["jim"])
