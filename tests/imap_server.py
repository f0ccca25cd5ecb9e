"""A real mail server on the loopback: Debian's dovecot with one mailbox, over TLS."""

from __future__ import annotations

import datetime as dt
import imaplib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

USER, PASSWORD = "veille@cluster.example", "un-mot-de-passe-d-essai"

_SETTINGS = """\
base_dir = {home}/run
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
mail_location = maildir:{home}/mail
first_valid_uid = 1
first_valid_gid = 1
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail
}}
"""


class MailServer:
    """`with MailServer() as server: server.put(raw)`; skips where there is no dovecot."""

    def __init__(self) -> None:
        if not shutil.which("dovecot") or not shutil.which("openssl"):
            pytest.skip("no dovecot here: apt install dovecot-imapd")
        if os.getuid() != 0:
            pytest.skip("dovecot is started as root")
        self.home = Path(tempfile.mkdtemp(prefix="zoom-marche-dovecot-"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    @property
    def certificate(self) -> Path:
        """The certificate that this server shows, made by itself."""
        return self.home / "cert.pem"

    def __enter__(self) -> MailServer:
        home, owner = self.home, pwd.getpwnam("mail")
        # No root may read mail, and whoever does has to get there.
        home.chmod(0o755)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-keyout", str(home / "key.pem"), "-out", str(home / "cert.pem"),
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
            check=True, capture_output=True,
        )  # fmt: skip
        settings = _SETTINGS.format(
            home=home, port=self.port, uid=owner.pw_uid, gid=owner.pw_gid, password=PASSWORD
        )
        (home / "dovecot.conf").write_text(settings)
        for part in ("", "cur", "new", "tmp"):
            (home / "mail" / part).mkdir()
            os.chown(home / "mail" / part, owner.pw_uid, owner.pw_gid)
        self._process = subprocess.Popen(
            ["dovecot", "-F", "-c", str(home / "dovecot.conf")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return self
        log = self.home / "log"
        told = log.read_text() if log.exists() else ""
        self.__exit__()
        pytest.fail(f"dovecot does not start: {told[-500:]}")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
        shutil.rmtree(self.home, ignore_errors=True)

    def put(self, raw: bytes, folder: str = "INBOX") -> None:
        """Put a letter into a folder, as if it had come now."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        with imaplib.IMAP4_SSL("localhost", self.port, ssl_context=context) as line:
            line.login(USER, PASSWORD)
            if folder != "INBOX":
                line.create(folder)
            now = dt.datetime.now(dt.UTC)
            assert line.append(folder, "", imaplib.Time2Internaldate(now), raw)[0] == "OK"
