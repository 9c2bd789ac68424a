"""Formgrader, nbgrader's page for marking by hand, in JupyterLab on nbgrader's course root."""

import contextlib
import secrets
import subprocess

from autograder.errors import CourseError
from autograder.gradebook import check_database
from autograder.people.database import has_gradebook
from autograder.serve import HOST, Address, environment, free_port, lab_command, stop, wait_until_up


def command(course, port, token, *, browser):
    """Return ``(command, address)`` that serves formgrader for `course`.

    The command has to run in nbgrader's course root: formgrader reads ``nbgrader_config.py`` there.

    Raises
    ------
    CourseError
        If nothing is built yet, or the gradebook cannot be used.
    """
    if not has_gradebook(course.nbgrader):
        raise CourseError("There is no gradebook yet; run: python -m autograder build NN_topic")
    check_database(course)
    words = lab_command(course.nbgrader, port, token, browser=browser)
    words += ["--LabApp.default_url=/formgrader", "--ServerApp.default_url=/formgrader"]
    return words, f"http://{HOST}:{port}/formgrader?token={token}"


def serve(course, port, token, *, browser):
    """Serve formgrader until interrupted and return the exit code."""
    words, _ = command(course, port, token, browser=browser)
    try:
        return subprocess.call(words, cwd=course.nbgrader, env=environment())
    except KeyboardInterrupt:
        return 0


@contextlib.contextmanager
def running(course, *, log=subprocess.DEVNULL, **variables):
    """Serve formgrader on a free port while the block runs; give the Address of the server."""
    port, token = free_port(), secrets.token_hex(16)
    words, _ = command(course, port, token, browser=False)
    process = subprocess.Popen(words, cwd=course.nbgrader, env=environment(**variables), stdin=subprocess.DEVNULL,
                               stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    address = Address(f"http://{HOST}:{port}/lab?token={token}")
    try:
        wait_until_up(address, process)
        yield address
    finally:
        stop(process)
