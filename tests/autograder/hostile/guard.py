"""A throwaway machine round a whole grader, so that no hand-in of the corpus can harm this one.

bubblewrap: its own processes, network, memory disk; everything else read-only. What must be safe is this machine; what
is tried is whether the grader inside is.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.autograder.hostile.evidence import Evidence

USER = 61500                                          # the ordinary user that the grader runs as inside
DISK = 2 * 2**30                                      # bytes of the memory disk
REPOSITORY = Path(__file__).resolve().parents[3]


def _closed(path):
    """Return the topmost folder above `path` that other users may not enter, None if they may enter all."""
    for folder in reversed(path.parents):
        if folder.exists() and not folder.stat().st_mode & 0o001:
            return folder
    return None


def command(inside, template, out, job, *, as_root):
    """Return the command that runs `inside` in the guard."""
    argv = ["bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--die-with-parent",
            "--as-pid-1", "--clearenv", "--setenv", "LANG", "C.UTF-8",
            "--setenv", "PATH", "/usr/local/bin:/usr/bin:/bin"]
    argv += ["--cap-add", "ALL"] if as_root else ["--unshare-user"]
    argv += ["--ro-bind", "/", "/"]
    needed = {Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), REPOSITORY}
    for closed in sorted({c for c in map(_closed, needed) if c}):
        argv += ["--tmpfs", str(closed)]
        for place in sorted(p for p in needed if p.is_relative_to(closed)):
            for parent in reversed([p for p in place.parents if closed in p.parents]):
                argv += ["--perms", "0755", "--dir", str(parent)]       # made by itself, it would be closed, too
            argv += ["--ro-bind", str(place), str(place)]
    argv += ["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/run"]
    for place in ("/tmp", "/var/tmp", "/dev/shm"):
        argv += ["--perms", "1777", "--size", str(DISK), "--tmpfs", place]
    for place in (REPOSITORY, Path(sys.prefix)):      # a checkout below /tmp has been covered
        if place.is_relative_to("/tmp"):
            argv += ["--ro-bind", str(place), str(place)]
    argv += ["--ro-bind", str(template), "/tmp/template", "--bind", str(out), "/tmp/out"]
    argv += ["--ro-bind", str(job), "/tmp/job.json", "--chdir", str(REPOSITORY), "--", *inside]
    return argv


def guarded(cases, grader, template, *, user="ordinary", pages=None, together=False):
    """Grade hand-ins inside a guard, one after the other, and yield ``(case, Evidence)`` of each as it is ready.

    Where one of them ends the guard itself, the rest get a new one.

    Parameters
    ----------
    cases : list of HandIn
    grader : Grader
    template : Path
        What `course.template` made.
    user : {"ordinary", "root"}
        Whom the grader runs as, where this process is root; an ordinary user stays what he is.
    pages : Path, optional
        Where the students' feedback pages are kept, as ``ID.html``.
    together : bool
        As one class, in one call of the grader.
    """
    remaining = list(cases)
    while remaining:
        with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
            done = yield from _one_guard(remaining, grader, template, Path(folder), user, pages, together)
        remaining = remaining[done:]


def _one_guard(cases, grader, template, folder, user, pages, together):
    """Yield what one guard tells of `cases`; return of how many."""
    root = os.getuid() == 0
    out, job = folder / "out", folder / "job.json"
    out.mkdir(mode=0o700)
    job.write_text(json.dumps({"ids": [case.id for case in cases], "grader": grader.name, "template": "/tmp/template",
                               "out": "/tmp/out", "user": USER if root and user == "ordinary" else None,
                               "together": together}))
    patience = (2 * grader.seconds + 120) * (len(cases) if together else 1)
    argv = command([sys.executable, "-m", "tests.autograder.hostile.witness", "/tmp/job.json"], template, out, job,
                   as_root=root)
    with (folder / "said").open("w+") as said:
        guard = subprocess.Popen(argv, stdout=said, stderr=said, stdin=subprocess.DEVNULL)
        try:
            for number, case in enumerate(cases):
                answer, deadline = out / f"{case.id}.json", time.monotonic() + patience
                while not answer.exists() and guard.poll() is None and time.monotonic() < deadline:
                    time.sleep(0.1)
                if not answer.exists():
                    guard.kill()
                    said.seek(0)
                    why = said.read()[-1500:] or "no answer from inside within the time"
                    yield case, Evidence(case.id, guard=[f"the witness itself ended: {why}"])
                    return len(cases) if together else number + 1
                page = out / f"{case.id}.html"
                if pages and page.exists():
                    pages.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(page, pages / page.name)
                yield case, Evidence.from_json(answer.read_text())
        finally:
            guard.kill()
            guard.wait()
    return len(cases)


def missing():
    """Return why there can be no guard here, empty where there can."""
    if not shutil.which("bwrap"):
        return "bubblewrap is not installed: apt-get install bubblewrap"
    probe = ["bwrap", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc",
             *([] if os.getuid() == 0 else ["--unshare-user"]), "--", "true"]
    done = subprocess.run(probe, capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else ""
