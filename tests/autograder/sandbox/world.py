"""Boxes for the tests: every kind that this machine makes, for root and for an ordinary user, whole or without a layer.

Each box is made by a grader of its own, a process that runs this file: with JSON on stdin, answering JSON.
"""

import contextlib
import functools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.errors import CourseError
from autograder.sandbox import bubblewrap, landlock, limits, seccomp, tier, tiers, watchdog
from autograder.sandbox.limits import Box, Limits

ROOT = Path(__file__).resolve().parents[3]
ATTEMPTS = Path(__file__).with_name("attempts.py")
TOKEN = "grader-token-4711"
USER, NO_BOX = 1500, 3
LINUX = sys.platform.startswith("linux")
ACCOUNTS = ("root", "user") if LINUX and os.geteuid() == 0 else ("user",)
WORLDS = [(tier, account) for tier in ("bubblewrap", "landlock") for account in ACCOUNTS]
PASS_ALL = (0x7FFF000000000006).to_bytes(8, "little")  # the shortest filter: return ALLOW


def _no_filter():
    seccomp.program = lambda **how: PASS_ALL


def _no_landlock():
    landlock.plan = lambda *paths: None


def _no_limits():
    limits.Limits.rlimits = lambda self, room=0: {}


def _no_watchdog():
    watchdog.Watch.look = lambda self: ""


def _without(*options):
    """Return a function that makes bubblewrap leave out options without arguments."""
    def take():
        command = bubblewrap.command
        bubblewrap.command = lambda *a, **k: [word for word in command(*a, **k) if word not in options]
    return take


def _all_files():
    command = bubblewrap.command
    bubblewrap.command = lambda *a, **k: [*command(*a, **k)[:-3], "--bind", "/tmp", "/tmp", "--"]


def _no_end():
    """Let the supervisor go home without ending what is left."""
    file, tier.LAUNCHER = tempfile.mkstemp(suffix=".py")
    os.write(file, f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom autograder.sandbox import launch, supervisor\n"
                   "supervisor.end_all = lambda uid=None: None\nlaunch.main()\n".encode())
    os.chmod(tier.LAUNCHER, 0o644)


LAYERS = {"filter": _no_filter, "landlock": _no_landlock, "limits": _no_limits, "watchdog": _no_watchdog,
          "network": _without("--unshare-net"), "process list": _without("--unshare-pid"), "files": _all_files,
          "supervisor": _no_end, "ipc": _without("--unshare-ipc")}


def as_user(words):
    """Return words that run a command as an ordinary user who reaches this Python, wherever root keeps it."""
    script = ["set -e; stash=$(mktemp -d)"]
    if hidden := [p for p in {Path(sys.base_prefix), Path(sys.prefix)} if p.is_relative_to("/root")]:
        script += ["mount --bind /root $stash", "mount -t tmpfs -o mode=755 none /root"]
        for path in hidden:
            script += [f"mkdir -p {path}", f"mount --bind $stash/{path.relative_to('/root')} {path}"]
        script += ["umount -l $stash"]
    script += ["rmdir $stash", f'exec setpriv --reuid {USER} --regid {USER} --clear-groups "$@"']
    return ["unshare", "--mount", "sh", "-c", "; ".join(script), "sh", *words]


def words_for(account, *module):
    """Return words that run a module of this project's Python under an account; skip where that is not possible."""
    words = [sys.executable, "-m", *module]
    if account == "root" or "root" not in ACCOUNTS:
        return words
    if not shutil.which("unshare") or not shutil.which("setpriv"):
        pytest.skip("needs util-linux to become an ordinary user")
    return as_user(words)


def inside(world, program=None, *arguments, timeout=60, data=None, most=2**20, without=(), limits=None, **different):
    """Run a Python program in a box.

    Parameters
    ----------
    world : (str, str)
        Tier and account.
    program : str, optional
        Python source; the hostile attempts unless given.
    data : path, optional
        Folder for the working folder.
    most : int
        Bytes of output.
    without : iterable of str
        Layers to take away, from `LAYERS`.
    limits : dict, optional
        Limits that are not the usual ones; also as keywords, but for `data`.

    Returns
    -------
    namespace
        ``code``, ``said``, ``ended`` (the limit that ended it), ``seconds``, ``canary`` and ``mode`` of the file
        outside afterwards, ``beside`` (what is new there), ``left`` (processes), ``folders`` (left behind).
    """
    name, account = world
    order = {"tier": name, "program": program, "arguments": arguments, "timeout": timeout, "most": most,
             "data": data and str(data), "limits": {**(limits or {}), **different}, "without": list(without)}
    env = {**os.environ, "HOME": "/nonexistent", "TOKEN": TOKEN}
    done = subprocess.run(words_for(account, __name__), input=json.dumps(order), text=True, cwd=ROOT, env=env,
                          capture_output=True, timeout=timeout + 60, check=False)
    if done.returncode == NO_BOX:
        pytest.skip(done.stdout.partition(". Install")[0])
    assert done.returncode == 0, done.stdout + done.stderr
    return SimpleNamespace(**json.loads(done.stdout.splitlines()[-1]))


