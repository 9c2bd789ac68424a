"""JupyterLab on a folder: its command, its port, its life."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from autograder import serve
from autograder.errors import CourseError
from tests.autograder.tiny import tiny_course


def test_an_address_names_other_places_of_its_server():
    address = serve.Address("http://127.0.0.1:8888/lab?token=abc")
    assert address.at("lab/tree/course/03 x.ipynb") == "http://127.0.0.1:8888/lab/tree/course/03 x.ipynb?token=abc"
    assert address.at("/api/status") == "http://127.0.0.1:8888/api/status?token=abc"


def test_a_taken_port_is_passed_over_and_named_when_asked_for(tmp_path):
    with socket.socket() as taken:
        taken.bind((serve.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert serve.listens(port)
        assert serve.free_port(port) > port
        with pytest.raises(CourseError, match=f"port {port} already"):
            serve.serve_course(tiny_course(tmp_path), port=port)
    assert not serve.listens(port)


@pytest.mark.parametrize(
    ("variables", "screen"),
    [({"BROWSER": "none", "DISPLAY": ":0"}, False), ({"DISPLAY": ":0"}, True), ({"WAYLAND_DISPLAY": "w"}, True),
     ({"BROWSER": "firefox", "DISPLAY": ":0"}, True)],
)
def test_a_browser_opens_only_where_there_is_a_screen(monkeypatch, variables, screen):
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert serve.has_display() is screen


def test_linux_without_a_screen_prints_the_address_only(monkeypatch):
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert serve.has_display() is False


def test_the_server_stays_on_this_machine_and_asks_the_network_nothing(tmp_path):
    command = serve.lab_command(tmp_path, 9000, "secret", open_on="course/01.ipynb")
    assert "--ServerApp.ip=127.0.0.1" in command
    assert "--IdentityProvider.token=secret" in command
    assert "--LabApp.news_url=None" in command
    assert "--LabApp.default_url=/lab/tree/course/01.ipynb" in command


def test_a_server_that_ends_at_once_is_an_error_with_its_exit_code():
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(CourseError, match="exit code 3"):
        serve.wait_until_up(serve.Address("http://127.0.0.1:9/lab?token=x"), process)


def test_a_server_that_does_not_answer_is_given_up():
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
    try:
        with pytest.raises(CourseError, match=r"within 0\.3 seconds"):
            serve.wait_until_up(serve.Address("http://127.0.0.1:9/lab?token=x"), process, seconds=0.3)
    finally:
        serve.stop(process)
    assert process.poll() is not None


@pytest.mark.slow
def test_the_course_is_served_with_its_token_and_ends_on_ctrl_c(tmp_path):
    course = tiny_course(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "autograder", "course"],
        cwd=course.root,
        env={**os.environ, "BROWSER": "none", "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        text=True,
        # a shell's background jobs ignore Ctrl-C, and hand that on: the gate may be one
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        for line in process.stdout:
            if "The course is at" in line:
                address = serve.Address(line.split()[-1])
                break
        with urllib.request.urlopen(address.at("api/contents/course")) as answer:
            assert b"01_tiny.ipynb" in answer.read()
        with urllib.request.urlopen(address.at("api/contents/labs/01_tiny")) as answer:
            assert b"lab.ipynb" in answer.read()
    finally:
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=30)[0]
    assert "Stopped. Your notebooks are in build/student." in rest
    assert process.returncode == 0
