"""What in a feedback page could act: scripts, handlers, frames, addresses. Once by reading it, once by opening it."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

ACTING = {"script", "iframe", "frame", "object", "embed", "applet", "form", "base", "portal", "link", "style",
          "animate", "set", "animatetransform", "foreignobject"}
ADDRESSES = {"href", "src", "srcset", "action", "formaction", "xlink:href", "data", "poster", "background", "ping",
             "srcdoc", "values", "to", "from", "style", "manifest", "longdesc", "dynsrc", "lowsrc"}
ALIVE = re.compile(r"(javascript|vbscript|livescript|mocha):|data:(text/(html|xml|javascript)|application/)")
ELSEWHERE = re.compile(r"(https?|ftp|wss?|file):|//|\\\\")
INSIDE_STYLE = re.compile(r"url\s*\(|expression\s*\(|@import|behavior\s*:|-moz-binding", re.IGNORECASE)
PICTURES = {"img", "image", "audio", "video", "source", "track"}      # data in them is shown, never run
LONGEST_PAGE = 64 * 2**20                             # a longer one is not parsed but counted as alive


class _Reader(HTMLParser):
    """Collects every element and attribute that acts."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found, self.open, self.text = [], None, []

    def handle_starttag(self, tag, attributes):
        values = {name: value or "" for name, value in attributes}
        if tag in ("script", "style"):
            self.open, self.text = (tag, values), []
        elif tag in ACTING or (tag == "meta" and values.get("http-equiv", "").lower() == "refresh"):
            self.found.append(_shown(tag, values))
        for name, value in values.items():
            if name.startswith("on"):
                self.found.append(f"<{tag} {name}={value[:80]!r}>")
            elif name == "style" and INSIDE_STYLE.search(value):
                self.found.append(f"<{tag} style={value[:80]!r}>")
            elif name in ADDRESSES and name != "style" and _acts(tag, name, value):
                self.found.append(f"<{tag} {name}={value[:80]!r}>")

    handle_startendtag = handle_starttag

    def handle_data(self, data):
        if self.open:
            self.text.append(data)

    def handle_endtag(self, tag):
        if self.open and tag == self.open[0]:
            self._close()

    def _close(self):
        tag, values = self.open
        digest = hashlib.sha256("".join(self.text).encode("utf-8", "replace")).hexdigest()[:12]
        self.found.append(_shown(tag, {**values, "text": digest}))
        self.open = None

    def close(self):
        """Take an element that was never closed for what a browser takes it for: open to the end."""
        super().close()
        if self.open:
            self._close()


def _shown(tag, values):
    return f"<{' '.join([tag, *(f'{name}={value[:80]!r}' for name, value in sorted(values.items()))])}>"


def _acts(tag, name, value):
    """Say whether an address runs code, or is fetched without anybody clicking."""
    bare = re.sub(r"[\x00-\x20]+", "", value).lower()
    if ALIVE.search(bare) and not (tag in PICTURES and bare.startswith("data:")):
        return True
    return (tag not in ("a", "area") or name == "ping") and bool(ELSEWHERE.match(bare))


def active(text):
    """Return everything in an HTML page that could act, each as a line; sorted, each once."""
    if len(text) > LONGEST_PAGE:
        return [f"a page of {len(text) >> 20} MiB"]
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return sorted(set(reader.found))


def opened(pages):
    """Open pages in Chromium without network; return ``{path: [what ran or was asked for, ...]}`` of those that acted.

    A payload of the corpus that runs writes its id into ``document.documentElement.dataset.pwned``.
    """
    with ThreadPoolExecutor(1) as thread:             # of its own: Playwright refuses where another one is at work
        return thread.submit(_opened, pages).result()


def _opened(pages):
    from playwright.sync_api import sync_playwright

    from autograder import browser, doctor

    acted = {}
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=doctor.find_chromium(), headless=True, args=browser.QUIET)
        context = chromium.new_context(offline=True)
        for path in pages:
            seen, page = [], context.new_page()
            page.on("dialog", lambda dialog, seen=seen: (seen.append(f"dialog: {dialog.message}"), dialog.dismiss()))
            page.on("request", lambda request, seen=seen: seen.append(request.url[:120]))
            page.goto(path.resolve().as_uri(), wait_until="load", timeout=60_000)
            page.wait_for_timeout(150)
            ran = page.evaluate("document.documentElement.dataset.pwned || ''")
            own = path.resolve().as_uri()
            acted[path] = ([f"ran: {ran}"] if ran else []) + [
                s for s in dict.fromkeys(seen) if s.startswith("dialog") or not s.startswith((own, "data:", "blob:"))]
            page.close()
        chromium.close()
    return {path: found for path, found in acted.items() if found}
