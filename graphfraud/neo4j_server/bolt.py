"""Whether a server answers: on Bolt the handshake alone, so that no driver is needed."""

import socket
import ssl
from typing import Final

from graphfraud.neo4j_server.configuration import LOOPBACK
from graphfraud.neo4j_server.home import Home, Running

_HANDSHAKE: Final = bytes.fromhex("6060b017" + "00020405" + "00000004" + "00000000" + "00000000")
"""The magic number, then what we would speak: Bolt 5.4 down to 5.2, or 4.0."""
_ANSWER_S: Final = 5.0


def answers(home: Home, running: Running) -> bool:
    """The server agrees on a version of Bolt, with TLS under the certificate of this home; its Browser listens."""
    try:
        if running.browser_port:
            socket.create_connection((LOOPBACK, running.browser_port), timeout=_ANSWER_S).close()
        with socket.create_connection((LOOPBACK, running.port), timeout=_ANSWER_S) as plain:
            if not running.tls:
                return _agrees(plain)
            context = ssl.create_default_context(cafile=home.certificates / "public.crt")
            with context.wrap_socket(plain, server_hostname="localhost") as encrypted:
                return _agrees(encrypted)
    except OSError:
        return False


def _agrees(connection: socket.socket) -> bool:
    connection.sendall(_HANDSHAKE)
    version = connection.recv(4)
    return len(version) == 4 and version[3] in (4, 5)
