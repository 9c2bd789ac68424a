"""Who a box runs as: where root starts it, an account of its own that nobody else has."""

import contextlib
import os
import secrets
from pathlib import Path

FIRST, NUMBER = 200_000, 300_000                      # systemd's accounts for containers begin at 524288


def is_root():
    """Say whether this process may take on other accounts."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def new():
    """Return the number of an account for one box; None for an ordinary user, who has only one."""
    return FIRST + secrets.randbelow(NUMBER) if is_root() else None


def hand_over(folder, uid):
    """Give a folder and the plain files in it to an account."""
    for path in (*os.scandir(folder), folder):
        if not os.path.islink(path):
            os.chown(path, uid, uid, follow_symlinks=False)


def open_to_all(paths):
    """Say whether an account without rights of its own reaches all paths."""
    parents = {parent for path in paths for parent in Path(path).parents}
    return all(os.stat(parent).st_mode & 0o001 for parent in parents)


def own_threads():
    """Return how many processes and threads this account has: outside a namespace the limit counts them all."""
    count = 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if os.stat(f"/proc/{name}").st_uid == os.getuid():
                count += len(os.listdir(f"/proc/{name}/task"))
    return count
