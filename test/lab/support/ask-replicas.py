"""Asks every task of the service `web` who it is; prints the names it got, one a line."""

import socket
import sys
import urllib.request

addresses = sorted({info[4][0] for info in socket.getaddrinfo("web", 8080, type=socket.SOCK_STREAM)})
for address in addresses:
    with urllib.request.urlopen(f"http://{address}:8080/", timeout=5) as answer:
        print(answer.read().decode())
sys.exit(0 if addresses else 1)
