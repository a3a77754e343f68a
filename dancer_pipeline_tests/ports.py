"""Ports of this machine."""

import socket
from contextlib import closing


def free_port() -> int:
    with closing(socket.socket()) as candidate:
        candidate.bind(("127.0.0.1", 0))
        port: int = candidate.getsockname()[1]
        return port


def answers(port: int) -> bool:
    with closing(socket.socket()) as candidate:
        return candidate.connect_ex(("127.0.0.1", port)) == 0
