"""Holds the packets of one netfilter queue for a while, then lets the firewall go on with them.

It writes `ready` to its standard output once packets are waited for, and ends when its standard input closes, so that
it never outlives the process which started it.
"""

import argparse
import select
import socket
import struct
import sys
import time
from collections import deque
from collections.abc import Iterator

NETLINK_NETFILTER = 12
SO_RCVBUFFORCE = 33
SUBSYSTEM_QUEUE = 3
# Messages, attributes and values of linux/netfilter/nfnetlink_queue.h.
MESSAGE_PACKET, MESSAGE_CONFIG, MESSAGE_VERDICT_BATCH = 0, 2, 3
PACKET_HEADER, VERDICT_HEADER, MARK = 1, 2, 3
CONFIG_COMMAND, CONFIG_PARAMETERS, CONFIG_LENGTH, CONFIG_MASK, CONFIG_FLAGS = 1, 2, 3, 4, 5
BIND = 1
COPY_HEADERS_ONLY = 1
# A full queue passes packets on undelayed; large packets of offloading interfaces stay in one piece.
FAIL_OPEN_AND_GSO = 1 | 4
QUEUE_LENGTH = 65_536
# The packet passes the same chains once more; the mark keeps it from being queued again.
REPEAT = 4

REQUEST, ACKNOWLEDGE = 1, 4
ERROR_MESSAGE = 2


class Queue:
    def __init__(self, number: int) -> None:
        self.number = number
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
        self.socket.bind((0, 0))
        self.configure(attribute(CONFIG_COMMAND, struct.pack("!BxH", BIND, 0)))
        self.configure(
            attribute(CONFIG_PARAMETERS, struct.pack("!IB", 0, COPY_HEADERS_ONLY))
            + attribute(CONFIG_LENGTH, struct.pack("!I", QUEUE_LENGTH))
            + attribute(CONFIG_MASK, struct.pack("!I", FAIL_OPEN_AND_GSO))
            + attribute(CONFIG_FLAGS, struct.pack("!I", FAIL_OPEN_AND_GSO))
        )

    def configure(self, attributes: bytes) -> None:
        self.send(MESSAGE_CONFIG, attributes, REQUEST | ACKNOWLEDGE)
        kind, body = next(messages(self.socket.recv(65_536)))
        (code,) = struct.unpack_from("=i", body)
        if kind == ERROR_MESSAGE and code != 0:
            raise OSError(-code, f"netfilter queue {self.number} cannot be had")

    def send(self, message: int, attributes: bytes, flags: int) -> None:
        body = struct.pack("!BBH", 0, 0, self.number) + attributes
        head = struct.pack("=IHHII", len(body) + 16, SUBSYSTEM_QUEUE << 8 | message, flags, 0, 0)
        self.socket.send(head + body)

    def arrived(self) -> Iterator[int]:
        """Numbers of the packets that came since the last call."""
        for kind, body in messages(self.socket.recv(1 << 20)):
            if kind == SUBSYSTEM_QUEUE << 8 | MESSAGE_PACKET:
                yield from (
                    struct.unpack_from("!I", value)[0] for key, value in attributes_of(body[4:]) if key == PACKET_HEADER
                )

    def release(self, last: int, mark: int) -> None:
        """Lets this packet go on, and all that came before it."""
        verdict = attribute(VERDICT_HEADER, struct.pack("!II", REPEAT, last)) + attribute(MARK, struct.pack("!I", mark))
        self.send(MESSAGE_VERDICT_BATCH, verdict, REQUEST)


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", len(value) + 4, kind) + value + b"\0" * (-len(value) % 4)


def attributes_of(data: bytes) -> Iterator[tuple[int, bytes]]:
    return parts(data, "=HH", 4)


def messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    return parts(data, "=IH", 16)


def parts(data: bytes, length_and_kind: str, head: int) -> Iterator[tuple[int, bytes]]:
    """Kind and body of each part, whose length counts its head and which begins at a multiple of four bytes."""
    at = 0
    while at < len(data):
        length, kind = struct.unpack_from(length_and_kind, data, at)
        yield kind, data[at + head : at + length]
        at += length + -length % 4


def run(queue: Queue, seconds: float, mark: int) -> None:
    held: deque[tuple[float, int]] = deque()
    while True:
        wait = max(0.0, held[0][0] - time.monotonic()) if held else None
        readable, _, _ = select.select([queue.socket, sys.stdin], [], [], wait)
        if sys.stdin in readable:
            return
        if queue.socket in readable:
            due = time.monotonic() + seconds
            held.extend((due, number) for number in queue.arrived())
        last = None
        while held and held[0][0] <= time.monotonic():
            last = held.popleft()[1]
        if last is not None:
            queue.release(last, mark)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--queue", type=int, required=True)
    parser.add_argument("--milliseconds", type=int, required=True)
    parser.add_argument("--mark", type=int, required=True, help="of packets that have been held")
    arguments = parser.parse_args()
    queue = Queue(arguments.queue)
    print("ready", flush=True)
    run(queue, arguments.milliseconds / 1000, arguments.mark)


if __name__ == "__main__":
    main()
