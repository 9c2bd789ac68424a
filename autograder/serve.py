"""JupyterLab on a folder of the course: quiet, on this machine only, with the Python that runs this."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import webbrowser
from pathlib import Path

from autograder import doctor
from autograder.errors import CourseError

HOST = "127.0.0.1"
FIRST_PORT = 8888
TEMPLATES = Path(__file__).parent / "templates"
SETTINGS = TEMPLATES / "jupyter"                      # page_config.json: no pop-up that asks about news
FOR_STUDENTS = TEMPLATES / "jupyter_student"          # the same, and without nbgrader's panels for teachers


class Address(str):
    """The address of a running JupyterLab with its token: ``http://127.0.0.1:8888/lab?token=...``.

    It is a plain string; :meth:`at` names other places on the same server.
    """

    process = None                                    # of the server, where we started it

    def at(self, path):
        """Return the address of `path` on this server, such as ``lab/tree/course/03_regression.ipynb``."""
        base, token = self.split("/lab?", 1)
        return f"{base}/{str(path).lstrip('/')}?{token}"


def free_port(first=0):
    """Return the first port from `first` on that nothing listens on; any free one for 0."""
    for port in range(first, first + 100) if first else (0,):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return probe.getsockname()[1]
    raise CourseError(f"No free port between {first} and {first + 99}. Stop another server, or give --port.")


def usable_port(port=None):
    """Return `port` where a server can have it, the first free one from 8888 where none is given.

    Raises
    ------
    CourseError
        If the port is no port, taken, or reserved for the system.
    """
    if port is None:
        return free_port(FIRST_PORT)
    if not 1 <= port <= 65535:
        raise CourseError(f"A port is a number from 1 to 65535, got {port}.")
    if listens(port):
        raise CourseError(f"Something listens on port {port} already. Give another --port, or none.")
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
    except OSError as error:
        raise CourseError(f"Port {port} cannot be used: {error.strerror}. Give another --port, or none.") from None
    return port


def lab_command(root, port, token, *, browser=False, open_on=None):
    """Return the command that serves JupyterLab with the folder `root` as its world.

    News, update checks and the extension catalogue would ask the network, so they are off.
    """
    settings = {
        "ServerApp.ip": HOST,
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": Path(root).resolve(),
        "ServerApp.open_browser": browser,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": token,
        "LabApp.news_url": "None",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
    }
    if open_on:
        settings["LabApp.default_url"] = f"/lab/tree/{open_on}"
    return [sys.executable, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in settings.items())]


def environment(settings=SETTINGS, **more):
    """Return the variables for a server: this environment, its own programs first on PATH, `settings`, `more`."""
    config = os.pathsep.join(filter(None, [str(settings), os.environ.get("JUPYTER_CONFIG_PATH")]))
    return {**doctor.environment(), "JUPYTER_CONFIG_PATH": config, **more}


def has_display():
    """Say whether a browser can open here: not with ``BROWSER=none``, not on Linux without a screen."""
    if os.environ.get("BROWSER", "").lower() == "none":
        return False
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return bool(screen) or not sys.platform.startswith("linux")


def listens(port):
    """Say whether something listens on `port` of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def wait_until_up(address, process, *, seconds=120.0):
    """Return when the server behind `address` answers.

    Raises
    ------
    CourseError
        If `process` ends first or nothing answers for `seconds`.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise CourseError(f"JupyterLab ended at once with exit code {process.returncode}.")
        with contextlib.suppress(OSError), urllib.request.urlopen(address.at("api/status"), timeout=5):
            return
        time.sleep(0.2)
    raise CourseError(f"JupyterLab did not answer within {seconds:g} seconds.")


@contextlib.contextmanager
def running(root, *, port=None, log=subprocess.DEVNULL, open_on=None, settings=SETTINGS, **variables):
    """Serve JupyterLab on the folder `root` while the block runs; give its :class:`Address`.

    Parameters
    ----------
    root : path
        The folder that the server shows.
    port : int, optional
        Any free one unless given.
    log : file, optional
        Where the server writes; nowhere unless given.
    open_on : str, optional
        The file that the first page shows, from `root`.
    settings : path
        A folder with the configuration of JupyterLab.
    **variables : str
        Further environment variables of the server.
    """
    port, token = port or free_port(), secrets.token_hex(16)
    address = Address(f"http://{HOST}:{port}/lab?token={token}")
    process = subprocess.Popen(
        lab_command(root, port, token, open_on=open_on),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=environment(settings, **variables),
        start_new_session=True,
    )
    address.process = process
    try:
        wait_until_up(address, process)
        yield address
    finally:
        stop(process)


def stop(process, *, seconds=10.0):
    """End a server and wait for it; kill it when it does not end in time."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(seconds)


def serve_course(course, *, port=None, browser=True, say=print):
    """Serve the folder of students until interrupted, opened on the first lecture.

    Parameters
    ----------
    course : Course
        With ``build/student`` built.
    port : int, optional
        The first free one from 8888 unless given.
    browser : bool
        Open a browser where there is a display.
    say : callable
        Prints a line.

    Raises
    ------
    CourseError
        If `port` is taken, or the server ends; the message holds the end of its log.
    """
    port = usable_port(port)
    lectures = course.lectures()
    first = f"course/{lectures[0].stem}.ipynb" if lectures else None
    path = course.build / "course.log"
    signal.signal(signal.SIGTERM, signal.default_int_handler)        # ended by another program: as by Ctrl-C
    with path.open("w+", encoding="utf-8", errors="replace") as log:
        try:
            with running(
                course.student, port=port, log=log, open_on=first, settings=FOR_STUDENTS
            ) as address:
                say(f"The course is at {address}")
                say("Stop it with Ctrl-C.")
                if browser and has_display():
                    webbrowser.open(address)
                address.process.wait()
                raise CourseError(f"JupyterLab ended with exit code {address.process.returncode}.")
        except KeyboardInterrupt:
            say("Stopped. Your notebooks are in build/student.")
        except CourseError as error:
            log.seek(0)
            end = "\n".join(log.read().splitlines()[-8:])
            raise CourseError(f"{error} The end of build/{path.name}:\n{end}") from None
