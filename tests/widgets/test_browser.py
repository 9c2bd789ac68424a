"""The demos as a reader meets them: an exported page on disk, the network off, keyboard in hand."""

import pytest

from tests.widgets.demos import NAMES, body, demo

pytestmark = pytest.mark.slow

PHONE = {"width": 390, "height": 844}
FIRST = {
    "descent": "step 60 | loss 400.0 | floor 400.0",
    "degree": "degree 9 | train 0.061 | test 0.370 (best 0.091 at 3)",
    "regularisation_path":
        "alpha 5 | non-zero 5 of 10 | train MSE 3028.7 | bmi 24.22 | two features: bmi, bp 34.01, 15.55",
    "least_squares": "area 9557 | smallest possible 6249",
}
SLOPE, INTERCEPT = "slope (thousand per hundred sq ft)", "intercept (thousand dollars)"
STORIES = [                                         # demo, (control, keys) ..., what the read-out then says
    ("descent", [("learning rate", "ArrowRight")], "step 60 | loss 3820 | floor 400.0"),
    ("descent", [("learning rate", "ArrowUp*2")], "step 60 | diverged at step 57 | floor 400.0"),
    ("descent", [("learning rate", "ArrowUp*2 ArrowDown ArrowLeft")], FIRST["descent"]),
    ("descent", [("moment", "Home")], "step 0 | loss 4800 | floor 400.0"),
    ("descent", [("moment", "Home ArrowRight")], "step 1 | loss 3964 | floor 400.0"),
    ("descent", [("moment", "Home PageUp")], "step 5 | loss 1934 | floor 400.0"),
    ("descent", [("moment", "Home PageUp*2")], "step 10 | loss 934.9 | floor 400.0"),
    ("descent", [("learning rate", "Home"), ("moment", "End PageDown*2")], "step 50 | loss 1273 | floor 400.0"),
    ("descent", [("batch", "ArrowRight"), ("learning rate", "Home PageUp*2 ArrowRight*2")],
     "houses read 12,000 | loss 403.7 | floor 400.0"),
    ("descent", [("learning rate", "ArrowLeft*4"), ("batch", "ArrowRight*2")],
     "houses read 12,000 | loss 1144 | floor 400.0 | loss with 0.10/(1 + t/100) 400.0 | "
     "was over a million at house 392"),
    ("degree", [("degree", "ArrowLeft")], "degree 8 | train 0.088 | test 0.123 (best 0.091 at 3)"),
    ("degree", [("degree", "Home")], "degree 0 | train 0.506 | test 0.563 (best 0.091 at 3)"),
    ("degree", [("degree", "End")], "degree 12 | train 0.044 | test 8.93 (best 0.091 at 3)"),
    ("degree", [("twenty fits", "ArrowRight")], "degree 9 | bias² 0.0003 | variance 0.144 | noise 0.09 | total 0.234"),
    ("degree", [("twenty fits", "ArrowRight"), ("degree", "Home")],
     "degree 0 | bias² 0.4975 | variance 0.0050 | noise 0.09 | total 0.592"),
    ("regularisation_path", [("alpha", "Home")],
     "alpha 0.01 | non-zero 10 of 10 | train MSE 2859.7 | bmi 24.74 | two features: bmi, bp 37.59, 19.12"),
    ("regularisation_path", [("alpha", "PageUp PageUp PageUp ArrowLeft")],
     "alpha 30 | non-zero 2 of 10 | train MSE 4449.9 | bmi 11.37 | two features: bmi, bp 15.16, 0"),
    ("regularisation_path", [("lasso", "ArrowRight")],
     "alpha 5 | non-zero 9 of 10 | train MSE 3861.9 | bmi 8.973 | two features: bmi, bp 11.32, 7.721"),
    ("regularisation_path", [("lasso", "ArrowRight*2"), ("alpha", "End")],
     "alpha 100 | non-zero 10 of 10 | train MSE 5765.7 | bmi 0.4395 | two features: bmi, bp 0.4458, 0.3349"),
    ("regularisation_path", [("coefficient to follow", "ArrowDown*2"), ("alpha", "Home")],
     "alpha 0.01 | non-zero 10 of 10 | train MSE 2859.7 | s1 −36.06 | two features: bmi, bp 37.59, 19.12"),
    ("least_squares", [(SLOPE, "ArrowLeft*4"), (INTERCEPT, "ArrowRight*3")],
     "area 14,060 | smallest possible 6249"),
    ("least_squares", [(SLOPE, "PageUp ArrowRight"), (INTERCEPT, "PageDown ArrowLeft*2")],
     "area 6989 | smallest possible 6249"),
    ("least_squares", [("change of its price", "PageUp*2")],
     "area 31,560 | smallest possible 12,860 | best slope 22.05 | turned by +5.538"),
    ("least_squares", [("change of its price", "PageUp*2"), ("5", "ArrowLeft")],
     "area 7973 | smallest possible 5603 | best slope 12.26 | turned by −4.253"),
    ("least_squares", [("change of its price", "PageUp*2"), ("5", "ArrowRight")],
     "area 25,060 | smallest possible 19,410 | best slope 16.51 | turned by 0"),
]


