"""A key and a certificate that the server signs for itself: encryption on one machine, no proof of who it is."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Final

from graphfraud.errors import StoreError
from graphfraud.neo4j_server.artefacts import PrerequisiteError
from graphfraud.neo4j_server.home import Home

DAYS: Final = 365


def make_certificate(home: Home, environment: Mapping[str, str]) -> None:
    """Write ``private.key`` and ``public.crt`` for localhost, unless they are there.

    Raises:
        PrerequisiteError: openssl is absent.
        StoreError: openssl refused.
    """
    key, certificate = home.certificates / "private.key", home.certificates / "public.crt"
    if key.exists() and certificate.exists():
        return
    openssl = shutil.which("openssl", path=environment.get("PATH", os.defpath))
    if openssl is None:
        raise PrerequisiteError("openssl was not found", where="PATH", cure="install it, or leave out --tls")
    wanted = ["-newkey", "rsa:2048", "-nodes", "-days", str(DAYS), "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    said = subprocess.run(  # noqa: S603  # a found program and our own words
        [openssl, "req", "-x509", *wanted, *names, *files], capture_output=True, text=True, check=False
    )
    if said.returncode:
        what = f"openssl made no certificate ({said.stderr.strip().rpartition(chr(10))[2]})"
        raise StoreError(what, where=str(home.certificates), cure="install openssl 1.1.1 or newer")
    key.chmod(0o600)
