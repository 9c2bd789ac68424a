"""The decks of this course: every one builds, fits, is spoken and lives with the network off."""

from pathlib import Path

import pytest

from autograder import slides
from autograder.layout import Course

COURSE = Course(Path(__file__).parents[2])
DECKS = [pytest.param(deck, id=deck.stem) for deck in COURSE.decks()]
MOST_WORDS = 90


@pytest.mark.parametrize("deck", DECKS)
def test_a_deck_has_twenty_to_thirty_five_slides_each_with_few_words_and_notes(deck):
    _, parsed = slides.parse(deck)
    assert 20 <= len(parsed) <= 35
    for slide in parsed:
        words = sum(len(piece[1].split()) for piece in slide.pieces if piece[0] == "text")
        assert words <= MOST_WORDS, f"slide {slide.number} ({slide.title}) has {words} words"
        assert slide.notes, f"slide {slide.number} ({slide.title}) has no speaker's notes"


@pytest.fixture(scope="module", params=DECKS)
def built(request, tmp_path_factory):
    """Build a deck once; return what was written and what is wrong with it."""
    course = Course(tmp_path_factory.mktemp("decks"))
    return slides.build(course, request.param)


@pytest.mark.slow
def test_nothing_overflows_and_every_figure_has_words(built):
    _, problems = built
    assert problems == []


@pytest.mark.slow
def test_the_deck_lives_offline_and_its_demos_move_by_keyboard(built, new_page):
    (html, _), _ = built
    page = new_page(offline=True, viewport={"width": 1280, "height": 720})
    page.goto(html.as_uri())
    page.wait_for_function("Reveal.isReady()")
    page.wait_for_function("document.querySelectorAll('.demo').length === document.querySelectorAll('.tk-demo').length")
    with_demo = page.evaluate("Reveal.getSlides().findIndex((slide) => slide.querySelector('.tk-demo'))")
    assert with_demo >= 0, "a deck has a live demo"
    page.evaluate(f"Reveal.slide({with_demo})")
    slider = page.locator("section.present input[type=range]").first
    slider.focus()
    before = slider.input_value()
    page.keyboard.press("ArrowRight")
    assert slider.input_value() != before
    assert page.evaluate("Reveal.getIndices().h") == with_demo, "the arrow key moved the slider, not the deck"
