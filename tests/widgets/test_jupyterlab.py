"""The demos beside a kernel in JupyterLab, and in the product of a batch run without one."""

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.html import to_html, without_widget_views
from tests.widgets.test_browser import FIRST, SLOPE, readout

pytestmark = pytest.mark.slow


def notebook(*sources):
    """Return a notebook of code cells with some text around them."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [new_markdown_cell("# Demos"), *map(new_code_cell, sources), new_markdown_cell("The end.")]
    return new_notebook(cells=cells, metadata=kernel)


@pytest.fixture
def lab(jupyter_server, tmp_path_factory, page):
    """Open a notebook in JupyterLab, run all of its cells, wait for the demos."""
    root = tmp_path_factory.mktemp("lab")

    def run(*sources, demos):
        nbformat.write(notebook(*sources), root / "demos.ipynb")
        page.set_default_timeout(90_000)
        page.goto(jupyter_server(root).at("lab/tree/demos.ipynb"))
        page.get_by_text("| Idle").wait_for()                           # what is run before is lost
        page.get_by_text("Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        page.wait_for_function(f"document.querySelectorAll('.tk-demo').length === {demos}")
        return page

    return run


def selected(page):
    """Return the index of the cell that JupyterLab has selected."""
    return page.evaluate("[...document.querySelectorAll('.jp-Cell')].findIndex((c) => c.matches('.jp-mod-active'))")


def test_in_jupyterlab_every_key_reaches_the_control_and_not_the_notebook(lab):
    page = lab("from toolkit import widgets\nwidgets.least_squares()", "widgets.regularisation_path()", demos=2)
    assert [readout(page, nth) for nth in (0, 1)] == [FIRST["least_squares"], FIRST["regularisation_path"]]
    slope = page.get_by_role("slider", name=SLOPE)
    slope.focus()
    before = selected(page)
    for key, value in (("ArrowRight", "12.5"), ("ArrowUp", "13"), ("ArrowLeft", "12.5"), ("ArrowDown", "12"),
                       ("PageUp", "14.5"), ("PageDown", "12"), ("Home", "5"), ("End", "25")):
        page.keyboard.press(key)
        assert slope.get_attribute("aria-valuetext") == value
        assert selected(page) == before
    fifth = page.get_by_role("radio", name="5", exact=True)
    fifth.focus()
    page.keyboard.press("ArrowLeft")
    assert page.get_by_role("radio", name="4", exact=True).is_checked()
    page.get_by_role("button", name="Reset").first.focus()
    page.keyboard.press("Enter")
    assert readout(page) == FIRST["least_squares"]
    page.get_by_role("radio", name="ridge").focus()
    before = selected(page)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert "non-zero 10 of 10" in readout(page, 1)
    assert selected(page) == before
    summary = page.get_by_text("At which alpha does bp leave")
    summary.focus()
    page.keyboard.press("Enter")
    assert page.get_by_text("At 26.70, between the marks").is_visible()


def test_in_jupyterlab_one_demo_in_two_cells_has_two_states_and_follows_new_data(lab):
    page = lab("from toolkit import widgets\ndemo = widgets.least_squares()\ndemo", "demo",
               "import copy\nnew = copy.deepcopy(demo.data)\nnew['start']['slope'] = 0\ndemo.data = new", demos=2)
    page.wait_for_function("document.querySelectorAll('.tk-demo input')[0].value === '0'")
    assert readout(page, 0) == readout(page, 1) != FIRST["least_squares"]
    page.get_by_role("slider", name=SLOPE).first.press("End")
    assert readout(page, 0) != readout(page, 1)


def test_in_jupyterlab_the_other_demos_answer_to_arrows_too(lab):
    page = lab("from toolkit import widgets\nwidgets.descent()", "widgets.degree()", demos=2)
    assert [readout(page, nth) for nth in (0, 1)] == [FIRST["descent"], FIRST["degree"]]
    for slider, start in (("learning rate", "0.5"), ("degree", "9")):
        control = page.get_by_role("slider", name=slider, exact=True)
        control.focus()
        before = selected(page)
        page.keyboard.press("ArrowRight")
        assert control.get_attribute("aria-valuetext") != start
        page.keyboard.press("ArrowDown")
        assert control.get_attribute("aria-valuetext") == start
        assert selected(page) == before


def test_in_a_dark_jupyterlab_the_demo_is_dark(lab):
    page = lab("from toolkit import widgets\nwidgets.least_squares()", demos=1)
    assert page.locator(".tk-demo:not(.dark)").count() == 1
    page.get_by_text("Settings", exact=True).click()
    page.get_by_text("Theme", exact=True).hover()
    page.get_by_text("JupyterLab Dark", exact=True).click()
    page.wait_for_selector(".tk-demo.dark")


def test_a_batch_run_keeps_the_demo_alive_with_the_network_off(tmp_path, new_page):
    nbformat.write(notebook("from toolkit import widgets\nwidgets.least_squares()"), tmp_path / "in.ipynb")
    papermill.execute_notebook(str(tmp_path / "in.ipynb"), str(tmp_path / "out.ipynb"), store_widget_state=False,
                               progress_bar=False)
    product = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert "widgets" not in product.metadata
    data = product.cells[1].outputs[0].data
    assert "text/html" in data and data["text/plain"].startswith("Five houses and a line")
    file = tmp_path / "out.html"
    file.write_text(to_html(without_widget_views(product), "demos"), encoding="utf-8")
    page = new_page(offline=True)
    page.goto(file.as_uri())
    page.wait_for_selector(".tk-demo")
    assert readout(page) == FIRST["least_squares"]
    page.get_by_role("slider", name=SLOPE).press("ArrowRight")
    assert readout(page) == "area 9240 | smallest possible 6249"
