"""Answers each request with the name of the container that served it."""

import http.server
import socket


class Hostname(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = socket.gethostname().encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


http.server.ThreadingHTTPServer(("", 8080), Hostname).serve_forever()
