"""What a box costs: from the start of a kernel until it answers, in a box against stock."""

import os
import tempfile
import time
from contextlib import contextmanager

from tests.benchmarks.registry import NotMeasured, registry


@contextmanager
def variables(**values):
    """Set environment variables for a while."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)


def start_ms(name, tier=""):
    """Return the milliseconds until a kernel started by the provisioner `name` is ready; it computes, then ends."""
    from jupyter_client.manager import KernelManager
    from jupyter_client.provisioning.factory import KernelProvisionerFactory

    KernelProvisionerFactory.clear_instance()
    chosen = variables(JUPYTER_DEFAULT_PROVISIONER_NAME=name, AUTOGRADER_TIER=tier)
    with chosen, tempfile.TemporaryDirectory() as folder:
        manager = KernelManager(kernel_name="python3")
        start = time.perf_counter()
        manager.start_kernel(cwd=folder)
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=120)
        taken = 1000 * (time.perf_counter() - start)
        answer = client.execute_interactive("print(6 * 7)", output_hook=lambda message: None, timeout=60)
        assert answer["content"]["status"] == "ok"
        assert type(manager.provisioner).__name__.startswith("Autograder") == (name != "local-provisioner")
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return taken


def rivals(tier):
    """Return the two calls for one kind of box, warmed up."""
    from autograder.errors import CourseError
    from autograder.sandbox import tiers
    from autograder.sandbox.provisioner import NAME

    try:
        tiers.choose(only=tier)
    except CourseError as error:
        raise NotMeasured(str(error).partition(". Install")[0]) from None
    ours, reference = (lambda: start_ms(NAME, tier)), (lambda: start_ms("local-provisioner"))
    ours(), reference()
    return ours, reference


@registry.wall("kernel start in bubblewrap / stock", at_most=1.35)
def in_bubblewrap():
    return rivals("bubblewrap")


@registry.wall("kernel start behind Landlock / stock", at_most=1.35)
def behind_landlock():
    return rivals("landlock")
