"""One headless Chromium page, spoken to over its DevTools socket: enough to measure a deck and to print it."""

import base64
import contextlib
import itertools
import json
import re
import subprocess
import tempfile
import time

import websocket

from autograder import doctor
from autograder.errors import CourseError

QUIET = [                                             # works as root, and asks nobody on the network for anything
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
FLAGS = [*QUIET, "--headless", "--window-size=1280,720", "--remote-debugging-port=0", "--remote-allow-origins=*"]

LOADED = "new Promise((done) => document.readyState === 'complete' ? done() : addEventListener('load', done))"


class Page:
    """A page of a running Chromium; made by :func:`chromium`."""

    def __init__(self, address, seconds):
        self._socket = websocket.create_connection(address, timeout=seconds)
        self._numbers = itertools.count(1)
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._send("Page.enable")

    _session = None

    def _send(self, method, **parameters):
        """Send one command and return its result; other messages are passed over."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == number:
                if "error" in answer:
                    raise CourseError(f"Chromium refuses {method}: {answer['error'].get('message')}")
                return answer["result"]

    def open(self, address):
        """Go to `address` and return when it is loaded."""
        if error := self._send("Page.navigate", url=address).get("errorText"):
            raise CourseError(f"Chromium cannot open {address}: {error}")
        self.evaluate(LOADED)

    def evaluate(self, script):
        """Return the value of a JavaScript expression, awaited."""
        answer = self._send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if problem := answer.get("exceptionDetails"):
            said = problem.get("exception", {}).get("description") or problem.get("text")
            raise CourseError(f"The page reports: {said.splitlines()[0]}")
        return answer["result"].get("value")

    def pdf(self):
        """Return the page as PDF, in the page size of its style sheet, as bytes."""
        answer = self._send("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(answer["data"])

    def close(self):
        """Close the socket."""
        self._socket.close()


@contextlib.contextmanager
def chromium(*, seconds=60.0):
    """Start Chromium, give a :class:`Page`, and end it.

    Raises
    ------
    CourseError
        If there is no Chromium, or it does not start or answer within `seconds`.
    """
    program = doctor.find_chromium()
    if program is None:
        raise CourseError("This needs Chromium or Chrome. On Debian and Ubuntu: apt-get install chromium")
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        tempfile.TemporaryFile("w+") as log,
    ):
        process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={profile}"], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        try:
            page = Page(_address(process, log, seconds), seconds)
            try:
                yield page
            finally:
                page.close()
        except (websocket.WebSocketException, OSError) as error:
            raise CourseError(f"Chromium stopped answering: {error or type(error).__name__}") from None
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def _address(process, log, seconds):
    """Return the address of the DevTools socket that Chromium writes when it is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        log.seek(0)
        text = log.read()
        if match := re.search(r"DevTools listening on (ws://\S+)", text):
            return match[1]
        if process.poll() is not None:
            raise CourseError(f"Chromium ended at once: {text.strip().splitlines()[-1:]}")
        time.sleep(0.05)
    raise CourseError(f"Chromium did not start within {seconds:g} seconds.")
