"""Looks for a join token behind every TCP port of ADDRESS..., from FIRST to LAST: asks whoever listens for the swarm.

Prints a JSON list of {address, port, over, answer}, one for each open port and each of plain text and TLS.
"""

import errno
import json
import resource
import select
import socket
import ssl
import sys
import time

AT_ONCE = 2000
# A port that is filtered answers nothing, so each batch costs this whole time; all is on one machine, and it is enough.
WAIT = 1
# As the Docker API is asked for the tokens, and for the key that unlocks managers.
PATHS = ["/swarm", "/v1.41/swarm", "/swarm/unlockkey", "/info"]
# Whoever listens may show any certificate, or ask for one in vain.
TLS = ssl.create_default_context()
TLS.check_hostname = False
TLS.verify_mode = ssl.CERT_NONE

Address = tuple[str, int]


def open_of(batch: list[Address]) -> list[Address]:
    """Those of a batch that accept a connection. The kernel connects: however slow this program is, none is missed."""
    poll = select.poll()
    pending: dict[int, tuple[socket.socket, Address]] = {}
    for each in batch:
        connection = socket.socket()
        connection.setblocking(False)
        if connection.connect_ex(each) in (0, errno.EINPROGRESS):
            pending[connection.fileno()] = (connection, each)
            poll.register(connection, select.POLLOUT)
    found = []
    end = time.monotonic() + WAIT
    while True:
        left = end - time.monotonic()
        for number, _ in poll.poll(max(0, left) * 1000):
            connection, each = pending.pop(number)
            poll.unregister(number)
            if connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                found.append(each)
            connection.close()
        if left <= 0:
            break
    for connection, _ in pending.values():
        connection.close()
    return found


def ask(address: str, port: int, tls: ssl.SSLContext | None, path: str) -> str:
    try:
        with socket.create_connection((address, port), timeout=20) as plain:
            connection = tls.wrap_socket(plain) if tls else plain
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
            return answer.decode("latin1")
    except OSError as error:
        return f"[{type(error).__name__}]"


first, last, addresses = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, AT_ONCE + 100), most))
wanted = [(address, port) for port in range(first, last + 1) for address in addresses]
found = [each for start in range(0, len(wanted), AT_ONCE) for each in open_of(wanted[start : start + AT_ONCE])]
answers = [
    {"address": address, "port": port, "over": over, "answer": "".join(ask(address, port, tls, path) for path in PATHS)}
    for address, port in found
    for over, tls in {"plain": None, "tls": TLS}.items()
]
print(json.dumps(answers))
