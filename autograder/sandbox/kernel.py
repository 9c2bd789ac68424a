"""A stock ipykernel in a forked process: what ``python -m ipykernel_launcher -f FILE`` starts, without the imports."""

import json
import os
import sys
from pathlib import Path

# What a kernel imports while it starts.
PRELOAD = (
    "ipykernel_launcher", "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger",
    "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger", "IPython.core.oinspect",
    "IPython.extensions.storemagic", "IPython.utils.wildcard", "email.parser", "encodings.ascii", "encodings.idna",
    "matplotlib_inline.config", "pdb", "psutil", "pydoc", "sqlite3", "tornado.platform.asyncio", "tornado.queues",
)
BACKEND = "module://matplotlib_inline.backend_inline"


def forget(name):
    """Let a module be imported anew: one that asks, when it is imported, which shell it is in, and found none."""
    package, _, module = name.rpartition(".")
    if sys.modules.pop(name, None) is not None and hasattr(sys.modules[package], module):
        delattr(sys.modules[package], module)


def main(argument):
    """Run a kernel until it is told to stop.

    Parameters
    ----------
    argument : bytes
        Connection info as JSON, with ``ip``, transport, ports and key; ``arguments`` holds words for its command line.
    """
    info = json.loads(argument)
    words = info.pop("arguments", [])
    file = Path(info["ip"]).with_name("inside.json")  # its own: the manager reads kernel.json while we start
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(json.dumps(info), encoding="ascii")
    os.environ.setdefault("MPLBACKEND", BACKEND)
    forget("matplotlib_inline.backend_inline")
    import ipykernel_launcher
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = [ipykernel_launcher.__file__, "-f", str(file), *words]
    IPKernelApp.launch_instance()
