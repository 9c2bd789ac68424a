"""Fixtures that need a browser or a server: ``chromium``, ``new_page``, ``page``, ``jupyter_server``, ``axe``.

Whoever uses them marks the test ``@pytest.mark.slow``.
"""

import contextlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from autograder import browser, doctor, serve

HERE = re.compile(r"(file|data|blob|about):|(https?|wss?)://(127\.0\.0\.1|localhost|\[::1\])[:/]")
JUPYTER_FOLDERS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR",
                   "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")
AXE = "async (where) => (await axe.run(where || document, {resultTypes: ['violations']})).violations"


def pytest_xdist_make_scheduler(config, log):
    """Keep a file in one process, and all tests of the autograder, which share a class that is graded once."""
    from xdist.scheduler import LoadFileScheduling

    class Rooms(LoadFileScheduling):
        def _split_scope(self, nodeid):
            room = nodeid.rpartition("/")[0]
            return room if room == "tests/autograder" else super()._split_scope(nodeid)

    return Rooms(config, log)


@pytest.fixture(scope="session")
def chromium():
    """Chromium of this machine, headless, for the whole session: a Playwright browser."""
    program = doctor.find_chromium()
    if program is None:
        pytest.fail("Browser tests need Chromium: apt-get install chromium. make test does it for root.", pytrace=False)
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=program, headless=True, args=browser.QUIET)
        yield launched
        launched.close()


class Watch:
    """Everything that goes wrong on the pages of one test; the test fails with it at the end.

    A test that makes something go wrong on purpose allows it with ``page.watch.allow("part of the message")``.
    """

    def __init__(self):
        self.seen = []
        self.allowed = []

    def allow(self, text):
        """Accept problems whose message contains `text`."""
        self.allowed.append(text)

    def follow(self, page):
        """Listen to `page` and cut every request that would leave the machine."""
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.seen.append(f"page error: {error}"))
        page.on("websocket", lambda line: HERE.match(line.url) or self.seen.append(f"left the machine: {line.url}"))
        page.route(lambda url: not HERE.match(url), self.refuse)

    def hear(self, message):
        """Note an error on the console, with the file that it speaks of."""
        if message.type == "error":
            self.seen.append(f"console error: {message.text} ({message.location.get('url', '')})")

    def refuse(self, route):
        """Note a request to another machine and stop it."""
        self.seen.append(f"left the machine: {route.request.url}")
        route.abort()

    def problems(self):
        """Return what was seen and not allowed, each message once."""
        return [each for each in dict.fromkeys(self.seen) if not any(text in each for text in self.allowed)]


@pytest.fixture
def new_page(chromium):
    """Make Playwright pages: ``new_page(color_scheme="dark", viewport={"width": 390, "height": 844})``.

    At the end of the test every console error, page error or request to another machine on any of them fails it.
    The page has ``page.watch`` (a :class:`Watch`).
    """
    watch = Watch()
    with contextlib.ExitStack() as contexts:

        def make(**options):
            context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
            contexts.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(30_000)
            watch.follow(page)
            page.watch = watch
            return page

        yield make
    problems = watch.problems()
    assert not problems, "the page did not stay clean:\n" + "\n".join(problems)


@pytest.fixture
def page(new_page):
    """Return a Playwright page, light, 1280 x 900; see ``new_page``."""
    return new_page()


@pytest.fixture(scope="session")
def jupyter_server(tmp_path_factory):
    """Serve JupyterLab on a folder: ``jupyter_server(folder)`` returns its address with the token.

    The address is a string that opens the lab page; ``address.at("lab/tree/x.ipynb")`` opens a file. One server a
    folder for the whole session, with settings of its own, ended at the end.
    """
    servers = {}
    with contextlib.ExitStack() as stack:

        def start(root):
            root = Path(root).resolve()
            if root not in servers:
                home = tmp_path_factory.mktemp("jupyter")       # its own: a workspace remembers the files of a root
                own = {name: str(home / name.lower()) for name in JUPYTER_FOLDERS}
                log = stack.enter_context((home / "server.log").open("w"))
                servers[root] = stack.enter_context(serve.running(root, log=log, **own))
            return servers[root]

        yield start


@pytest.fixture
def axe():
    """Check accessibility: ``axe(page, selector=None)`` fails on serious or critical violations of axe-core."""
    import axe_playwright_python

    script = Path(axe_playwright_python.__file__).with_name("axe.min.js")

    def check(page, selector=None):
        page.add_script_tag(path=script)
        serious = [
            f"{each['impact']} {each['id']} x{len(each['nodes'])}: {each['help']}\n    {each['nodes'][0]['html'][:200]}"
            for each in page.evaluate(AXE, selector)
            if each["impact"] in ("serious", "critical")
        ]
        assert not serious, "axe finds:\n" + "\n".join(serious)

    return check
