"""What the second wall round a forked process is made of, decided on the grader's side."""

import secrets
from pathlib import Path

from autograder.sandbox import accounts, bubblewrap, landlock, launch, visible

PACKAGES = "packages"                                 # folder on the path of a child that may not list the source tree


def private(tier, folder):
    """Return a new folder for the private files of one child where these lie on the disk; None where in memory."""
    if tier.name == "bubblewrap":
        return None
    place = Path(folder) / f"private-{secrets.token_hex(6)}"
    for part in (place, place / "home", place / "tmp"):
        part.mkdir(mode=0o700)
    visible.link_packages(place / PACKAGES)
    return place


def plan(tier, box, folder, env=None, place=None):
    """Return what a forked process does to itself before it runs anything of a student.

    Parameters
    ----------
    tier : Tier
    box : Box
        Its runtime lies in `folder`.
    folder : path
        The zygote's runtime; all of it but the child's own is hidden from the child.
    env : mapping, optional
        Environment variables, as far as boxes allow them.
    place : path, optional
        From `private`.
    """
    own_spaces = tier.name == "bubblewrap"
    uid = accounts.new() if tier.safe else None
    home, tmp = (visible.HOME, visible.TMP) if own_spaces else (str(place / "home"), str(place / "tmp"))
    room = 0 if own_spaces or uid is not None else accounts.own_threads()
    done = {"wall": "namespaces" if own_spaces else tier.name, "uid": uid, "keep": [], "home": home, "tmp": tmp,
            "env": visible.environment(env, home, tmp), "scratch": box.limits.scratch, "runtime": str(box.runtime),
            "shown": [], "hide": str(folder), "rlimits": box.limits.rlimits(room),
            "seccomp": tier.filter().hex()}
    if uid is not None:
        for each in (box.runtime, *((home, tmp, place) if place else ())):
            accounts.hand_over(each, uid)
    if own_spaces:                                    # a checkout, or a Python, that lies where the child gets its own
        covered = [path for path in visible.read_only() if path.is_relative_to(tmp) or path.is_relative_to(home)]
        done["shown"] = [str(path) for path in covered]
    if own_spaces and uid is not None:
        done["account"] = {name: text for name, text in bubblewrap.account(uid).items() if name in ("passwd", "group")}
    if not own_spaces:
        done["env"]["PYTHONPATH"] = done["path"] = str(place / PACKAGES)
        done["env"]["JOBLIB_MULTIPROCESSING"] = "0"   # /dev/shm, which its semaphores need, is everybody's
    if tier.name == "landlock":
        shown = visible.read_only()
        done["landlock"] = landlock.plan(shown, (place, home, tmp), box.runtime)
        if uid is not None and not accounts.open_to_all([*shown, place, box.runtime]):
            done["keep"] = [launch.CAP_DAC_READ_SEARCH]
    return done
