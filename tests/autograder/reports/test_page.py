"""The pages: they work offline, nothing of a student's runs in them, pictures can be heard, and they fit a phone."""

import random
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from autograder.layout import Course
from autograder.reports import pictures
from autograder.reports.answers import HandIn, Part, released
from autograder.reports.page import marked, similar_page, statistics_page
from autograder.reports.similarity import background, compare
from autograder.reports.statistics import Notebook, Report, report, statistics
from tests.autograder.reports.made_up import disguised, release_of, students
from tests.autograder.reports.test_statistics import rows

LAB = Path(__file__).parents[3] / "labs" / "03_regression"
EVIL = "# </pre></div><script>alert(2)</script><img src=https://example.org/x onerror=alert(3)>\nx = 1\n"


@pytest.fixture(scope="module")
def pages(graded, tmp_path_factory):
    """Return the paths of a page of statistics and a page of pairs, the latter with hostile students."""
    course = Course(tmp_path_factory.mktemp("pages"))
    found = students(LAB, 12, seed=500)
    evil = HandIn(("<script>alert(1)</script>",), (*found[3].parts, Part("lab", "", "code", EVIL)))
    copy = disguised(found[3], "copy", "renamed", random.Random(1))
    everyone = [evil if each is found[3] else each for each in found] + [copy]
    release = release_of(LAB)
    pairs = compare(everyone, release, background(LAB))
    assert pairs
    return (statistics_page(course, report(graded.course, graded.name)),
            similar_page(course, "03_regression", pairs, everyone, release))


def test_no_script_no_request_and_a_policy_that_forbids_both(pages):
    for path in pages:
        soup = BeautifulSoup(path.read_text(), "html.parser")
        assert not soup.find_all(["script", "iframe", "object", "link", "img"])
        assert not [tag for tag in soup.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
        policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
        assert policy.startswith("default-src 'none'")
        assert "http" not in "".join(str(tag.get("href", "")) for tag in soup.find_all(href=True))


def test_what_students_wrote_and_are_called_is_shown_as_text(pages):
    text = pages[1].read_text()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text and "<script" not in text
    assert marked("<a> <b> <c>", [(1, 4, 7)]) == "&lt;a&gt; <mark><sup>1</sup>&lt;b&gt;</mark> &lt;c&gt;"
    assert marked("<a>", []) == "&lt;a&gt;"


def test_the_page_of_pairs_says_that_a_pair_is_no_verdict_and_shows_both_sides(pages):
    soup = BeautifulSoup(pages[1].read_text(), "html.parser")
    assert "a reason to look, not a verdict" in soup.get_text()
    for side in soup.select(".side"):
        left, right = side.select("pre")
        numbers = [sorted(mark.sup.get_text() for mark in each.find_all("mark")) for each in (left, right)]
        assert numbers[0] == numbers[1] != []


def test_every_picture_has_a_title_a_description_and_ids_of_its_own(pages):
    text = pages[0].read_text()
    soup = BeautifulSoup(text, "html.parser")
    found = soup.find_all("svg")
    assert len(found) >= 4
    for svg in found:
        title, description = (soup.find(id=name) for name in svg["aria-labelledby"].split())
        assert svg["role"] == "img" and title.get_text() and description.get_text()
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', text))
    assert used <= set(ids)
    assert "currentColor" in text and pictures.INK not in text


def test_the_words_of_a_picture_are_its_numbers():
    notebook = statistics(rows())[0]
    assert "01-q1-basic: blank 0 %, failed 33 %, part 17 %, full 50 %" in pictures.outcomes(notebook, "a")
    assert "01-q1-basic: difficulty 0.58, correlation 0.10" in pictures.quality(notebook, "a")


def test_a_class_of_nobody_and_of_one_gives_a_page_with_dashes_not_nan(tmp_path):
    one = Report("01_tiny", 1, 1, statistics(rows({"01-q1-basic-tests": [2]}, {"01-q1-basic-tests": 2})))
    text = statistics_page(Course(tmp_path), one).read_text()
    assert "–" in text and "nan" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL).lower()
    empty = Notebook("lab", 0.0)
    assert [draw(empty, "a") for draw in (pictures.outcomes, pictures.quality, pictures.distribution)] == ["", "", ""]


@pytest.mark.parametrize("points", [0.5, 1, 3, 26, 100])
def test_no_hand_in_falls_out_of_the_histogram(points):
    notebook = Notebook("lab", points, [0, points / 2, points, points])
    said = re.search(r"<desc[^>]*>(.*?)</desc>", pictures.distribution(notebook, "a"))[1]
    assert sum(int(part.split()[0]) for part in said.split(", ")) == 4


def test_the_release_of_the_class_is_what_pages_are_made_from(graded):
    assert list(released(graded.course, graded.name)) == ["lab", "review"]


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_pages_fit_phone_and_desk_and_are_accessible_by_night_and_by_day(pages, new_page, axe, width, scheme):
    for path in pages:
        page = new_page(bypass_csp=True, viewport={"width": width, "height": 800}, color_scheme=scheme)
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        axe(page)
