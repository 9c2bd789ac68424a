"""Frames over a Unix stream socket: a message of structure and the large buffers that belong to it.

A frame is the length of its message, the number of its buffers, their lengths, the message, the buffers. Who reads
checks every length before it allocates, and no single byte that trickles in extends the deadline.
"""

import contextlib
import os
import socket
import struct
import threading
import time

MESSAGE_LIMIT = 16 << 20                              # bytes of structure
FRAME_LIMIT = 64 << 20                                # bytes of a whole frame, its buffers included
BUFFERS_LIMIT = 1 << 15
SOCKET_BUFFER = 4 << 20                               # fewer changes between the two processes for large arrays
HEAD = struct.Struct("!II")
TOGETHER = 1 << 16                                    # up to here a frame is joined and sent at once


class ChannelError(Exception):
    """The other side is gone, too late, or sends what is no frame."""


class Ended(ChannelError):
    """The other side has closed the channel, or its process is gone."""


class Late(ChannelError):
    """The other side did not answer in time."""


class TooLarge(ChannelError):
    """A frame is larger than the limit; raised before a byte of it is sent."""


class Channel:
    """One end of a connection.

    Parameters
    ----------
    connection : socket.socket
        Connected, a stream; the channel owns it from now on.
    deadline : float, optional
        When it ends, in the time of ``time.monotonic``; no deadline unless given.
    limit : int
        The largest frame in bytes, in either direction.
    """

    def __init__(self, connection, *, deadline=None, limit=FRAME_LIMIT):
        self.connection, self.deadline, self.limit = connection, deadline, limit
        self.sending = threading.Lock()
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, option, SOCKET_BUFFER)

    def _wait(self):
        """Give the socket what is left of the time."""
        if self.deadline is None:
            self.connection.settimeout(None)
            return
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise Late("There was no answer in time.")
        self.connection.settimeout(left)

    def send(self, message, buffers=()):
        """Send one frame; `buffers` are bytes-like, contiguous, and not copied where they are large.

        Raises
        ------
        TooLarge
            Before anything is sent.
        Ended, Late
        """
        sizes = [memoryview(buffer).nbytes for buffer in buffers]
        size = len(message) + sum(sizes)
        if len(message) > MESSAGE_LIMIT or size > self.limit or len(sizes) > BUFFERS_LIMIT:
            raise TooLarge(f"{max(size, len(message)) / 2**20:.0f} MiB of data are too much to hand over; the most is "
                           f"{self.limit >> 20} MiB.")
        head = HEAD.pack(len(message), len(sizes)) + struct.pack(f"!{len(sizes)}I", *sizes)
        with self.sending:
            if len(head) + size <= TOGETHER:
                self._put(b"".join((head, message, *(memoryview(b).cast("B") for b in buffers if len(b)))))
                return
            self._put(head + message)
            for buffer, nbytes in zip(buffers, sizes, strict=True):
                if nbytes:
                    self._put(memoryview(buffer).cast("B"))

    def _put(self, data):
        rest = memoryview(data)
        try:
            while rest:
                self._wait()
                rest = rest[self.connection.send(rest) :]
        except TimeoutError:
            raise Late("The other side takes nothing in.") from None
        except OSError as error:
            raise Ended(f"The other side is gone ({error.strerror or error}).") from None

    def receive(self):
        """Return ``(message, buffers)`` of the next frame, as bytearrays of their own.

        Raises
        ------
        Ended, Late
        ChannelError
            If a length is over the limit.
        """
        length, count = HEAD.unpack(self._take(HEAD.size))
        if length > MESSAGE_LIMIT or count > BUFFERS_LIMIT or length + 4 * count > self.limit:
            raise ChannelError(f"A message of {length} bytes and {count} buffers was announced, which is too much.")
        sizes = struct.unpack(f"!{count}I", self._take(4 * count)) if count else ()
        if length + sum(sizes) > self.limit:
            raise ChannelError(f"{(length + sum(sizes)) / 2**20:.0f} MiB were announced; the most is "
                               f"{self.limit >> 20} MiB.")
        return self._take(length), [self._take(size) for size in sizes]

    def _take(self, count):
        data = bytearray(count)                       # zero pages: what is announced and never comes costs nothing
        rest = memoryview(data)
        try:
            while rest:
                self._wait()
                got = self.connection.recv_into(rest)
                if not got:
                    raise Ended("The other side has closed the connection.")
                rest = rest[got:]
        except TimeoutError:
            raise Late("There was no answer in time.") from None
        except OSError as error:
            raise Ended(f"The other side is gone ({error.strerror or error}).") from None
        finally:
            rest.release()
        return data

    def send_descriptor(self, descriptor):
        """Hand an open file descriptor over, in front of the next frame."""
        try:
            self._wait()
            socket.send_fds(self.connection, [b"F"], [descriptor])
        except TimeoutError:
            raise Late("The other side takes nothing in.") from None
        except OSError as error:
            raise Ended(f"The other side is gone ({error.strerror or error}).") from None

    def receive_descriptor(self):
        """Return the file descriptor that `send_descriptor` sent."""
        try:
            self._wait()
            data, descriptors, _, _ = socket.recv_fds(self.connection, 1, 1)
        except TimeoutError:
            raise Late("There was no answer in time.") from None
        except OSError as error:
            raise Ended(f"The other side is gone ({error.strerror or error}).") from None
        if data != b"F" or len(descriptors) != 1:
            raise Ended("The other side has closed the connection.")
        return descriptors[0]

    def close(self):
        """Close both directions; the other side sees the end at once, whoever holds copies of the descriptor."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()


def listen(path):
    """Return a listening socket at `path`, for one connection at a time, that every user may connect to.

    The folder that it lies in says who gets there.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        os.chmod(path, 0o666)
        listener.listen(1)
    except BaseException:
        listener.close()
        raise
    return listener


def connect(path):
    """Return a connection to the socket at `path`."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(path))
    except BaseException:
        connection.close()
        raise
    return connection
