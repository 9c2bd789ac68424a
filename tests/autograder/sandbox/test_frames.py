"""Messages over a socket come as they were sent, or as an error that says why not."""

import os
import socket
import struct

import pytest

from autograder.sandbox import frames


@pytest.fixture
def pair():
    both = socket.socketpair()
    for sock in both:
        sock.settimeout(5)
    yield both
    for sock in both:
        sock.close()


@pytest.mark.parametrize("body", [b"", b"x", bytes(range(256)) * 300])
def test_a_message_comes_as_it_was_sent(pair, body):
    left, right = pair
    frames.send(left, {"entry": "ünicode", "number": 1.5}, body)
    assert frames.receive(right) == ({"entry": "ünicode", "number": 1.5}, body, [])
    frames.send(left, {})
    assert frames.receive(right) == ({}, b"", [])


def test_files_arrive_open_under_numbers_of_their_own_and_close_at_exec(pair):
    left, right = pair
    out, into = os.pipe()
    frames.send(left, {}, files=[into])
    os.close(into)
    _, _, [copy] = frames.receive(right)
    assert not os.get_inheritable(copy)
    os.write(copy, b"hello")
    frames.close([copy])
    assert os.read(out, 10) == b"hello"
    os.close(out)


def test_an_end_before_or_amid_a_message_is_said(pair):
    left, right = pair
    left.sendall(frames.HEAD.pack(2, 10) + b"{}abc")
    left.close()
    with pytest.raises(frames.Closed, match="7 bytes before the end of a message"):
        frames.receive(right)
    with pytest.raises(frames.Closed, match="has closed the socket"):
        frames.receive(right)


def test_writing_to_one_who_has_gone_is_said(pair):
    left, right = pair
    right.close()
    with pytest.raises(frames.Closed, match="while it was written to"):
        frames.send(left, {})


@pytest.mark.parametrize(("raw", "why"), [
    (frames.HEAD.pack(frames.LONGEST_HEADER + 1, 0), "that is too long"),
    (frames.HEAD.pack(2, frames.LONGEST_BODY + 1), "that is too long"),
    (frames.HEAD.pack(2, 0) + b"[]", "begins with a list"),
    (frames.HEAD.pack(2, 0) + b"{x", "Expecting property name"),
])
def test_what_is_no_message_is_refused_and_its_files_are_closed(pair, raw, why):
    left, right = pair
    before = set(os.listdir("/proc/self/fd"))
    socket.send_fds(left, [raw], [0])
    with pytest.raises(ValueError, match=why):
        frames.receive(right)
    assert set(os.listdir("/proc/self/fd")) == before


def test_the_head_is_twelve_bytes_in_network_order():
    assert frames.HEAD.size == 12 and frames.HEAD.pack(1, 2) == struct.pack("!IQ", 1, 2)
