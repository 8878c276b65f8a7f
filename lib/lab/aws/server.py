"""The emulated AWS of the lab: moto with its patches, on the loopback interface, with the account's state as JSON.

It writes `listening <port>` to its standard output when it accepts connections, and ends when its standard input
closes, so that it never outlives the process which started it.
"""

import argparse
import io
import json
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from clock import CLOCK, LOCK
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from patches import apply_all
from state import account_state
from werkzeug.serving import make_server


class KeepAliveHandler(MotoRequestHandler):
    """Keeps connections open and logs nothing but failures: a body may hold a join token."""

    # The answer's head and body are two writes: without this the second waits for the peer's delayed acknowledgement.
    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"

    def send_header(self, keyword: str, value: str) -> None:
        # Werkzeug closes each connection because it may not have read the whole body; `serve` always has.
        if keyword.lower() == "connection" and value.lower() == "close":
            return
        super().send_header(keyword, value)

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        if str(code).startswith("5"):
            print(f"{self.command} answered {code}", file=sys.stderr, flush=True)


def read_body(environ: dict[str, Any]) -> bytes:
    if environ.get("wsgi.input_terminated"):
        return environ["wsgi.input"].read()
    return environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))


def locked(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """One request at a time, and none while a slow caller is still sending its body."""

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = read_body(environ)
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        with LOCK:
            if environ["PATH_INFO"] == "/lab/state":
                answer = json.dumps(account_state()).encode()
                start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
                return [answer]
            try:
                return list(application(environ, start_response))
            except Exception:
                traceback.print_exc(file=sys.stderr)
                raise

    return serve


def end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    arguments = parser.parse_args()
    apply_all()
    application = locked(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", arguments.port, application, threaded=True, request_handler=KeepAliveHandler)
    CLOCK.start()
    threading.Thread(target=end_with_input, daemon=True).start()
    print(f"listening {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
