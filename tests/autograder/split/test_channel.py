"""Frames: what is sent arrives, limits hold before memory is taken, and the deadline is the deadline."""

import os
import socket
import struct
import threading
import time

import pytest

from autograder.split.channel import Channel, ChannelError, Ended, Late, TooLarge, connect, listen


@pytest.fixture
def ends():
    a, b = (Channel(side) for side in socket.socketpair())
    yield a, b
    a.close()
    b.close()


@pytest.mark.parametrize("sizes", [(), (0,), (5,), (70_000,), (1, 0, 200_000, 3)])
def test_a_message_arrives_with_its_buffers(ends, sizes):
    buffers = [os.urandom(size) for size in sizes]
    sender = threading.Thread(target=ends[0].send, args=(b"words", buffers))
    sender.start()
    assert ends[1].receive() == (b"words", buffers)
    sender.join()


def test_what_is_too_large_is_not_sent(ends):
    small = Channel(ends[0].connection, limit=1000)
    with pytest.raises(TooLarge, match="too much"):
        small.send(b"x" * 2000)
    small.send(b"next")
    assert ends[1].receive() == (b"next", [])


@pytest.mark.parametrize("head", [struct.pack("!II", 1 << 28, 0), struct.pack("!II", 1, 1 << 30),
                                  struct.pack("!IIII", 1, 2, 1 << 31, 1 << 31)])
def test_lengths_over_the_limit_are_refused_before_anything_is_read(ends, head):
    ends[0].connection.sendall(head)
    with pytest.raises(ChannelError, match="announced"):
        ends[1].receive()


def test_the_end_is_seen_though_a_copy_is_open(ends):
    copy = os.dup(ends[0].connection.fileno())
    ends[0].close()
    with pytest.raises(Ended):
        ends[1].receive()
    os.close(copy)


def test_a_byte_now_and_then_does_not_move_the_deadline(ends):
    ends[1].deadline = time.monotonic() + 0.3
    stop = threading.Event()

    def drip():
        while not stop.wait(0.02):
            ends[0].connection.send(b"\0")

    thread = threading.Thread(target=drip)
    thread.start()
    began = time.monotonic()
    with pytest.raises((Late, ChannelError)):
        while True:
            ends[1].receive()
    stop.set()
    thread.join()
    assert time.monotonic() - began < 2


def test_who_reads_nothing_makes_the_sender_late(ends):
    ends[0].deadline = time.monotonic() + 0.2
    with pytest.raises(Late):
        ends[0].send(b"", [bytes(60 << 20)])


def test_descriptors_cross(ends):
    reading, writing = os.pipe()
    ends[0].send_descriptor(writing)
    os.close(writing)
    there = ends[1].receive_descriptor()
    os.write(there, b"hello")
    assert os.read(reading, 5) == b"hello"
    os.close(there)
    os.close(reading)


def test_a_byte_without_a_descriptor_is_the_end(ends):
    ends[0].connection.sendall(b"F")
    with pytest.raises(Ended):
        ends[1].receive_descriptor()


def test_a_path_can_be_listened_at(tmp_path):
    with listen(tmp_path / "s") as listener:
        one = Channel(connect(tmp_path / "s"))
        two = Channel(listener.accept()[0])
        one.send(b"hi")
        assert two.receive()[0] == b"hi"
        one.close()
        two.close()
