"""Detects requests to a loopback server that may come from a web page, to refuse them.

A page of any site can send requests to 127.0.0.1, and by DNS rebinding with a host name of its own.
The browser then sends the page in Origin, the name in Host, and their relation in Sec-Fetch-Site;
AWS clients send neither the first nor the last. Uses only the standard library: machines use it
too.
"""

import re
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler

_OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
# S3 clients put a bucket's name before the host name of their endpoint. DNS has no such names.
_BUCKET_HOST = re.compile(r"[a-z0-9][a-z0-9.-]*\.(localhost|127\.0\.0\.1)")
_OWN_RELATIONS = ("", "same-origin", "none")
_HTTP_PORT = 80


def find_objection(
    method: str, headers: Mapping[str, str | None], port: int, *, lets_origin_in: bool = False
) -> str:
    """Return why a request is refused, empty if no foreign page has sent it.

    Args:
        method: the request's method.
        headers: `Host`, `Origin` and `Sec-Fetch-Site`, if present.
        port: the port that received the request.
        lets_origin_in: whether somebody has allowed pages of this very origin to send this.
    """
    if not _is_own_host(headers.get("Host") or "", port):
        return "the Host header is not this server's"
    if lets_origin_in:
        return ""
    origin = headers.get("Origin")
    if origin is not None and origin.lower() not in {f"http://{one}" for one in _hosts(port)}:
        return "the Origin header is not this server's: a web page has sent this"
    if (headers.get("Sec-Fetch-Site") or "").lower() not in _OWN_RELATIONS:
        return "the Sec-Fetch-Site header says that a page of another site has sent this"
    if method == "OPTIONS":
        return "pages of other sites may do nothing here"
    return ""


class GuardedHandler(BaseHTTPRequestHandler):
    """Refuses what a web page may have sent, before any `do_` method is called."""

    def parse_request(self) -> bool:
        """Read a request; return whether to handle it."""
        if not super().parse_request():
            return False
        port = int(self.connection.getsockname()[1])
        names = ("Host", "Origin", "Sec-Fetch-Site")
        found = {name: ", ".join(self.headers.get_all(name, [])) or None for name in names}
        if "Origin" in self.headers:
            found["Origin"] = found["Origin"] or "none"  # an empty one is also foreign
        is_let_in = self.lets_origin_in(self.path, found["Origin"] or "") or (
            self._is_navigation() and self.lets_navigation_in(self.path)
        )
        objection = find_objection(self.command, found, port, lets_origin_in=is_let_in)
        if not self.path.startswith("/"):  # a proxy's request, whose path includes a host name
            objection = objection or "the path does not begin with a slash"
        if objection:
            self._refuse(objection)
        return not objection

    def lets_origin_in(self, path: str, origin: str) -> bool:
        """Return whether somebody has allowed pages of this very origin to send this."""
        return False

    def lets_navigation_in(self, path: str) -> bool:
        """Return whether links of any page may lead to this address, as a login does."""
        return False

    def _is_navigation(self) -> bool:
        """Return whether a browser opens the address in a tab; the page before sees nothing."""
        expected = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Origin": None}
        is_expected = all(self.headers.get(name) == value for name, value in expected.items())
        return self.command == "GET" and is_expected

    def _refuse(self, objection: str) -> None:
        # Not by `send_error`, which logs: a page could fill the terminal.
        self.close_connection = True
        body = f"Refused: {objection}.\n".encode()
        self.send_response_only(403)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()


def _is_own_host(host: str, port: int) -> bool:
    if host.lower() in _hosts(port):
        return True
    name, _, given_port = host.lower().rpartition(":")
    return given_port == str(port) and _BUCKET_HOST.fullmatch(name) is not None


def _hosts(port: int) -> set[str]:
    named = {f"{name}:{port}" for name in _OWN_NAMES}
    return named | set(_OWN_NAMES) if port == _HTTP_PORT else named
