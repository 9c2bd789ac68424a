"""The frame of every demo: its MIME bundle, its HTML twin, the words and the data that it accepts."""

import base64
import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
import traitlets
from matplotlib.figure import Figure

from toolkit import widgets
from toolkit.widgets.base import VIEWS, Demo, packed, rounded


class Tiny(Demo, view="least_squares"):
    """A demo with a picture of nothing."""

    def picture(self):
        figure = Figure(figsize=(1, 1))
        figure.subplots().plot(self.data.get("y", [0, 1]))
        return figure


class Outline(HTMLParser):
    """The elements of a page in order, with attributes, and the text inside scripts."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.scripts, self._in_script = [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._in_script = tag == "script"

    def handle_endtag(self, tag):
        self._in_script = False

    def handle_data(self, data):
        if self._in_script:
            self.scripts.append(data)


@pytest.fixture
def tiny():
    return Tiny(title="A title", caption="Look.", questions=[["Why?", "So."]], alt="A line.", data={"y": [1, 2]})


def test_the_bundle_has_the_widget_the_twin_and_the_text_alternative(tiny):
    bundle, _ = tiny._repr_mimebundle_()
    assert set(bundle) == {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"}
    assert bundle["text/plain"] == "A line."
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == tiny.model_id


def test_the_twin_shows_the_picture_first_and_the_words_without_a_script(tiny):
    elements = Outline(tiny.page()).elements
    assert [tag for tag, _ in elements[:3]] == ["figure", "img", "figcaption"]
    image = elements[1][1]
    assert image["alt"] == "A line."
    assert base64.b64decode(image["src"].removeprefix("data:image/png;base64,")).startswith(b"\x89PNG")
    before_script = tiny.page().split("<script>")[0]
    for words in ("A title", "Look.", "Why?", "So."):
        assert words in before_script


@pytest.mark.parametrize("nasty", ["</script><b>", "<!-- <script>", '"><img src=x>', "\u2028 & '"])
def test_no_text_or_number_can_leave_its_place_in_the_twin(nasty):
    words = {"title": nasty, "caption": nasty, "questions": [[nasty, nasty]], "alt": nasty}
    outline = Outline(Tiny(**words, data={"label": nasty}).page())
    tags = [tag for tag, _ in outline.elements]
    assert tags == ["figure", "img", "figcaption", "strong", "details", "summary", "p", "script"]
    assert outline.elements[1][1]["alt"] == nasty
    script = "".join(outline.scripts)
    state, source = json.loads(re.search(r"const \[state, source\] = (.*);\n", script).group(1))
    assert (state["title"], state["data"], source) == (nasty, {"label": nasty}, Tiny._esm)


def test_each_render_has_its_own_id_and_only_the_id_changes(tiny):
    first, second = tiny.page(), tiny.page()
    ids = [Outline(page).elements[0][1]["data-demo"] for page in (first, second)]
    assert ids[0] != ids[1]
    assert first.replace(ids[0], "ID") == second.replace(ids[1], "ID")


def test_the_same_program_gives_the_same_bytes():
    program = "from toolkit import widgets; print(widgets.least_squares().page())"
    pages = {subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(pages) == 1


def test_the_picture_is_drawn_once_for_each_state_of_the_data(tiny):
    first = tiny.png()
    assert tiny.png() is first
    tiny.data = {"y": [2, 1]}
    assert tiny.png() != first


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.float32(1), np.arange(2), {1, 2}], ids=repr)
def test_data_that_json_cannot_carry_is_refused_with_a_hint(value):
    with pytest.raises(traitlets.TraitError, match=r"data of a Tiny must be plain JSON.*rounded\(\) and packed\(\)"):
        Tiny(data={"value": value})


@pytest.mark.parametrize("words", [{"title": 3}, {"questions": [["only a question"]]}, {"alt": None}, {"data": [1]}])
def test_words_of_a_wrong_type_are_refused(words):
    with pytest.raises(traitlets.TraitError):
        Tiny(**words)


def test_a_demo_without_its_view_names_the_views_that_exist():
    with pytest.raises(FileNotFoundError, match=r"view of Lost should be in lost.js.*descent.js"):
        type("Lost", (Demo,), {}, view="lost")


def test_a_demo_without_a_picture_says_what_is_missing():
    class Blind(Demo, view="descent"):
        pass

    with pytest.raises(NotImplementedError, match=r"Blind must draw its static picture in picture\(\)"):
        Blind().page()


def test_rounded_keeps_significant_digits_and_turns_what_is_not_a_number_into_none():
    assert rounded([[1234.56, -0.000123456], [np.inf, -0.0]]) == [[1235.0, -0.0001235], [None, 0.0]]
    assert rounded(np.pi, 2) == 3.1
    assert str(rounded(-0.0)) == "0.0"


def test_packed_numbers_come_back_within_half_a_step():
    values = np.random.default_rng(0).uniform(-2, 3, (4, 5))
    low, high, text = packed(values, -2, 3).values()
    back = low + np.frombuffer(base64.b64decode(text), "<u2") / 65535 * (high - low)
    assert np.abs(back - values.ravel()).max() <= 0.5 * 5 / 65535 + 1e-12


def test_packed_clips_at_the_limits_and_refuses_what_has_no_place():
    assert np.frombuffer(base64.b64decode(packed([-9, 9], 0, 1)["uint16"]), "<u2").tolist() == [0, 65535]
    with pytest.raises(ValueError, match="low < high, got 1 and 1"):
        packed([0], 1, 1)
    with pytest.raises(ValueError, match="cannot carry NaN or infinity, got 2 of them"):
        packed([0, np.nan, np.inf], 0, 1)


def test_the_views_ask_for_nothing_from_elsewhere_and_write_no_markup():
    unwanted = re.compile(r"https?:|@import|url\((?!#)|innerHTML|outerHTML|insertAdjacentHTML|eval\(|fetch\(")
    for path in VIEWS.iterdir():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")   # a name, not an address
        assert not unwanted.search(text), path.name


def test_on_the_package_a_name_is_the_function_however_its_module_was_loaded():
    program = ("import toolkit.widgets.least_squares\nfrom toolkit import widgets\n"
               "assert widgets.least_squares().title and widgets.Demo\n"
               "assert 'toolkit.widgets.degree' not in __import__('sys').modules, 'a demo loaded another'")
    subprocess.run([sys.executable, "-c", program], check=True)
    assert {"degree", "descent", "least_squares", "regularisation_path"} <= set(dir(widgets))
    with pytest.raises(AttributeError, match=r"no attribute 'descend'; its demos are degree, descent"):
        widgets.descend  # noqa: B018
