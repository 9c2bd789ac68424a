"""How a hand-in is run: the student's cells in a boxed kernel, the tests apart from it."""

import contextlib
import os
import signal
import stat
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import psutil
from jupyter_core.utils import run_sync
from traitlets import Bool, Dict, Integer

from autograder.labs import meta
from autograder.preprocessors import BoundedExecute, not_run
from autograder.sandbox import tiers, watchdog
from autograder.sandbox.client import PromptManager
from autograder.sandbox.limits import Box, Limits
from autograder.sandbox.provisioner import boxed, new_runtime
from autograder.split.agent import REQUEST
from autograder.split.channel import ChannelError, connect
from autograder.split.judge import GRACE, Judge
from autograder.warm import TESTS, current, read

AGENT = "agent.sock"
START = "import sys; from autograder.split.tests_process import main; main(sys.stdin.buffer.read(), int(sys.argv[1]))"
PATIENCE = 4                                          # times its seconds that a cell may take while the machine is busy
IN_PROCESS = "not tamper-proof: its tests ran in the student's own process"


class KernelSide:
    """The student's kernel as the judge sees it.

    Parameters
    ----------
    client : SplitExecute
        Whose kernel is running.
    """

    def __init__(self, client):
        self.client, self.request = client, None

    @property
    def path(self):
        """Where the agent listens: in the folder that the box and this side both see."""
        return boxed(self.client.km).runtime / AGENT

    def open(self, generation):
        """Let the agent serve in one hidden request, and connect to it."""
        with contextlib.suppress(OSError):
            self.path.unlink()
        words = REQUEST.format(path=str(self.path), generation=generation)
        self.request = self.client.kc.execute(words, silent=True, store_history=False, allow_stdin=False,
                                              stop_on_error=False)
        end = time.monotonic() + GRACE + self.client.startup_grace
        while True:
            with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
                return connect_to(self.path)
            if time.monotonic() > end or not self.alive():
                raise ChannelError("Nobody answers.")
            time.sleep(0.001)

    def close(self, timeout):
        """Wait until the kernel says that the request has ended."""
        end = time.monotonic() + timeout
        while (left := end - time.monotonic()) > 0:
            try:
                reply = run_sync(self.client.kc.shell_channel.get_msg)(timeout=left)
            except Exception:                         # nothing came, or something that is no message
                break
            if reply["parent_header"].get("msg_id") == self.request:
                return True
        return False

    def interrupt(self):
        """Interrupt what runs, as the button of the notebook does."""
        with contextlib.suppress(OSError, ProcessLookupError):
            run_sync(self.client.km.interrupt_kernel)()

    def alive(self):
        """Say whether the kernel's process is there."""
        return bool(run_sync(self.client.km.is_alive)())

    def kill(self):
        """End the kernel and all that it has started."""
        run_sync(boxed(self.client.km).kill)()


def connect_to(path):
    """Return a connection to the socket at `path`, which a student's process made; a link is not followed.

    Raises
    ------
    FileNotFoundError, ConnectionRefusedError
        While nobody listens.
    ChannelError
        If it is anything but a socket.
    """
    handle = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if not stat.S_ISSOCK(os.fstat(handle).st_mode):
            raise ChannelError("What should be a socket is something else.")
        return connect(f"/proc/self/fd/{handle}")
    finally:
        os.close(handle)


