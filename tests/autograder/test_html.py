"""Pages of lectures: whole in one file, readable, alive with the network off."""

import nbformat
import pytest
from bs4 import BeautifulSoup

from autograder.errors import CourseError
from autograder.html import (
    WIDGET_VIEW,
    math_in_html,
    outside_links,
    self_contained,
    title_of,
    to_html,
    without_widget_views,
)

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
LIVE = f"""<div id="demo1"><img alt="before" src="data:image/png;base64,{DOT}"></div>
<script>(() => {{ const place = document.getElementById("demo1");
place.innerHTML = '<label>rate <input type="range" min="0" max="9" value="1"></label><output>1</output>';
const input = place.querySelector("input");
input.addEventListener("input", () => place.querySelector("output").textContent = input.value);
}})()</script>"""
PROSE = r"""# 3 Regression: $y = Xw$

Inline $\lVert x \rVert_2$, code `$x$`, a price of \$5.

$$ \hat w = \arg\min_w \sum_{i=1}^{m} (y_i - w^\top x_i)^2 $$

\begin{align} a &= b \\ &= c \end{align}

<details><summary>Answer: is $x_1$ small?</summary>

Yes: $\theta$.

</details>
"""


def code(source, outputs, **metadata):
    """Return an executed code cell."""
    return nbformat.v4.new_code_cell(source, outputs=outputs, metadata=metadata, execution_count=1)


def shown(data, **metadata):
    """Return a display output."""
    return nbformat.v4.new_output("display_data", data=data, metadata=metadata)


@pytest.fixture
def notebook():
    wide = "<table class='dataframe'><tr>" + "<th scope='col'>column</th>" * 30 + "</tr></table>"
    return nbformat.v4.new_notebook(
        metadata={"language_info": {"name": "python"}},
        cells=[
            nbformat.v4.new_markdown_cell(PROSE),
            code("plt.plot(x)  # a comment", [shown({"image/png": DOT, "text/plain": "<Figure>"})], alt="a parabola"),
            nbformat.v4.new_markdown_cell("## Second *part* <small>(6 minutes)</small>\n\nText."),
            code("plt.plot(y)", [shown({"image/png": DOT})]),
            code("widget", [shown({WIDGET_VIEW: {"model_id": "1"}, "text/html": LIVE, "text/plain": "a slider"})]),
            code("table", [shown({"text/html": wide, "text/plain": "table"})]),
            code("Math", [shown({"text/latex": r"$\displaystyle \int x^2$"})]),
            code("def f(x):\n    return x", [], tags=["hide-input"]),
        ],
    )


def test_formulas_are_mathml_everywhere_but_in_code(notebook):
    soup = BeautifulSoup(to_html(notebook, "x"), "html.parser")
    assert len(soup.find_all("math")) == 7
    assert soup.select_one("summary math") is not None
    assert soup.select_one("h1 math") is not None
    assert soup.select_one(".jp-RenderedMarkdown code").text == "$x$"
    assert "a price of $5" in soup.text


def test_a_formula_that_cannot_be_drawn_names_the_lecture_and_the_formula(notebook):
    notebook.cells[2].source += r" $\nosuch x$"
    with pytest.raises(CourseError, match=r"03_regression: The formula .*nosuch x"):
        to_html(notebook, "03_regression")


def test_pictures_have_the_alternative_text_of_their_cell_or_the_heading(notebook):
    page = self_contained(notebook)
    soup = BeautifulSoup(to_html(notebook, "x"), "html.parser")
    assert [image["alt"] for image in soup.select("img")] == ["a parabola", "Figure: Second part", "before"]
    assert page.metadata.images_without_alt == 1


def test_products_keep_the_twin_of_a_widget_and_not_its_view(notebook):
    notebook.metadata["widgets"] = {"state": {}}
    plain = without_widget_views(notebook)
    assert list(plain.cells[4].outputs[0].data) == ["text/html", "text/plain"]
    assert "widgets" not in plain.metadata
    assert WIDGET_VIEW in notebook.cells[4].outputs[0].data


def test_the_notebook_itself_stays_as_it_was(notebook):
    before = nbformat.writes(notebook)
    to_html(notebook, "x")
    assert nbformat.writes(notebook) == before


def test_the_page_has_language_and_title_and_loads_nothing_from_elsewhere(notebook):
    text = to_html(notebook, "x")
    soup = BeautifulSoup(text, "html.parser")
    assert soup.html["lang"] == "en"
    assert soup.title.text == "3 Regression: y = Xw"
    assert outside_links(text) == []
    assert not soup.find_all("link")


@pytest.mark.parametrize(
    "html",
    ['<script src="https://cdn.example/x.js"></script>', '<img alt="" src="//example/x.png">',
     '<link rel="stylesheet" href="http://example/x.css">', "<style>@import 'https://example/x.css';</style>"],
)
def test_an_output_that_loads_from_elsewhere_is_refused(notebook, html):
    notebook.cells[5].outputs[0].data["text/html"] = html
    with pytest.raises(CourseError, match="example"):
        to_html(notebook, "x")


def test_a_link_to_follow_is_fine(notebook):
    notebook.cells[2].source += " [read on](https://example.org)"
    assert 'href="https://example.org"' in to_html(notebook, "x")


def test_math_in_html_leaves_scripts_and_code_alone():
    assert math_in_html("<script>`$x$`</script>") == "<script>`$x$`</script>"
    assert math_in_html("<p><code>$x$</code> costs $5</p>") == "<p><code>$x$</code> costs $5</p>"
    assert "<math" in math_in_html("<b>$a &lt; b$</b>")


def test_title_of_falls_back_to_the_name():
    assert title_of(nbformat.v4.new_notebook(), "03") == "03"


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_page_lives_offline_and_axe_finds_nothing_serious(notebook, new_page, axe, tmp_path, scheme, width):
    (tmp_path / "x.html").write_text(to_html(notebook, "x"), encoding="utf-8")
    page = new_page(color_scheme=scheme, viewport={"width": width, "height": 844}, offline=True)
    page.goto((tmp_path / "x.html").as_uri())
    page.focus("input[type=range]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.inner_text("output") == "3"
    page.click("details >> nth=0")
    assert page.is_visible("text=Yes:")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.locator("math[display=block]").first.bounding_box()["height"] > 30
    axe(page)
