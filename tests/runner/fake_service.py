"""S3, STS and CloudWatch over HTTP, backed by a folder: the AWS of the runner's own tests.

The folder holds s3/<bucket>/<key> and logs/<group>/<stream> (one message a line). Keys that are no
paths of a folder (a file and a folder of one name) are held all the same.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

_XML = '<?xml version="1.0"?>\n'
USER_ID = "AROAEXAMPLE:0123456789abcdef0123456789abcdef"
"""The `aws:userid` of whoever asks STS."""
_NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


class FakeService:
    """One AWS. `on_put` is called with each key before its body is taken."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.objects: dict[str, bytes] = {}
        self.journal: list[str] = []
        self.metrics: list[dict[str, str]] = []
        """The parameters of each PutMetricData."""
        self.failures: list[list[str]] = []
        self.page_size = 1000
        self.on_put: Callable[[str], None] = lambda key: None
        self._parts: dict[str, dict[int, bytes]] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def open_uploads(self) -> int:
        """Return how many uploads in parts were begun and neither finished nor dropped."""
        return len(self._parts)

    def answer(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        path, query = unquote(urlsplit(target).path), parse_qs(urlsplit(target).query, True)
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        bucket, _, key = path.lstrip("/").partition("/")
        name = f"logs {operation}" if operation else f"{method} {bucket}/{key}"
        if body.startswith(b"Action=PutMetricData"):
            name = "PutMetricData"
        with self._lock:
            self.journal.append(name + (" list" if "list-type" in query else ""))
            failure = self._failure(self.journal[-1])
        if failure:
            return _error(int(failure), "AccessDenied" if failure == "403" else "SlowDown")
        if operation:
            return self._log(operation, json.loads(body))
        if body.startswith(b"Action=GetCallerIdentity"):
            text = f"<UserId>{USER_ID}</UserId>"
            return 200, {}, text.encode()
        if name == "PutMetricData":
            self.metrics.append(dict(parse_qsl(body.decode(), strict_parsing=True)))
            return 200, {}, b""
        if method == "PUT":
            self.on_put(key)
        with self._lock:
            return self._s3(method, bucket, key, query, headers, body)

    def _failure(self, call: str) -> str:
        for failure in self.failures:
            if int(failure[0]) > 0 and failure[1] in call:
                failure[0] = str(int(failure[0]) - 1)
                return failure[2]
        return ""

    def _s3(
        self,
        method: str,
        bucket: str,
        key: str,
        query: dict[str, list[str]],
        headers: dict[str, str],
        body: bytes,
    ) -> tuple[int, dict[str, str], bytes]:
        if "content-md5" in headers:
            digest = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
            if digest != headers["content-md5"]:
                return _error(400, "BadDigest")
        if "list-type" in query:
            return self._list(query)
        if method == "GET":
            return self._read(key, headers.get("range", ""))
        upload_id = query.get("uploadId", [""])[0]
        if method == "POST" and "uploads" in query:
            upload_id = f"upload-{len(self.journal)}"
            self._parts[upload_id] = {}
            text = f"<R {_NAMESPACE}><UploadId>{upload_id}</UploadId></R>"
            return 200, {}, f"{_XML}{text}".encode()
        if method == "PUT" and upload_id:
            number = int(query["partNumber"][0])
            self._parts[upload_id][number] = body
            return 200, {"ETag": f'"{number}"'}, b""
        if method == "POST" and upload_id:
            parts = self._parts.pop(upload_id)
            self._store(bucket, key, b"".join(parts[number] for number in sorted(parts)))
            return 200, {}, f"{_XML}<R {_NAMESPACE}/>".encode()
        if method == "DELETE" and upload_id:
            self._parts.pop(upload_id, None)
            return 204, {}, b""
        self._store(bucket, key, body)
        return 200, {}, b""

    def _store(self, bucket: str, key: str, body: bytes) -> None:
        self.objects[key] = body

    def _read(self, key: str, wanted: str) -> tuple[int, dict[str, str], bytes]:
        body = self.objects.get(key)
        if body is None:
            return _error(404, "NoSuchKey")
        if not wanted:
            return 200, {}, body
        start, end = map(int, wanted.removeprefix("bytes=").split("-"))
        if start >= len(body):
            return _error(416, "InvalidRange")
        piece = body[start : end + 1]
        return 206, {"Content-Range": f"bytes {start}-{start + len(piece) - 1}/{len(body)}"}, piece

    def _list(self, query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
        prefix = query["prefix"][0]
        after = query.get("continuation-token", [""])[0]
        keys = sorted(key for key in self.objects if key.startswith(prefix) and key > after)
        page = keys[: self.page_size]
        contents = "".join(
            f"<Contents><Key>{escape(quote(key))}</Key>"
            f"<Size>{len(self.objects[key])}</Size></Contents>"
            for key in page
        )
        token = ""
        if len(page) < len(keys):
            token = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>"
        text = f"<ListBucketResult {_NAMESPACE}>{contents}{token}</ListBucketResult>"
        return 200, {}, f"{_XML}{text}".encode()

    def _log(self, operation: str, asked: dict[str, object]) -> tuple[int, dict[str, str], bytes]:
        group, name = str(asked["logGroupName"]), str(asked["logStreamName"])
        stream = self.folder / "logs" / f"{group}/{name}".lstrip("/")
        if operation == "CreateLogStream":
            stream.parent.mkdir(parents=True, exist_ok=True)
            stream.touch()
        elif not stream.exists():
            text = {"__type": "ResourceNotFoundException", "message": "no such stream"}
            return 400, {}, json.dumps(text).encode()
        else:
            events = asked["logEvents"]
            assert isinstance(events, list)
            with stream.open("a") as file:
                file.writelines(f"{event['message']}\n" for event in events)
        return 200, {}, b"{}"


def _error(status: int, code: str) -> tuple[int, dict[str, str], bytes]:
    text = f"<Error><Code>{code}</Code><Message>come back later</Message></Error>"
    return status, {}, f"{_XML}{text}".encode()


def _handler_for(service: FakeService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, more, text = service.answer(self.command, self.path, headers, body)
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_PUT = do_POST = do_DELETE = _handle

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    return Handler