@pytest.fixture
def shown(new_page, tmp_path):
    """Open a page with the HTML twins of some demos from disk, with the network off."""

    def show(*names, style="", **options):
        file = tmp_path / "demos.html"
        file.write_text(body(*(demo(name).page() for name in names), style=style), encoding="utf-8")
        page = new_page(offline=True, **options)
        page.goto(file.as_uri())
        if options.get("java_script_enabled", True):
            page.wait_for_function(f"document.querySelectorAll('.tk-demo').length === {len(names)}")
        return page

    return show


def readout(page, nth=0):
    """Return what the read-out of a demo says, items divided by bars."""
    items = page.locator(".tk-readout").nth(nth).locator("> span")
    return " | ".join(text.strip() for text in items.all_text_contents())


def press(page, control, keys, nth=0):
    """Focus a control by its accessible name and press keys such as "Home ArrowRight*3"."""
    place = page.locator(".tk-demo").nth(nth)
    roles = [place.get_by_role(role, name=control, exact=True) for role in ("slider", "radio", "combobox", "button")]
    next(found for found in roles if found.count()).focus()
    for word in keys.split():
        key, _, times = word.partition("*")
        for _ in range(int(times or 1)):
            page.keyboard.press(key)


@pytest.mark.parametrize("name", NAMES)
def test_the_first_sight_says_what_the_storyboard_says(shown, name):
    assert readout(shown(name)) == FIRST[name]


@pytest.mark.parametrize(("name", "presses", "says"), STORIES, ids=[f"{name}-{says[:24]}" for name, _, says in STORIES])
def test_keys_lead_to_the_numbers_of_the_storyboard(shown, name, presses, says):
    page = shown(name)
    for control, keys in presses:
        press(page, control, keys)
    assert readout(page) == says


@pytest.mark.parametrize("name", NAMES)
def test_reset_brings_back_the_first_sight(shown, name):
    page = shown(name)
    for slider in page.get_by_role("slider").all():
        slider.press("Home")
    page.get_by_role("radio").first.press("ArrowLeft")
    assert readout(page) != FIRST[name]
    page.get_by_role("button", name="Reset").press("Enter")
    assert readout(page) == FIRST[name]


@pytest.mark.parametrize("name", NAMES)
def test_keys_stop_at_both_ends(shown, name):
    page = shown(name)
    for slider in page.get_by_role("slider").all():
        for key, end in (("End", "max"), ("PageUp", "max"), ("Home", "min"), ("ArrowLeft", "min")):
            slider.press(key)
            assert slider.input_value() == slider.get_attribute(end)


def test_play_runs_to_the_last_frame_and_stops_there(shown):
    page = shown("descent")
    press(page, "moment", "PageDown")
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").wait_for()
    page.get_by_role("button", name="Play").wait_for()
    assert readout(page) == FIRST["descent"]
    page.wait_for_timeout(300)
    assert readout(page) == FIRST["descent"]
    assert page.locator(".tk-readout").get_attribute("aria-live") == "polite"


