"""What acts in a page is found, and what does not act is left alone."""

import pytest

from tests.autograder.hostile.outputs import ADDRESSES, DRESSED, FRAMES, HANDLERS, MUTATION, SVG, TRACKERS
from tests.autograder.hostile.page import active, opened

QUIET = """<!DOCTYPE html><html><head><title>x</title><meta charset="utf-8"></head><body><h1>A</h1>
<p class="on">&lt;script&gt;1&lt;/script&gt; onclick="x" javascript:1 <a href="https://example.org/">a link</a></p>
<img alt="x" src="data:image/png;base64,AAAA">
<img src="data:application/zip;base64,AAAA"><table><tr><td colspan="2">1</td></tr></table>
<pre>&lt;img src=x onerror=1&gt;</pre><math><mi>x</mi></math></body></html>"""


def test_a_page_of_text_tables_pictures_and_links_does_not_act():
    assert active(QUIET) == []


@pytest.mark.parametrize("payload", [SVG, HANDLERS, MUTATION, FRAMES, ADDRESSES, TRACKERS, DRESSED, "<script>1",
                                     "<svg/onload=1>", "<a href='java\tscript:1'>x</a>", "<IMG SRC=//evil.example/x>",
                                     "<math href='javascript:1'>x</math>", "<style>p{background:url(x)}</style>",
                                     "<p style='background:u&#114;l(//x)'>x</p>", "<button formaction=javascript:1>"])
def test_everything_that_acts_is_found(payload):
    assert active(QUIET.replace("<h1>", payload + "<h1>"))


def test_a_page_too_long_to_be_read_counts_as_acting():
    assert active("x" * (65 << 20)) == ["a page of 65 MiB"]


@pytest.mark.slow
def test_chromium_sees_what_ran_and_what_was_asked_for(tmp_path):
    for name, body in (("quiet", ""), ("loud", HANDLERS), ("asks", TRACKERS)):
        (tmp_path / f"{name}.html").write_text(QUIET.replace("<h1>", body + "<h1>"))
    acted = {path.stem: lines for path, lines in opened(sorted(tmp_path.glob("*.html"))).items()}
    assert set(acted) == {"loud", "asks"}
    assert "ran: handler" in acted["loud"]
    assert any("evil.example" in line for line in acted["asks"])
