"""A bad network and a moody S3: a real server in front of the stand-in that harms what passes.

A `Fault` says which requests it harms, how many of them, and how. Everything else passes as it is.
"""

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SO_LINGER, SOL_SOCKET
from struct import pack
from urllib.parse import parse_qs, urlsplit

HOP_HEADERS = ("connection", "content-length", "transfer-encoding", "server", "date")
PIECE_BYTES = 16 * 1024


@dataclass(frozen=True)
class Request:
    """A request that came through; header names in lower case."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]


@dataclass
class Fault:
    """One thing that goes wrong, for the next `times` requests of a method.

    The body goes wrong when `share` of it has been sent: `then` is "cut" (the connection ends
    as if all had been sent), "reset", "stall" (nothing more comes), or "flip" (a wrong byte).
    """

    method: str = "GET"
    times: int = 1
    at: Callable[[Request], bool] = lambda _: True
    """Which requests of the method."""

    status: int | None = None
    code: str = ""
    """Answer this instead of asking the stand-in."""

    before: Callable[[], object] | None = None
    """Happens when the request has come and has not been passed on."""

    without: tuple[str, ...] = ()
    """Headers of the request that get lost, as with a store that does not know them."""

    share: float = 0.0
    then: str | None = None
    meanwhile: Callable[[], object] | None = None
    """Happens when `share` of the body has been sent."""


@dataclass
class FaultProxy:
    """Where it listens, what has passed, and what is to go wrong."""

    endpoint: str
    requests: list[Request] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    bytes_per_s: float | None = None
    """How fast bodies are sent; as fast as they go if None."""

    is_open: threading.Event = field(default_factory=threading.Event)

    def harm(self, fault: Fault) -> None:
        """Let one more thing go wrong, after those that were to go wrong before."""
        self.faults.append(fault)

    def sent(self, method: str) -> list[Request]:
        """Return the requests of a method that have come so far."""
        return [request for request in self.requests if request.method == method]

    def take_fault(self, request: Request) -> Fault:
        """Return what is to go wrong with a request, which may be nothing."""
        self.requests.append(request)
        for fault in self.faults:
            if fault.method == request.method and fault.times and fault.at(request):
                fault.times -= 1
                return fault
        return Fault()


@contextmanager
def fault_proxy(behind: str) -> Iterator[FaultProxy]:
    """Listen on a free port in front of an endpoint."""
    target = urlsplit(behind).netloc

    class Handler(_Handler):
        pass

    with _Server(("127.0.0.1", 0), Handler) as server:
        proxy = FaultProxy(f"http://127.0.0.1:{server.server_address[1]}")
        Handler.proxy, Handler.target = proxy, target
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        try:
            yield proxy
        finally:
            proxy.is_open.set()
            server.shutdown()


def _say_nothing(*_: object) -> None:
    """Print no traceback: a client that goes away is what is being tested."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    handle_error = _say_nothing


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    log_message = _say_nothing
    proxy: FaultProxy
    target: str

    def do_GET(self) -> None:
        content = self._content()
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = parse_qs(parts.query, keep_blank_values=True)
        fault = self.proxy.take_fault(Request(self.command, parts.path, query, headers))
        if fault.before:
            fault.before()
        if fault.status:
            self._refuse(fault.status, fault.code)
        else:
            self._pass_on(content, fault)

    do_HEAD = do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815 - named by the base class

    def _content(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        content = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return content

    def _refuse(self, status: int, code: str) -> None:
        body = f"<Error><Code>{code}</Code><Message>by the proxy</Message></Error>".encode()
        if self.command == "HEAD":
            body = b""
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _pass_on(self, content: bytes, fault: Fault) -> None:
        connection = http.client.HTTPConnection(self.target, timeout=60)
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in (*fault.without, "content-length", "transfer-encoding"):
                connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(content)))
        connection.endheaders(content)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        self.send_response(answer.status)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else len(body)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_HEADERS:
                self.send_header(name, value)
        self.send_header("Content-Length", str(length or 0))
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):
            self._send(body, fault)

    def _send(self, body: bytes, fault: Fault) -> None:
        end = int(len(body) * fault.share)
        self._trickle(body[:end])
        if fault.meanwhile:
            fault.meanwhile()
        if fault.then in (None, "flip"):
            rest = body[end:]
            flipped = bytes([rest[0] ^ 0xFF]) + rest[1:] if fault.then and rest else rest
            return self._trickle(flipped)
        if fault.then == "stall":
            self.proxy.is_open.wait()
        if fault.then == "reset":  # closing with this set sends RST instead of FIN
            self.connection.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
        self.close_connection = True
        return None

    def _trickle(self, body: bytes) -> None:
        piece = PIECE_BYTES
        if self.proxy.bytes_per_s:
            piece = max(1, min(piece, int(self.proxy.bytes_per_s / 20)))
        for start in range(0, len(body), piece):
            self.wfile.write(body[start : start + piece])
            if self.proxy.bytes_per_s:
                self.wfile.flush()
                time.sleep(piece / self.proxy.bytes_per_s)
