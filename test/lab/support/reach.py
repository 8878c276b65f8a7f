"""Exits with 0 if a TCP connection to ADDRESS PORT opens within 3 seconds, else with 1."""

import socket
import sys

try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=3).close()
except OSError as error:
    print(error)
    sys.exit(1)
