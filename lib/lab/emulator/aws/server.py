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
from typing import Any
from xml.sax.saxutils import escape

import control
import timings
from clock import CLOCK, LOCK
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from patches import apply_all, images
from patches.stale_answers import as_seen_by
from policies import account_policies
from state import account_state
from werkzeug.serving import make_server

# What the lab asks of its own emulator.
OWN_PATHS = {"/lab/state": account_state, "/lab/policies": account_policies}


class KeepAliveHandler(MotoRequestHandler):
    """Keeps connections open and logs nothing but failures: a body may hold a join token."""

    # An answer's head and body are two writes: without this the second waits for the peer's delayed acknowledgement.
    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"

    def run_wsgi(self) -> None:
        """One request, read whole and answered whole. Werkzeug's own closes each connection after it."""
        environ = self.make_environ()
        try:
            status, headers, answer = respond(self.server.app, environ)
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            status, headers, answer = failure(environ, error)
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        # The answer to HEAD says how long the body would be that it does not have.
        own = {"status", "server", "date"} if self.command == "HEAD" else {"status", "server", "date", "content-length"}
        for name, value in headers:
            if name.lower() not in own:
                self.send_header(name, value)
        if self.command != "HEAD" and int(code) not in (204, 304):
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    def log_request(self, code: Any = "-", size: Any = "-") -> None:  # noqa: ARG002 - as the base class has it
        if str(code).startswith("5"):
            print(f"{self.command} answered {code}", file=sys.stderr, flush=True)


def respond(application: Any, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
    """One request at a time, and none while a slow caller is still sending its body."""
    read = environ["wsgi.input"].read
    body = read() if environ.get("wsgi.input_terminated") else read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    head: list[Any] = []
    with LOCK:
        own = OWN_PATHS.get(environ["PATH_INFO"])
        if own is not None:
            return "200 OK", [("Content-Type", "application/json")], json.dumps(own()).encode()
        if environ["PATH_INFO"].startswith(control.PATH):
            return control_answer(environ["PATH_INFO"].removeprefix(control.PATH), body)
        with as_seen_by(environ.get("HTTP_AUTHORIZATION", ""), body):
            answer = b"".join(application(environ, lambda *status_and_headers: head.extend(status_and_headers)))
    return head[0], head[1], answer


def control_answer(instance_id: str, body: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
    headers = [("Content-Type", "application/json")]
    try:
        return "200 OK", headers, json.dumps(control.control_instance(instance_id, body)).encode()
    except control.Refused as refused:
        return "400 Bad Request", headers, json.dumps({"message": str(refused)}).encode()


def failure(environ: dict[str, Any], error: Exception) -> tuple[str, list[tuple[str, str]], bytes]:
    """What this emulator cannot do is the caller's error: SDKs repeat a 500 for minutes before anyone sees it."""
    code = "NotImplemented" if isinstance(error, NotImplementedError) else "EmulatorFailure"
    message = f"The AWS emulator of the lab: {type(error).__name__}: {error}"
    if "HTTP_X_AMZ_TARGET" in environ or environ["PATH_INFO"] != "/":
        headers = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", code)]
        return "400 Bad Request", headers, json.dumps({"__type": code, "message": message}).encode()
    detail = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    # EC2 and the other services of the query protocol wrap errors differently; each ignores the other's.
    body = f"<ErrorResponse>{detail}<Errors>{detail}</Errors></ErrorResponse>"
    return "400 Bad Request", [("Content-Type", "text/xml")], body.encode()


def end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--image", action="append", default=[], help="name of a machine image the account owns")
    parser.add_argument("--image-parameter", action="append", default=[], help="SSM parameter that holds its id")
    parser.add_argument("--timings", default="quick", choices=sorted(timings.PROFILES))
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn between a least and a most")
    parser.add_argument("--span", action="append", default=[], type=timings.parse_span, help="NAME=LEAST,MOST")
    arguments = parser.parse_args()
    timings.use(arguments.timings, arguments.seed, dict(arguments.span))
    images.IMAGE_NAMES.extend(arguments.image)
    images.IMAGE_PARAMETERS.extend(arguments.image_parameter)
    apply_all()
    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", arguments.port, application, threaded=True, request_handler=KeepAliveHandler)
    CLOCK.start()
    threading.Thread(target=end_with_input, daemon=True).start()
    print(f"listening {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
