"""A certificate for this machine, and the server that speaks https before the web app."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the context of a server named "localhost" and that of a client that trusts it."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl to write a certificate with")
    paths = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, *paths],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context, ssl.create_default_context(cafile=str(folder / "cert.pem"))


@contextmanager
def https_before(port: int, tls: ssl.SSLContext) -> Iterator[int]:
    """Pass what is asked by https on to a port; yield the port at which it is asked."""

    class Front(BaseHTTPRequestHandler):
        timeout = 5  # a browser also opens connections that it does not use

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            asked = HTTPConnection("127.0.0.1", port, timeout=30)
            with closing(asked):
                headers = dict(self.headers) | {"Connection": "close"}
                asked.request(self.command, self.path, self.rfile.read(length), headers)
                reply = asked.getresponse()
                self.send_response(reply.status)
                for name, value in reply.getheaders():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.read())

        do_POST = do_GET  # noqa: N815 - the name by which the library calls it

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Front) as server:
        server.daemon_threads = False
        # The handshake is left to the thread of each connection.
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