@functools.cache
def attempts(world, *without):
    """Return ``(what each hostile attempt came to, what is seen outside)`` in a box."""
    seen = inside(world, without=without)
    assert seen.code == 0, (seen.code, seen.ended, seen.said[-500:])
    return json.loads(seen.said), seen


def won(found):
    """Return the attempts that were not refused, but for those that only measure."""
    return {name: value for name, value in found.items()
            if name not in ("rights", "forks") and not str(value).startswith("refused")}


@contextlib.contextmanager
def surroundings(folder):
    """Set up what a hostile program looks for: a file, servers, sockets; yield ``(canary, targets)``."""
    canary, lines, name = folder / "canary", [], f"autograder-{os.getpid()}"
    canary.write_text("the canary", encoding="ascii")
    os.chmod(folder, 0o777)
    os.chmod(canary, 0o666)

    def serve(line):
        with contextlib.suppress(OSError):
            while True:
                one, _ = line.accept()
                with one:
                    one.sendall(b"connected")

    for family, address in ((socket.AF_INET, ("127.0.0.1", 0)), (socket.AF_UNIX, str(folder / "socket")),
                            (socket.AF_UNIX, f"\0{name}")):
        lines.append(socket.socket(family))
        lines[-1].bind(address)
        lines[-1].listen()
        threading.Thread(target=serve, args=(lines[-1],), daemon=True).start()
    lines.append(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
    lines[-1].bind(str(folder / "datagram"))
    for path in ("socket", "datagram"):
        os.chmod(folder / path, 0o777)
    solution = next((ROOT / "labs").glob("*/lab.py"))
    yield canary, {"canary": str(canary), "solution": str(solution), "checkout": str(ROOT),
                   "token": TOKEN, "pid": os.getpid(), "port": lines[0].getsockname()[1], "abstract": name,
                   "socket": str(folder / "socket"), "datagram": str(folder / "datagram")}


def _marked(mark):
    """Return the command lines of processes that carry a mark."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            line = Path("/proc", name, "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if mark in line and int(name) != os.getpid():
                found.append(line)
    return found


def do(order):
    """Make the box that `inside` asked for and say what came of it."""
    whole = tiers.choose(only=order["tier"])          # before a layer goes: the probe would notice
    for layer in order["without"]:
        LAYERS[layer]()
    with tempfile.TemporaryDirectory(prefix="w-") as here:
        os.chmod(here, 0o711)
        runtime, around, temporary = Path(here, "run"), Path(here, "around"), Path(here, "tmp")
        for path in (runtime, around, temporary):
            path.mkdir(mode=0o711 if path == temporary else 0o700)
        tempfile.tempdir = str(temporary)             # others make boxes on this machine, too
        box = Box(order["data"] and Path(order["data"]), runtime, replace(Limits(), **order["limits"]))
        with surroundings(around) as (canary, targets):
            program, mark = order["program"], f"mark-{os.getpid()}"
            arguments = [*order["arguments"], mark]
            if program is None:
                program = ATTEMPTS.read_text(encoding="utf-8")
                arguments = [json.dumps({**targets, "runtime": str(runtime)})]
            start = time.monotonic()
            words = [sys.executable, "-c", program, *arguments]
            done = whole.run(words, box, timeout=order["timeout"], most=order["most"])
            seconds = time.monotonic() - start
            return {"code": done.returncode, "said": done.stdout.decode(errors="replace"), "ended": done.stderr,
                    "seconds": seconds, "canary": canary.read_text() if canary.exists() else "",
                    "mode": canary.stat().st_mode & 0o777 if canary.exists() else None,
                    "left": _marked(mark), "beside": sorted(set(os.listdir(around)) - {"canary", "socket", "datagram"}),
                    "folders": sorted(path.name for path in temporary.glob("box-*")), "tier": whole.describe()}


def main():
    """Do one order."""
    order = json.loads(sys.stdin.read())
    try:
        print(json.dumps(do(order)))
    except CourseError as error:
        print(error)
        sys.exit(NO_BOX)


if __name__ == "__main__":
    main()
