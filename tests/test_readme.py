"""The README says what is there: its links lead somewhere, its commands exist, its table has every unit."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from autograder.layout import Course
from toolkit import widgets

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.M))


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_every_link_leads_to_a_file(link):
    assert (ROOT / link).exists()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`?make ([a-z]+)", README))))
def test_every_make_command_is_a_target(target):
    assert target in TARGETS


def test_every_target_says_what_it_does_and_all_the_promised_ones_are_there():
    promised = {"course", "test", "check", "run", "grade", "slides", "student", "bench", "doctor", "lock", "clean"}
    assert promised <= TARGETS
    phony = set(re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.M)[1].split())
    assert phony == TARGETS


def test_the_table_has_a_row_for_every_unit():
    rows = re.findall(r"^\| (\d\d) ", README, re.M)
    assert rows == [lecture.stem[:2] for lecture in Course.here(ROOT).lectures()]


def test_the_picture_is_one_of_the_demos_own():
    with Image.open(ROOT / "course" / "pictures" / "descent.png") as committed:
        fresh = Image.open(BytesIO(widgets.descent().png()))
        assert committed.size == fresh.size