def test_play_from_the_last_frame_starts_again_and_any_key_stops_it(shown):
    page = shown("descent")
    page.get_by_role("button", name="Play").press("Enter")
    page.wait_for_function("document.querySelector('.tk-readout').textContent.startsWith('step 3')")
    assert page.locator(".tk-readout").get_attribute("aria-live") == "off"
    press(page, "moment", "Home")
    page.wait_for_timeout(300)
    assert readout(page) == "step 0 | loss 4800 | floor 400.0"


def test_play_jumps_to_the_end_for_readers_who_want_no_motion(shown):
    page = shown("descent", reduced_motion="reduce")
    press(page, "moment", "Home")
    page.get_by_role("button", name="Play").click()
    assert readout(page) == FIRST["descent"]


def test_step_goes_one_frame_on(shown):
    page = shown("degree")
    page.get_by_role("button", name="New sample").click()
    assert page.get_by_role("slider", name="sample").get_attribute("aria-valuetext") == "new sample 1 of 20"
    data = demo("degree").data
    assert readout(page).startswith(f"degree 9 | train {data['train'][1][9]:.3f} | test")


def test_a_house_can_be_dragged_and_the_dot_among_the_lines_too(shown):
    page = shown("least_squares")
    houses, lines = (svg.bounding_box() for svg in page.locator(".tk-panel > svg").all())

    def at(box, x, y):                              # shares of the window inside the axes
        return box["x"] + 56 + x * (box["width"] - 76), box["y"] + box["height"] - 42 - y * (box["height"] - 70)

    page.mouse.move(*at(houses, (30 - 12) / 20, (540 - 150) / 450))
    page.mouse.down()
    for share in (0.7, 0.6, (440 - 150) / 450):
        page.mouse.move(*at(houses, 0.9, share))
    page.mouse.up()
    assert page.get_by_role("slider", name="change of its price").get_attribute("aria-valuetext") == "\N{MINUS SIGN}100"
    assert "best slope 10.97" in readout(page)
    page.get_by_role("button", name="Reset").click()
    page.mouse.click(*at(lines, (16.5 - 5) / 20, (30 + 150) / 400))
    assert page.get_by_role("slider", name="slope").get_attribute("aria-valuetext") == "16.5"
    assert page.get_by_role("slider", name="intercept").get_attribute("aria-valuetext") == "30"
    assert readout(page) == "area 6293 | smallest possible 6249"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_serious_and_every_picture_has_a_name(shown, axe, name, scheme):
    page = shown(name, color_scheme=scheme)
    axe(page)
    for picture in page.locator("svg[role=img]").all():
        label = picture.get_attribute("aria-labelledby").split()
        assert all(page.locator(f"#{each}").text_content().strip() for each in label)
    for control in page.locator("input, select, button").all():
        assert control.evaluate("e => e.labels?.length ? e.labels[0].textContent : e.textContent").strip()
        assert control.get_attribute("data-lm-suppress-shortcuts") == "true"


