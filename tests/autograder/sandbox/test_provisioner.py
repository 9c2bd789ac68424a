"""Every kernel starts in a box, behaves as a stock one, and leaves nothing behind."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from traitlets.config import Config

from autograder.errors import CourseError
from autograder.sandbox import provisioner, tiers
from autograder.sandbox.limits import MIB
from tests.autograder.sandbox.world import LINUX, ROOT

pytestmark = pytest.mark.skipif(not LINUX, reason="boxes are for Linux")
TIERS = ("bubblewrap", "landlock")


def notebook(*cells):
    """Return a notebook of code cells."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
                                    metadata={"kernelspec": kernel})


def execute(cells, tmp_path, monkeypatch, tier=None, timeout=60, **settings):
    """Run cells in a boxed kernel as nbclient does; return the first output of each, as text, and what ended it."""
    if tier:
        monkeypatch.setenv("AUTOGRADER_TIER", tier)
        try:
            tiers.choose()
        except CourseError as error:
            pytest.skip(str(error).partition(". Install")[0])
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", provisioner.NAME)
    own = Path(tempfile.mkdtemp(prefix="t-", dir="/tmp"))
    own.chmod(0o711)
    monkeypatch.setattr(tempfile, "tempdir", str(own))
    config = Config({"AutograderProvisioner": settings})
    client = NotebookClient(notebook(*cells), timeout=timeout, allow_errors=True, interrupt_on_timeout=True,
                            shutdown_kernel="immediate", resources={"metadata": {"path": str(tmp_path)}}, config=config)
    died = ""
    try:
        client.execute()
    except DeadKernelError as error:
        died = str(error)
    said = [cell.outputs[0] if cell.outputs else {} for cell in client.nb.cells]
    own.rmdir()                                       # fails where anything is left
    return [o.get("text") or o.get("ename") or o.get("data", {}).get("text/plain", "") for o in said], died


@pytest.fixture(autouse=True)
def fresh_factory():
    """Let jupyter_client look at the environment again."""
    from jupyter_client.provisioning.factory import KernelProvisionerFactory

    KernelProvisionerFactory.clear_instance()
    yield
    KernelProvisionerFactory.clear_instance()


@pytest.mark.slow
@pytest.mark.parametrize("tier", TIERS)
def test_a_boxed_kernel_behaves_as_a_stock_one(tier, tmp_path, monkeypatch):
    (tmp_path / "data.csv").write_text("1,2\n", encoding="ascii")
    (tmp_path / "lab.ipynb").write_text("hidden tests", encoding="ascii")
    cells = ["import os; print(sorted(f for f in os.listdir() if f[0] != '.'), open('data.csv').read())",
             "x = 41", "x + 1", "1 / 0", "input()", "%time pass", "display('shown')", "while True: pass",
             "import os; os.system('sleep 60')", f"open({str(ROOT / 'pyproject.toml')!r})", "print('alive')"]
    said, died = execute(cells, tmp_path, monkeypatch, tier, timeout=3)
    assert said[0] == "['data.csv'] 1,2\n\n"
    assert said[2:5] == ["42", "ZeroDivisionError", "StdinNotImplementedError"]
    assert said[6] == "'shown'" and said[7] == "KeyboardInterrupt"
    assert said[9] in ("FileNotFoundError", "PermissionError")
    assert (said[10], died) == ("alive\n", "")


@pytest.mark.slow
@pytest.mark.parametrize("tier", TIERS)
def test_a_dead_kernel_is_noticed_at_once_and_takes_its_daemons_along(tier, tmp_path, monkeypatch):
    cells = ["import subprocess; p = subprocess.Popen(['sleep', '123.25'], start_new_session=True); print('started')",
             "import os; os._exit(3)", "print('never')"]
    said, died = execute(cells, tmp_path, monkeypatch, tier)
    assert died and said == ["started\n", "", ""]
    assert subprocess.run(["pgrep", "-f", "sleep 123.25"], capture_output=True, check=False).stdout == b""


