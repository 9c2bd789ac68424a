"""The plain process that ``local`` works with: runs the first given cells, then forks whoever is asked for."""

import contextlib
import io
import json
import os
import resource
import signal
import socket
import sys

from autograder.split import agent, tests_process
from autograder.split.channel import Channel, ChannelError
from autograder.split.script import Plan
from autograder.without_kernel import earned

MEMORY = 4 << 30                                      # bytes of private memory of each process


def _serve(control):
    """Run the first given cells, then fork whatever is asked for."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    host = Channel(control)
    plan = Plan.from_bytes(bytes(host.receive()[0]))
    module = tests_process.PREPARED[plan.digest()] = tests_process.start(plan)
    while True:
        try:
            kind, _, argument = bytes(host.receive()[0]).partition(b" ")
            descriptor = host.receive_descriptor()
        except ChannelError:
            return
        pid = os.fork()
        if pid == 0:
            control.close()
            _child(kind, argument, descriptor, module)
        os.close(descriptor)
        host.send(str(pid).encode())


def _child(kind, argument, descriptor, module):
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)      # a job in the background had it ignored
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        silence = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(silence, number)
        if kind == b"tests":
            tests_process.main(argument, descriptor)
        else:
            _student(module, Channel(socket.socket(fileno=descriptor)))
        code = 0
    finally:
        os._exit(code)


def _student(module, host):
    """Run the cells that the host sends, and serve when it says so; every error stays in its cell."""
    sys.modules["__main__"] = module
    while True:
        try:
            order = json.loads(bytes(host.receive()[0]))
            if "serve" in order:
                connection = Channel(socket.socket(fileno=host.receive_descriptor()))
                agent.serve(connection, module.__dict__, order["serve"])
                host.send(b'{"served": true}')
            else:
                host.send(json.dumps({"points": _points(order, module.__dict__)}).encode())
        except KeyboardInterrupt:
            continue
        except ChannelError:
            return


def _points(order, namespace):
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            value = tests_process.run(order["source"], f"<{order['cell']}>", namespace)
    except BaseException:
        return 0.0
    return earned(value, order["most"]) if order["most"] is not None else None


if __name__ == "__main__":
    os.environ.setdefault("MPLBACKEND", "Agg")
    _serve(socket.socket(fileno=int(sys.argv[1])))
