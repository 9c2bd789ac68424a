"""What holds for every demo: budget, words, picture."""

import io
import json

import pytest
from matplotlib.figure import Figure
from PIL import Image

from tests.widgets.demos import NAMES, demo

BUDGET = 150_000                                    # bytes of data


@pytest.mark.parametrize("name", NAMES)
def test_data_stays_within_its_budget(name):
    assert len(json.dumps(demo(name).data, separators=(",", ":"))) <= BUDGET


@pytest.mark.parametrize("name", NAMES)
def test_a_demo_has_its_words(name):
    it = demo(name)
    assert it.title.endswith("?"), "the title asks what the demo answers"
    assert len(it.caption) > 60 and len(it.alt) > 100
    assert len(it.questions) >= 2 and all(answer.endswith(".") for _, answer in it.questions)


@pytest.mark.parametrize("name", NAMES)
def test_the_static_picture_is_small_and_wide_enough_to_read(name):
    it = demo(name)
    assert isinstance(it.picture(), Figure)
    image = Image.open(io.BytesIO(it.png()))
    assert 900 <= image.width <= 1200 and image.height >= 400
    assert len(it.png()) < 60_000