@pytest.mark.parametrize("name", NAMES)
def test_on_a_phone_nothing_is_wider_than_the_page_and_panels_stand_one_above_the_other(shown, name):
    page = shown(name, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    above, below = (panel.bounding_box() for panel in page.locator(".tk-panel").all())
    assert above["x"] == below["x"] and above["y"] + above["height"] <= below["y"]
    outside = page.evaluate("""() => [...document.querySelectorAll('.tk-demo :is(svg, input, button, select, span, p)')]
        .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5).map((e) => e.outerHTML.slice(0, 80))""")
    assert outside == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", NAMES)
def test_text_is_never_smaller_than_twelve_pixels(shown, name, width):
    page = shown(name, viewport={"width": width, "height": 900})
    sizes = page.evaluate("""() => [...document.querySelectorAll('.tk-demo *')].filter((e) => e.textContent.trim())
        .map((e) => parseFloat(getComputedStyle(e).fontSize) * (e.getScreenCTM?.()?.a ?? 1))""")
    assert min(sizes) >= 12


def test_the_demo_is_drawn_anew_when_its_place_gets_another_width(shown):
    page = shown("descent")
    wide = page.locator(".tk-panel > svg").first.bounding_box()["width"]
    page.set_viewport_size(PHONE)
    page.wait_for_selector(".tk-demo.narrow")
    assert page.locator(".tk-panel > svg").first.bounding_box()["width"] < wide
    page.set_viewport_size({"width": 1280, "height": 900})
    page.wait_for_selector(".tk-demo:not(.narrow)")
    assert page.locator(".tk-panel > svg").first.bounding_box()["width"] == wide


@pytest.mark.parametrize(("scheme", "style", "dark"), [
    ("light", "", False), ("dark", "", True), ("dark", "body { background: white }", False),
    ("light", "body { background: #111 }", True)])
def test_a_demo_is_as_dark_as_the_page_around_it(shown, scheme, style, dark):
    page = shown("least_squares", color_scheme=scheme, style=style)
    red = page.evaluate("getComputedStyle(document.querySelector('.tk-demo')).backgroundColor.match(/\\d+/)[0]")
    assert (int(red) < 128) is dark


def test_a_demo_follows_when_the_page_changes_its_theme(shown):
    style = "body { background: white } body[data-jp-theme-light=false] { background: #111 }"
    page = shown("least_squares", style=style)
    page.evaluate("document.body.setAttribute('data-jp-theme-light', 'false')")
    page.wait_for_selector(".tk-demo.dark")
    page.evaluate("document.body.setAttribute('data-jp-theme-light', 'true')")
    page.wait_for_selector(".tk-demo:not(.dark)")


def test_copies_of_a_demo_on_one_page_do_not_interfere(shown):
    page = shown("least_squares", "least_squares", "descent")
    press(page, SLOPE, "End")
    assert readout(page, 0) != FIRST["least_squares"]
    assert (readout(page, 1), readout(page, 2)) == (FIRST["least_squares"], FIRST["descent"])
    press(page, "5", "ArrowLeft", nth=1)
    assert page.locator(".tk-demo").nth(0).get_by_role("radio", name="5", exact=True).is_checked()
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))


def test_one_output_shown_twice_gives_two_live_demos(new_page, tmp_path):
    twin = demo("least_squares").page()
    figure, script = twin.split("<script>")
    (tmp_path / "twice.html").write_text(body(figure, figure, "<script>" + script), encoding="utf-8")
    page = new_page(offline=True)
    page.goto((tmp_path / "twice.html").as_uri())
    page.wait_for_function("document.querySelectorAll('.tk-demo').length === 2")
    press(page, SLOPE, "End", nth=1)
    assert readout(page, 0) == FIRST["least_squares"] != readout(page, 1)


@pytest.mark.parametrize("name", NAMES)
def test_without_scripts_the_picture_and_the_words_stay(shown, name):
    page = shown(name, java_script_enabled=False)
    picture = page.get_by_role("img", name=demo(name).alt)
    assert picture.bounding_box()["width"] > 600
    assert page.get_by_text(demo(name).caption).is_visible()


def test_where_a_page_forbids_blob_modules_the_picture_stays(new_page, tmp_path):
    policy = '<meta http-equiv="Content-Security-Policy" content="script-src \'unsafe-inline\'">'
    file = tmp_path / "strict.html"
    file.write_text(body(demo("least_squares").page()).replace("<title>", policy + "<title>"), encoding="utf-8")
    page = new_page()
    page.watch.allow("Content Security Policy")
    with page.expect_console_message(lambda message: "the demo stays a picture" in message.text):
        page.goto(file.as_uri())
    assert page.get_by_role("img", name=demo("least_squares").alt).is_visible()


def test_answers_are_folded_until_asked_for(shown):
    page = shown("descent")
    answer = page.get_by_text("at 0.53 it is 55,559")
    assert not answer.is_visible()
    page.get_by_text("Find the largest rate").press("Enter")
    assert answer.is_visible()


def test_keys_for_a_control_do_not_reach_the_deck_of_slides_around_it(shown):
    page = shown("least_squares")
    page.evaluate("window.heard = []; document.addEventListener('keydown', (event) => heard.push(event.key))")
    press(page, SLOPE, "ArrowRight Home PageUp Escape")
    press(page, "Reset", "Space Enter")
    assert page.evaluate("heard") == ["Escape"]
