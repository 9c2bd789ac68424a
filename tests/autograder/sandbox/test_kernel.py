"""A kernel forked from the zygote answers as one that was started from scratch, and is ready many times sooner."""

import re
import time

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerFactory
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from autograder.errors import CourseError
from autograder.sandbox import client, kernel, pool, tiers
from autograder.sandbox.limits import Box, Limits
from tests.autograder.sandbox.world import LINUX

pytestmark = [
    pytest.mark.slow, pytest.mark.skipif(not LINUX, reason="the warm start is for Linux"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),                     # sockets of pyzmq's event loop
]
CELLS = [
    "6 * 7",
    "print('out'); import sys; print('err', file=sys.stderr)",
    "from IPython.display import display, HTML\ndisplay(HTML('<b>x</b>'), [1, 2])\n'last'",
    "%%capture kept\nprint('hidden')",
    "kept.stdout, _",
    "%timeit -n1 -r1 -q -o None\nNone",
    "!echo from a shell",
    "import os; os.system('echo from C') and None",
    "def f(x):\n    return 1 / x\n\nf(0)",
    "for",
    "input('name? ')",
    "__name__, sys.argv[0].endswith('ipykernel_launcher.py'), sys.argv[1], len(sys.argv), '' in sys.path",
    "import __main__; __main__.f is f, __main__.__spec__, hasattr(__main__, '__file__')",
    "type(get_ipython()).__name__, get_ipython().execution_count, In[1], Out[1]",
    "import signal; [signal.getsignal(number) == signal.default_int_handler for number in (signal.SIGINT,)], "
    "signal.getsignal(signal.SIGCHLD), signal.pthread_sigmask(signal.SIG_BLOCK, ())",
    "sys.stdout.isatty(), sys.stdout.encoding, sys.stdin.read(1), os.getpid() == os.getpgrp() == os.getsid(0)",
    "import threading; sorted({type(thread).__name__ for thread in threading.enumerate()} - {'ParentPollerUnix'})",
    "import logging, warnings; logging.getLogger().handlers, warnings.warn('careful')",
    "import asyncio\nawait asyncio.sleep(0)\nlen(asyncio.all_tasks()) > 0",
    "import numpy as np\n(np.ones((300, 300)) @ np.ones((300, 300))).sum()",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "import multiprocessing as mp\nwith mp.get_context('fork').Pool(2) as two:\n    print(two.map(abs, [-1, -2]))",
    "raise SystemExit(3)",
    "'still here'",
]


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])


def run(nb, provisioner, manager, **how):
    """Run a notebook by a manager with a provisioner; return it."""
    factory = KernelProvisionerFactory.instance()
    before, factory.default_provisioner_name = factory.default_provisioner_name, provisioner
    try:
        NotebookClient(nb, kernel_name="python3", kernel_manager_class=manager, allow_errors=True,
                       **{"timeout": 60, **how}).execute()
    finally:
        factory.default_provisioner_name = before
    return nb


def plain(output):
    """Return an output without colours, numbers of processes, addresses and times."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(dict(output)))
    return re.sub(r"/tmp/ipykernel_\d+/\d+|0x[0-9a-f]+|[A-Za-z0-9+/=\\n]{400,}", "...", text)


@pytest.fixture(scope="module", autouse=True)
def warm():
    try:
        tier = tiers.choose()
    except CourseError as error:
        pytest.skip(str(error))
    with pool.Zygote(tier, [*kernel.PRELOAD, "numpy", "matplotlib.pyplot"], env={"MPLBACKEND": kernel.BACKEND}) as made:
        made.wait_until_warm()
        before = pool.use(made)
        yield made
        pool.use(before)


@pytest.fixture(scope="module")
def both(warm):
    """The same cells by a forked kernel and by a stock one; the last cell tells the modules imported."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_CURRENT_TEST", raising=False)          # with it ipykernel does not catch what C prints
        cells = ["import sys; print(' '.join(sys.modules))", *CELLS]
        return forked(notebook(*cells)), run(notebook(*cells), "local-provisioner", AsyncKernelManager)


def forked(nb, **how):
    return run(nb, "autograder-box", client.PromptManager, **how)


def test_a_forked_kernel_answers_as_a_stock_one(both):
    for one, other in list(zip(both[0].cells, both[1].cells, strict=True))[1:]:
        assert [plain(o) for o in one.outputs] == [plain(o) for o in other.outputs], one.source
        assert one.execution_count == other.execution_count
    [figure] = [cell for cell in both[0].cells if "plt.plot" in cell.source]
    assert "image/png" in figure.outputs[0].data


def test_all_that_a_kernel_imports_is_in_the_zygote(both):
    stock = set(both[1].cells[0].outputs[0].text.split())
    runtime = pool.current().runtime()
    look = f"import sys; open({str(runtime / 'names')!r}, 'w').write(' '.join(sys.modules))"
    assert pool.current().fork("builtins:exec", look.encode(), Box(None, runtime, Limits())).wait(20) == 0
    imported = set((runtime / "names").read_text(encoding="ascii").split())
    assert stock - imported <= {"encodings.utf_16_be", "faulthandler", "runpy"}


def test_a_loop_is_interrupted_and_the_next_cell_runs():
    nb = forked(notebook("while True:\n    pass", "'next'"), timeout=1, interrupt_on_timeout=True)
    assert nb.cells[0].outputs[0].ename == "KeyboardInterrupt"
    assert nb.cells[1].outputs[0].data["text/plain"] == "'next'"


def test_a_kernel_that_ends_itself_is_known_to_be_dead_at_once():
    start = time.monotonic()
    with pytest.raises(DeadKernelError):
        forked(notebook("import os; os._exit(0)"), timeout=30)
    assert time.monotonic() - start < 20


def test_the_manager_boxes_a_kernel_whatever_else_is_configured():
    nb = run(notebook("print([line for line in open('/proc/self/status') if line.startswith('Seccomp:')])"),
             "local-provisioner", client.PromptManager)
    assert nb.cells[0].outputs[0].text == "['Seccomp:\\t2\\n']\n"


def test_what_one_kernel_does_the_next_does_not_see():
    forked(notebook("import numpy, random\nnumpy.pi = 3\nnumpy.left = 1\nopen('left', 'w').write('x')"))
    nb = forked(notebook("import numpy, os\nnumpy.pi == 3, hasattr(numpy, 'left'), os.path.exists('left')"))
    assert nb.cells[0].outputs[0].data["text/plain"] == "(False, False, False)"
