"""The whole gate, as ``make test`` runs it: ``python -m tests.gate``.

System packages where they can be installed, then style, import contracts, the check of the course, the fast tests and
the slow ones. Every step runs, whatever became of the one before. The exit code is 1 if any failed.
"""

import ctypes.util
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

from autograder import doctor
from tests.autograder.people import postgres

ROOT = Path(__file__).parents[1]
REPORTS = ROOT / "build" / "gate"
SYSTEM = {                                            # Debian's name of a package, and what finds it
    "chromium": doctor.find_chromium,
    "bubblewrap": lambda: shutil.which("bwrap"),
    "openjdk-17-jre-headless": lambda: shutil.which("java"),
    "libseccomp2": lambda: ctypes.util.find_library("seccomp"),
    "postgresql": postgres.programs,
}
PROCESSES = min(os.cpu_count() or 1, 4)
PARALLEL = [f"-n{PROCESSES}", "--dist=loadfile"]
PYTEST = [sys.executable, "-m", "pytest", "-q", *PARALLEL, "--durations=0", "--durations-min=60"]


@dataclass
class Step:
    """What became of one step."""

    name: str
    ok: bool
    seconds: float


@dataclass(frozen=True)
class Tests:
    """What a pytest run wrote about itself."""

    passed: int
    failed: int
    skipped: int
    times: list                                       # (seconds, name)


def step(name, command):
    """Run `command` in the root of the project, its output shown; return a Step."""
    print(f"\n== {name}: {' '.join(Path(word).name if os.sep in word else word for word in command)}", flush=True)
    start = time.monotonic()
    code = subprocess.call(command, cwd=ROOT, env=doctor.environment())
    return Step(name, code == 0, time.monotonic() - start)


def install_system_packages():
    """Install what the tests need of the system where this is Debian and root; say what is missing elsewhere.

    Returns
    -------
    bool
        Whether everything is there now.
    """
    missing = [package for package, find in SYSTEM.items() if not find()]
    if missing and sys.platform.startswith("linux") and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {', '.join(missing)} with apt-get ...", flush=True)
        quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
        if subprocess.call(["apt-get", "update"], **quiet) == 0:
            subprocess.call(["apt-get", "install", "-y", "--no-install-recommends", *missing], **quiet)
        missing = [package for package, find in SYSTEM.items() if not find()]
    if missing:
        print(f"Missing: {', '.join(missing)}. Tests that need them will fail; make doctor says how to get them.")
    return not missing


def read_report(path):
    """Return the Tests of a JUnit report; none passed and one failed where there is no report."""
    try:
        suites = ElementTree.parse(path).getroot().iter("testsuite")
    except (OSError, ElementTree.ParseError):
        return Tests(0, 1, 0, [])
    cases = [case for suite in suites for case in suite.iter("testcase")]
    bad = sum(any(child.tag in ("failure", "error") for child in case) for case in cases)
    skipped = sum(any(child.tag == "skipped" for child in case) for case in cases)
    times = [(float(case.get("time", 0)), f"{case.get('classname')}::{case.get('name')}") for case in cases]
    return Tests(len(cases) - bad - skipped, bad, skipped, times)


def pytest_step(name, marks):
    """Run the tests with these marks; return its Step and its Tests."""
    report = REPORTS / f"{name.split()[0]}.xml"
    report.unlink(missing_ok=True)
    done = step(name, [*PYTEST, "-m", marks, f"--junit-xml={report}"])
    tests = read_report(report)
    if not done.ok and not tests.failed:              # nothing collected, or an error before the first test
        tests = Tests(tests.passed, 1, tests.skipped, tests.times)
    return done, tests


def main():
    """Run the gate and return its exit code."""
    start = time.monotonic()
    REPORTS.mkdir(parents=True, exist_ok=True)
    ready = install_system_packages()
    steps = [
        Step("system packages", ready, time.monotonic() - start),
        step("style", [sys.executable, "-m", "ruff", "check", "."]),
        step("imports", [str(doctor.find_program("lint-imports") or "lint-imports")]),
        step("course", [sys.executable, "-m", "autograder", "check"]),
    ]
    groups = []
    for name, marks in (("fast tests", "not slow"), ("slow tests", "slow")):
        done, tests = pytest_step(name, marks)
        steps.append(done)
        groups.append(tests)

    print("\nThe slowest ten:")
    for seconds, name in sorted((row for tests in groups for row in tests.times), reverse=True)[:10]:
        print(f"{seconds:8.1f} s  {name}")
    print("\nSteps:")
    for each in steps:
        print(f"{each.seconds:8.1f} s  {'passed' if each.ok else 'FAILED'}  {each.name}")
    passed = sum(tests.passed for tests in groups)
    failed = sum(tests.failed for tests in groups) + sum(not each.ok for each in steps[:4])
    skipped = sum(tests.skipped for tests in groups)
    more = f", {skipped} skipped" if skipped else ""
    print(f"\n{passed} passed, {failed} failed{more} in {time.monotonic() - start:.0f} s", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