class SplitExecute(BoundedExecute):
    """Runs a notebook in a box, and its tests in another one that never sees a line of the student.

    What happened is written to ``nb.metadata.autograder.run``: the box, what was not split, what a person should see.
    """

    unsafe = Bool(False, help="run without any box").tag(config=True)
    limits = Dict(help="limits of the box that differ from the usual ones, see Limits").tag(config=True)
    output_limit = Integer(Limits.output, help="bytes of output that a notebook may make").tag(config=True)

    startup_grace = 5                                 # seconds for the agent to listen, on a machine that is busy

    def __init__(self, *args, **kwargs):
        kwargs["kernel_manager_class"] = PromptManager
        super().__init__(*args, **kwargs)

    def preprocess(self, nb, resources, km=None):
        """Execute all cells; test cells through the judge."""
        about = resources["nbgrader"]
        root = Path(resources["metadata"]["path"]).resolve().parents[2]      # of autograded/STUDENT/ASSIGNMENT
        self.plan, _ = read(root / "source" / about["assignment"] / f"{about['notebook']}.ipynb")
        self.data = root / "release" / about["assignment"]       # what tests read is as released, not as handed in
        self.said = {"tier": "", "mode": "split", "in_process": [], "flags": [], "seconds": {}}
        self.written, self.loud = 0, False
        self.tier = tiers.choose(self.unsafe)
        limits = {"cell": self.timeout, "notebook": self.total_timeout, "startup": self.startup_timeout, **self.limits}
        self.box_limits = Limits(**limits)
        for name, value in (("limits", limits), ("unsafe", self.unsafe)):
            self.config.AutograderProvisioner[name] = value
        self.side, self.runtimes = KernelSide(self), []
        self.judge = Judge(self.plan, self.start_tests, self.box_limits)
        try:
            nb, resources = super().preprocess(nb, resources)
        finally:
            self.judge.close()
            for runtime in self.runtimes:
                with contextlib.suppress(OSError):
                    runtime.rmdir()
        warm = current() if not self.unsafe else None
        self.said["tier"] = (warm.students if warm and warm.students else self.tier).describe()
        self.said["tier"] += f", {warm.why}" if warm and warm.why else ""
        nb.metadata["autograder"] = {**nb.metadata.get("autograder", {}), "run": self.said}
        return nb, resources

    def start_tests(self, argument, descriptor):
        """Start the tests' process for the judge: forked from the warm one where there is one, else from scratch."""
        warm = current()
        if warm is not None and warm.tests is not None and not self.unsafe:
            box = Box(self.data, warm.tests.runtime(), self.box_limits)
            self.runtimes.append(box.runtime)
            return warm.tests.fork(TESTS, argument, box, fds=[descriptor])
        box = Box(self.data, new_runtime(), self.box_limits)
        self.runtimes.append(box.runtime)
        with tempfile.TemporaryFile() as plan:
            plan.write(argument)
            plan.seek(0)
            command = [sys.executable, "-c", START, str(descriptor)]
            return self.tier.popen(command, box, pass_fds=(descriptor,), stdin=plan)

    def preprocess_cell(self, cell, resources, index):
        """Execute one cell: a test through the judge, all others in the kernel."""
        name, began = meta(cell).get("grade_id"), time.monotonic()
        self.patience = began + PATIENCE * self.timeout
        self.worked = self.cpu_seconds()
        if name in self.plan.in_process:
            self.said["in_process"].append(name)
            self.said["mode"] = "split, with tests in the student's process"
        if not self.judge.is_split(name):
            cell, resources = super().preprocess_cell(cell, resources, index)
        elif reason := self.out_of_time():
            not_run(cell, reason)
        else:
            self.judged(cell, name, index)
        if meta(cell).get("grade") and cell.cell_type == "code":
            self.said["seconds"][name] = round(time.monotonic() - began, 3)
        return cell, resources

    def judged(self, cell, name, index):
        """Let the judge run a test, and write down what came of it."""
        verdict = self.judge.run(name, self.side)
        cell.outputs = verdict.outputs
        cell.execution_count = index + 1 if verdict.ran else None
        self.said["flags"] += verdict.flags
        if verdict.dead:
            why = f" ({boxed(self.km).ended_by})" if boxed(self.km).ended_by else ""
            self.stopped = f"{self.judge.gone}{why}"

    def cpu_seconds(self):
        """Return the processor time of the kernel's whole tree, 0 where it has ended."""
        process, total = boxed(self.km).process, 0.0
        for pid in watchdog.tree(process.pid) if process is not None else ():
            with contextlib.suppress(psutil.Error):
                total += sum(psutil.Process(pid).cpu_times()[:2])
        return total

    async def _async_handle_timeout(self, timeout, cell=None):
        """Wait on while the machine, not the cell, is to blame: its seconds are over, its processor time is not."""
        if time.monotonic() < self.patience and self.cpu_seconds() - self.worked < 0.5 * timeout and _busy():
            return None
        return await super()._async_handle_timeout(timeout, cell)

    def process_message(self, msg, cell, cell_index):
        """Keep an output unless there is too much already; what cannot stop printing is interrupted, then ended."""
        size = _size(msg["content"])
        self.written += size
        needed = msg["msg_type"] in ("status", "execute_input", "error") and size < self.output_limit
        if self.written <= self.output_limit or needed:
            return super().process_message(msg, cell, cell_index)
        if not self.loud:
            self.loud = True
            words = f"\nThe output ends here: more than {self.output_limit >> 20} MiB.\n"
            cell.outputs.append(nbformat.v4.new_output("stream", name="stderr", text=words))
            self.said["flags"].append(f"{meta(cell).get('grade_id', cell_index + 1)}: more output than is kept.")
            self._send(signal.SIGINT)
        elif self.written > 16 * self.output_limit:
            self._send(signal.SIGKILL)
        return None

    def _send(self, number):
        if (process := boxed(self.km).process) is not None:
            process.signal(number)


def _busy():
    """Say whether more wants to run than there are processors."""
    return os.getloadavg()[0] > (os.cpu_count() or 1)


def _size(content):
    """Return about how many bytes a message holds."""
    if isinstance(content, str):
        return len(content)
    if isinstance(content, dict):
        return sum(map(_size, content.values()))
    return sum(map(_size, content)) if isinstance(content, list) else 8