@pytest.mark.slow
def test_limits_come_from_the_configuration_and_the_reason_is_kept(tmp_path, monkeypatch):
    ended = []
    stock = provisioner.AutograderProvisioner.cleanup

    async def wait(self, restart=False):
        await stock(self)
        ended.append(self.ended_by)

    monkeypatch.setattr(provisioner.AutograderProvisioner, "cleanup", wait)
    cells = ["import os, time\nfor _ in range(9):\n    if os.fork() == 0:\n        x = bytearray(60 * 2**20)\n"
             "        time.sleep(60)\ntime.sleep(60)"]
    _, died = execute(cells, tmp_path, monkeypatch, limits={"memory": 300 * MIB})
    assert died
    assert ended[-1].startswith("more than 300 MiB of memory")


@pytest.mark.slow
def test_the_grader_that_dies_takes_its_kernels_along(tmp_path):
    """A kernel that ignores signals is gone soon after its grader was killed with SIGKILL."""
    program = f"""
import os, signal, sys, tempfile, time
from pathlib import Path
from autograder.sandbox import tiers
from autograder.sandbox.limits import Box, Limits
run = Path(tempfile.mkdtemp(dir={str(tmp_path)!r})); os.chmod({str(tmp_path)!r}, 0o711)
for tier in sys.argv[1:]:
    code = "import time, signal; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(77.5)"
    words = [sys.executable, "-c", code, "mark-of-the-orphan"]
    process = tiers.choose(only=tier).popen(words, Box(None, run, Limits()), stdout=-1)
    process.stdout.readline()
print("ready", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    names = []
    for tier in TIERS:
        try:
            names.append(tiers.choose(only=tier).name)
        except CourseError:
            continue
    for folder in (tmp_path, *list(tmp_path.parents)[:2]):
        folder.chmod(0o711)
    done = subprocess.run([sys.executable, "-c", program, *names], cwd=ROOT, capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.stdout == "ready\n", done.stderr
    for _ in range(50):
        words = ["pgrep", "-f", "mark-of-the-orpha[n]"]
        found = subprocess.run(words, capture_output=True, text=True, check=False).stdout
        if not found:
            break
        subprocess.run(["sleep", "0.1"], check=True)
    assert found == ""


@pytest.mark.slow
def test_without_the_provisioner_the_same_notebook_reads_what_it_should_not(tmp_path, monkeypatch):
    cell = f"print(open({str(ROOT / 'README.md')!r}).read()[:1] != '')"
    monkeypatch.setattr(provisioner, "NAME", "local-provisioner")
    assert execute([cell], tmp_path, monkeypatch)[0] == ["True\n"]


def test_a_kernel_that_is_not_in_a_box_is_not_trusted():
    from jupyter_client.manager import KernelManager
    from jupyter_client.provisioning import LocalProvisioner

    manager = KernelManager()
    with pytest.raises(CourseError, match="started by NoneType, not in a box"):
        provisioner.boxed(manager)
    manager.provisioner = LocalProvisioner()
    with pytest.raises(CourseError, match="started by LocalProvisioner, not in a box"):
        provisioner.boxed(manager)
    manager.provisioner = provisioner.AutograderProvisioner()
    assert provisioner.boxed(manager) is manager.provisioner


def test_paths_of_sockets_stay_short(monkeypatch, tmp_path):
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    runtime = provisioner.new_runtime()
    assert len(os.fsencode(runtime / "agent.sock")) <= provisioner.LONGEST
    assert runtime.stat().st_mode & 0o777 == 0o700
    runtime.rmdir()
    monkeypatch.setattr(provisioner.os, "access", lambda path, mode: False)
    with pytest.raises(CourseError, match="set TMPDIR to a shorter one"):
        provisioner.new_runtime()


def test_an_unknown_limit_is_named(tmp_path):
    one = provisioner.AutograderProvisioner(kernel_id="x", limits={"memori": 3})
    with pytest.raises(CourseError, match="no limit called memori; limits are cell, notebook"):
        one._box(str(tmp_path))


def test_the_entry_point_leads_here():
    from importlib.metadata import entry_points

    (found,) = entry_points(group="jupyter_client.kernel_provisioners", name=provisioner.NAME)
    assert found.load() is provisioner.AutograderProvisioner
