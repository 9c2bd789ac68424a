"""A PostgreSQL server of the tests' own: Debian's package ``postgresql``, on a Unix socket, gone when they end."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import text

from autograder.people.database import engine


def programs():
    """Return the folder of initdb and pg_ctl: on PATH, else where Debian puts the newest; None where there are none."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    return folders[-1] if folders and (folders[-1] / "pg_ctl").exists() else None


def reason():
    """Return why there can be no server here, empty where there can."""
    if programs() is None:
        return "no PostgreSQL server here; Debian's package postgresql has one"
    if os.geteuid() == 0 and "postgres" not in {user.pw_name for user in pwd.getpwall()}:
        return "PostgreSQL does not run as root, and there is no user postgres"
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "no psycopg here; the extra postgres has it"
    return ""


class Server:
    """A running server."""

    def __init__(self, folder):
        self.folder, self.count = folder, 0

    def url(self, name):
        """Return the URL of a database, as a person writes it."""
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def create(self, template="template0"):
        """Make a database, a copy of another, and return its name."""
        self.count += 1
        name = f"class_{self.count}"
        admin = engine(f"{self.url('postgres')}&client_encoding=utf8".replace("postgresql:", "postgresql+psycopg:"))
        with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"create database {name} template {template}"))
        return name


@contextlib.contextmanager
def running():
    """Run a server while the block runs; give the Server."""
    if why := reason():
        pytest.skip(why)
    bin_, user = programs(), "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    if user:
        shutil.chown(folder, user, user)

    def call(*words):
        variables = {"PATH": os.environ["PATH"], "LC_ALL": "C"}       # a server that does not know UTF-8
        done = subprocess.run([str(bin_ / words[0]), *words[1:]], cwd=folder, capture_output=True, text=True,
                              timeout=120, stdin=subprocess.DEVNULL, env=variables,
                              **({"user": user, "group": user, "extra_groups": []} if user else {}))
        assert done.returncode == 0, done.stdout + done.stderr

    data, log = folder / "data", folder / "log"
    try:
        call("initdb", "-D", str(data), "-A", "trust", "-U", "postgres", "--no-sync")
        options = f"-k {folder} -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=60"
        call("pg_ctl", "-D", str(data), "-w", "-o", options, "-l", str(log), "start")
        yield Server(folder)
    finally:
        with contextlib.suppress(AssertionError):
            call("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
