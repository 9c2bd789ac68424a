"""The browser fixtures do what the other tests rely on."""

import pytest

from autograder.notebooks import read_percent, to_bytes
from tests.conftest import Watch

pytestmark = pytest.mark.slow


def test_page_notes_errors_and_requests_that_leave(new_page):
    page = new_page()
    page.set_content(
        "<script>console.error('oh no'); undefined_name()</script><img src='http://192.0.2.1/x.png' alt='x'>"
    )
    page.wait_for_timeout(300)
    problems = "\n".join(page.watch.problems())
    assert "oh no" in problems
    assert "undefined_name" in problems
    assert "left the machine: http://192.0.2.1/x.png" in problems
    page.watch.allow("")


def test_axe_fails_on_a_control_without_a_name(page, axe):
    page.set_content("<html lang=en><title>t</title><main><h1>t</h1><input type=range></main>")
    with pytest.raises(AssertionError, match="label"):
        axe(page)


def test_watch_allows_only_what_is_named():
    watch = Watch()
    watch.seen += ["console error: a", "console error: b", "console error: b"]
    watch.allow("error: a")
    assert watch.problems() == ["console error: b"]


def test_jupyter_server_opens_a_notebook_that_runs(page, jupyter_server, tmp_path):
    (tmp_path / "one.py").write_text("# %%\nprint(6 * 7)\n")
    (tmp_path / "one.ipynb").write_bytes(to_bytes(read_percent(tmp_path / "one.py")))
    page.goto(jupyter_server(tmp_path).at("lab/tree/one.ipynb"))
    page.get_by_text("| Idle").wait_for(timeout=90_000)                  # what is run before is lost
    page.locator(".jp-Notebook .jp-InputArea-editor").first.click()
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector(".jp-OutputArea-output >> text=42", timeout=60_000)
    assert "Would you like" not in page.inner_text("body")
