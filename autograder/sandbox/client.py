"""A kernel manager and its client that wait for events, never for a fixed time.

Give it to nbclient or nbgrader as ``kernel_manager_class = "autograder.sandbox.client.PromptManager"``.
"""

import time
from queue import Empty

import zmq
import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from traitlets import DottedObjectName, Instance, Type, default

from autograder.sandbox.provisioner import AutograderProvisioner

AGAIN = 0.25                                          # seconds after which a question that got lost is asked again
RECONNECT = 2                                         # milliseconds between two tries to reach a kernel


def prompt_context():
    """Return a ZeroMQ context whose sockets soon try again where a kernel has none yet (stock: after 100 ms)."""
    context = zmq.asyncio.Context()
    context.setsockopt(zmq.RECONNECT_IVL, RECONNECT)
    return context


class PromptClient(AsyncKernelClient):
    """Knows that a kernel is ready when it says so on both channels; the stock client waits for 200 ms of silence."""

    def _context_default(self):
        self._created_context = True
        return prompt_context()

    async def _async_wait_for_ready(self, timeout=None):
        until = float("inf") if timeout is None else time.monotonic() + timeout
        asked, idle = [self.kernel_info()], ""
        while idle != asked[-1]:
            try:
                message = await self.iopub_channel.get_msg(timeout=AGAIN)
            except Empty:
                if not await self._async_is_alive():
                    raise RuntimeError("Kernel died before replying to kernel_info") from None
                if time.monotonic() > until:
                    raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds") from None
                message = None
            if message is None or message["msg_type"] == "iopub_welcome":
                asked.append(self.kernel_info())      # the answers to the one before may have gone out to nobody
            elif message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                idle = message["parent_header"].get("msg_id")
        reply = None
        while reply is None or reply["parent_header"].get("msg_id") != idle:
            reply = await self.shell_channel.get_msg(timeout=AGAIN)          # sent before the idle that was heard
        self._handle_kernel_info_reply(reply)

    wait_for_ready = _async_wait_for_ready


class PromptManager(AsyncKernelManager):
    """Starts kernels in a box, whatever the kernel's specification says, and hears of their end at once."""

    client_class = DottedObjectName("autograder.sandbox.client.PromptClient", config=True)
    client_factory = Type(klass=PromptClient, config=True)
    context = Instance(zmq.asyncio.Context)

    @default("context")
    def _context_default(self):
        self._created_context = True
        return prompt_context()

    async def _async_pre_start_kernel(self, **how):
        if self.provisioner is None:
            names = {"kernel_id": self.kernel_id or "", "kernel_spec": self.kernel_spec}
            self.provisioner = AutograderProvisioner(parent=self, **names)
        return await super()._async_pre_start_kernel(**how)

    async def _async_wait(self, pollinterval=0.1):
        if self.has_kernel:
            await self.provisioner.wait()
