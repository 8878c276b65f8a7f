"""delayed-packets.py DELAY: three packets through DELAY, in a network of its own.

Prints JSON: what arrived, and when.
"""

import contextlib
import json
import socket
import subprocess
import sys
import time

QUEUE, MARK, MILLISECONDS = 4566, 1048576, 150


def firewall(*rule: str) -> None:
    subprocess.run(["iptables", "--wait", "5", *rule], check=True)


subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
unmarked = ["-m", "mark", "!", "--mark", f"{MARK}/{MARK}"]
firewall("-A", "OUTPUT", "-p", "udp", *unmarked, "-j", "NFQUEUE", "--queue-num", str(QUEUE))
# Whatever was accepted out of turn would miss this rule.
firewall("-A", "OUTPUT", "-p", "udp", "--dport", "9", "-j", "DROP")

options = {"queue": QUEUE, "milliseconds": MILLISECONDS, "mark": MARK}
arguments = [word for name, value in options.items() for word in (f"--{name}", str(value))]
delay = subprocess.Popen([sys.executable, sys.argv[1], *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
assert delay.stdin is not None and delay.stdout is not None
ready = delay.stdout.readline().decode().strip()

receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 0))
receiver.settimeout(5)
refused = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
refused.bind(("127.0.0.1", 9))
refused.settimeout(1)
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
began = time.monotonic()
for text in (b"first", b"second", b"third"):
    sender.sendto(text, receiver.getsockname())
sender.sendto(b"refused", refused.getsockname())
arrived = [receiver.recv(100).decode() for _ in range(3)]
seconds = time.monotonic() - began
with contextlib.suppress(TimeoutError):
    arrived.append(refused.recv(100).decode())

delay.stdin.close()
print(json.dumps({"ready": ready, "arrived": arrived, "inTime": seconds < MILLISECONDS / 1000, "exit": delay.wait(5)}))
