"""Messages over a Unix socket between the grader and its warm processes: a JSON header, bytes, and open files."""

import array
import json
import socket
import struct

HEAD = struct.Struct("!IQ")                           # length of the header, length of the bytes
LONGEST_HEADER = 1 << 20
LONGEST_BODY = 1 << 30
MOST_FILES = 64


class Closed(EOFError):
    """The other side has closed the socket or ended."""


def send(sock, header, body=b"", files=()):
    """Send one message.

    Parameters
    ----------
    sock : socket
        A connected Unix stream socket.
    header : dict
        Anything JSON can say.
    body : bytes
        Sent as it is.
    files : sequence of int
        Open file descriptors; the other side gets its own copies.
    """
    text = json.dumps(header).encode()
    try:
        message = memoryview(HEAD.pack(len(text), len(body)) + text + body)
        sent = socket.send_fds(sock, [message], list(files))
        if sent < len(message):                       # the other side may have gone once it has read all
            sock.sendall(message[sent:])
    except (BrokenPipeError, ConnectionResetError) as error:
        raise Closed("the other side ended while it was written to") from error


def receive(sock):
    """Return ``(header, body, files)`` of the next message.

    Raises
    ------
    Closed
        Where the other side ended before a whole message came.
    ValueError
        Where the lengths announced are beyond every bound, or the header is no JSON object.
    """
    first, files = _first(sock)
    try:
        header_length, body_length = HEAD.unpack(first + _exactly(sock, HEAD.size - len(first)))
        if header_length > LONGEST_HEADER or body_length > LONGEST_BODY:
            raise ValueError(f"a message of {header_length} + {body_length} bytes is announced; that is too long")
        header = json.loads(_exactly(sock, header_length))
        if not isinstance(header, dict):
            raise ValueError(f"a message begins with a {type(header).__name__}, not with a JSON object")
        return header, _exactly(sock, body_length), files
    except BaseException:
        close(files)
        raise


def close(files):
    """Close file descriptors that nobody wants."""
    for number in files:
        socket.close(number)


def _first(sock):
    """Return the first bytes of a message and the files that came with them, closed when a program is executed."""
    room = socket.CMSG_SPACE(MOST_FILES * array.array("i").itemsize)
    try:
        data, extra, _, _ = sock.recvmsg(HEAD.size, room, socket.MSG_CMSG_CLOEXEC)
    except ConnectionResetError as error:
        raise Closed("the other side ended") from error
    files = array.array("i")
    for level, kind, content in extra:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            files.frombytes(content[: len(content) - len(content) % files.itemsize])
    if not data:
        close(files)
        raise Closed("the other side has closed the socket")
    return data, list(files)


def _exactly(sock, count):
    """Return exactly `count` bytes."""
    parts = []
    while count:
        try:
            part = sock.recv(min(count, 1 << 20))
        except ConnectionResetError as error:
            raise Closed("the other side ended") from error
        if not part:
            raise Closed(f"the other side ended {count} bytes before the end of a message")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
