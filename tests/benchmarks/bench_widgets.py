"""From a key press to the last change in the page, for each demo, in headless Chromium with no kernel.

The clock starts in a capturing keydown listener and stops when a MutationObserver reports the last change of the
demo. Painting comes on top, one frame at most.
"""

import tempfile
from pathlib import Path

from tests.benchmarks.registry import NotMeasured, registry

STEPS = 30
SLIDERS = {"descent": "learning rate", "degree": "degree", "regularisation_path": "alpha",
           "least_squares": "slope (thousand per hundred sq ft)"}
WATCH = """() => {
  window.taken = [];
  let pressed = null, changed = null;
  document.addEventListener("keydown", () => { pressed = performance.now(); changed = null; }, true);
  new MutationObserver(() => { changed = performance.now(); }).observe(document.querySelector(".tk-demo"),
    { subtree: true, childList: true, attributes: true, characterData: true });
  window.settle = () => new Promise((done) => setTimeout(() => {
    window.taken.push(changed - pressed);
    done(changed !== null);
  }, 40));
}"""


def answers(name):
    """Return the milliseconds that a demo takes to answer each of 30 isolated key presses."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise NotMeasured("needs playwright (the dev extra)") from None
    from autograder import doctor
    from tests.widgets.demos import body, demo

    program = doctor.find_chromium()
    if program is None:
        raise NotMeasured("needs Chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        file = Path(folder) / "demo.html"
        file.write_text(body(demo(name).page()), encoding="utf-8")
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(file.as_uri())
        slider = page.get_by_role("slider", name=SLIDERS[name], exact=True)
        slider.press("Home")
        page.evaluate(WATCH)
        for step in range(STEPS):
            page.keyboard.press("ArrowLeft" if step // 10 % 2 else "ArrowRight")
            assert page.evaluate("settle()"), f"nothing changed at step {step + 1} of {name}"
        taken = page.evaluate("taken")
        browser.close()
    assert len(taken) == STEPS and min(taken) > 0
    return taken


@registry.latency("key press in descent", goal=5, bound=16, room="widgets")
def descent():
    return answers("descent")


@registry.latency("key press in degree", goal=5, bound=16, room="widgets")
def degree():
    return answers("degree")


@registry.latency("key press in regularisation_path", goal=5, bound=16, room="widgets")
def regularisation_path():
    return answers("regularisation_path")


@registry.latency("key press in least_squares", goal=5, bound=16, room="widgets")
def least_squares():
    return answers("least_squares")
