"""Serves the page on 127.0.0.1, and passes its requests on to the training API.

No other page can use it: requests with a foreign Host, Origin or Sec-Fetch-Site are refused. The
page loads nothing from elsewhere, and its policy forbids that it does.
"""

from __future__ import annotations

import http.server
import json
import re
import urllib.parse
from typing import TYPE_CHECKING, Any

from embedded_aws.web_requests import GuardedHandler
from parris.training_page.files import PAGE, find_page_file, page_headers
from parris.training_page.settings import page_settings
from parris_cli.serving.api_client import ApiAnswer, post_form

if TYPE_CHECKING:
    from parris_cli.serving.api_client import ApiClient

HOST = "127.0.0.1"
_API, _UPLOAD, _FILES, _SETTINGS = "/api", "/upload", "/page/", "settings.json"
_FRESH = {"cache-control": "no-store"}
_ROUTE = re.compile(r"/(status|train|uploads|jobs(/[A-Za-z0-9_-]{1,80}(/stop|/results)?)?)")
_MOST_BODY_BYTES = 33 << 20
_UNREACHED = 502


class PageServer(http.server.ThreadingHTTPServer):
    """Serves until `shutdown`.

    Raises:
        OSError: when the port is in use, or may not be used.
    """

    daemon_threads = True

    def __init__(self, api: ApiClient, port: int) -> None:
        """Listen."""
        self.api = api
        super().__init__((HOST, port), _Handler)

    @property
    def url(self) -> str:
        """Return the address of the page."""
        return f"http://{HOST}:{self.server_port}/"


class _Handler(GuardedHandler):
    server: PageServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Respond with a file of the page, or what the API responds."""
        path = self.path.partition("?")[0]
        if path == "/":
            self._send_file(PAGE)
        elif path.startswith(_FILES):
            self._send_file(path.removeprefix(_FILES))
        else:
            self._pass_on(b"")

    def do_POST(self) -> None:
        """Pass a request on to the API, or a file to S3."""
        size = self.headers.get("Content-Length", "")
        if not size.isdigit() or int(size) > _MOST_BODY_BYTES:
            self.close_connection = True
            self._send(_problem(413, "the body is too large, or of unknown size"))
            return
        body = self.rfile.read(int(size))
        if self.path.partition("?")[0] == _UPLOAD:
            self._send(self._reach(lambda: self._upload(body)))
        else:
            self._pass_on(body)

    def _send_file(self, name: str) -> None:
        found = find_page_file(name)
        if name == _SETTINGS:
            settings = page_settings(api=f"{_API[1:]}/", uploads="through-server")
            body = json.dumps(settings).encode()
            self._send(ApiAnswer(200, {"content-type": "application/json"}, body))
        elif found is None:
            self._send(_problem(404, "there is no such page"))
        else:
            content_type = {"content-type": found.media_type}
            self._send(ApiAnswer(200, content_type, found.content.encode()))

    def _pass_on(self, body: bytes) -> None:
        target = self.path.removeprefix(_API)
        is_known = self.path.startswith(_API) and _ROUTE.fullmatch(target.partition("?")[0])
        if not is_known:
            self._send(_problem(404, "there is no such page"))
            return
        headers = dict(self.headers.items())
        self._send(self._reach(lambda: self.server.api.send(self.command, target, body, headers)))

    def _upload(self, file: bytes) -> ApiAnswer:
        """Open an upload at the API, and post the file there; return what names it."""
        query = dict(urllib.parse.parse_qsl(self.path.partition("?")[2]))
        request = {key: query[key] for key in ("format", "task_type") if query.get(key)}
        headers = {"content-type": "application/json"}
        opened = self.server.api.send("POST", "/uploads", json.dumps(request).encode(), headers)
        if opened.status != http.HTTPStatus.CREATED:
            return opened
        form = json.loads(opened.body)
        stored = post_form(form["url"], form["fields"], file)
        if stored.status >= http.HTTPStatus.BAD_REQUEST:
            return _problem(_UNREACHED, f"S3 refused the upload with status {stored.status}")
        body = json.dumps({"upload": form["upload"]}).encode()
        return ApiAnswer(201, {"content-type": "application/json"}, body)

    def _reach(self, send: Any) -> ApiAnswer:
        try:
            answer: ApiAnswer = send()
        except OSError as err:
            return _problem(_UNREACHED, f"AWS cannot be reached: {err}")
        return answer

    def _send(self, answer: ApiAnswer) -> None:
        self.send_response(answer.status)
        for name, value in {**page_headers(), **_FRESH, **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing: the page asks every two seconds."""


def _problem(status: int, detail: str) -> ApiAnswer:
    body = json.dumps({"title": "The request failed", "status": status, "detail": detail}).encode()
    return ApiAnswer(status, {"content-type": "application/problem+json"}, body)
