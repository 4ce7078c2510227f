"""Access to one bucket: objects, multipart uploads and listings."""

from __future__ import annotations

import base64
import functools
import hashlib
import time
import xml.etree.ElementTree as xml
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote, unquote_plus

from runner_http import AwsClient, AwsError, Payload, Request, Response, endpoint

Found = TypeVar("Found")
REPORT_WAITS_SECONDS = (1.0, 3.0, 8.0, 15.0)
RESULT_WAITS_SECONDS = (0.5, 2.0)
_NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"
_READ_BYTES = 1024 * 1024


def for_ever() -> float:
    """Return infinity: uploads have no time limit."""
    return float("inf")


class Bucket:
    """The training bucket, accessed with the machine's role.

    Args:
        client: sends the requests.
        name: the name of the bucket.
        region: the Region to try first.
    """

    def __init__(self, client: AwsClient, name: str, region: str) -> None:
        """Send no request yet."""
        self._client = client
        self._name = name
        self._region = region

    def put(
        self,
        key: str,
        body: Payload,
        until: Callable[[], float] = for_ever,
        waits_seconds: tuple[float, ...] = REPORT_WAITS_SECONDS,
    ) -> None:
        """Write an object; transient errors are retried.

        Args:
            key: the key of the object.
            body: bytes, or a body that can be rewound.
            until: returns when to give up, in Unix seconds; called before each attempt.
            waits_seconds: delays between attempts.

        Raises:
            AwsError: if the object could not be written.
        """
        self.retry(lambda: self._send("PUT", key, body=body, until=until), waits_seconds, until)

    def get(self, key: str, until: Callable[[], float] = for_ever) -> bytes:
        """Return the content of an object.

        Raises:
            AwsError: if there is none, or it cannot be read.
        """
        return self._send("GET", key, until=until).body

    def get_piece(
        self, key: str, start: int, size: int, until: Callable[[], float]
    ) -> tuple[bytes, int]:
        """Return so many bytes of an object, and its whole size.

        Raises:
            AwsError: if there is none, or it cannot be read.
        """
        wanted = {"range": f"bytes={start}-{start + size - 1}"}
        try:
            response = self._send("GET", key, until=until, headers=wanted)
        except AwsError as error:
            if error.code == "InvalidRange":
                # An empty object has no first byte.
                return b"", start
            raise
        whole = response.headers.get("content-range", "").rpartition("/")[2]
        return response.body, int(whole) if whole else len(response.body)

    def begin_parts(self, key: str, until: Callable[[], float]) -> str:
        """Start a multipart upload and return its id."""
        response = self.retry(
            lambda: self._send("POST", key, {"uploads": ""}, until=until),
            RESULT_WAITS_SECONDS,
            until,
        )
        return _text(xml.fromstring(response.body), "UploadId")

    def put_part(
        self, key: str, upload_id: str, number: int, body: Payload, until: Callable[[], float]
    ) -> str:
        """Upload a part, numbered from 1, and return its ETag."""
        query = {"partNumber": str(number), "uploadId": upload_id}
        response = self.retry(
            lambda: self._send("PUT", key, query, body, until), RESULT_WAITS_SECONDS, until
        )
        return response.headers.get("etag", "")

    def finish_parts(self, key: str, upload_id: str, tags: list[str]) -> None:
        """Complete the object from its parts."""
        parts = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>"
            for number, tag in enumerate(tags, 1)
        )
        body = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
        response = self._send("POST", key, {"uploadId": upload_id}, body)
        # S3 returns 200 before it completes the object, and may still report a failure.
        if b"<Error>" in response.body:
            raise AwsError("InternalError", response.body.decode(errors="replace")[:300], True)

    def drop_parts(self, key: str, upload_id: str) -> None:
        """Abort a multipart upload, so that its parts are not billed. Failures are ignored."""
        try:
            self._send("DELETE", key, {"uploadId": upload_id})
        except AwsError:
            return

    def list_sizes(self, prefix: str, until: Callable[[], float]) -> dict[str, int]:
        """Return the sizes in bytes of the objects below a prefix, by their keys without it.

        Raises:
            AwsError: if the listing fails or takes too long.
        """
        sizes: dict[str, int] = {}
        query = {"list-type": "2", "prefix": prefix, "encoding-type": "url"}
        while True:
            page = functools.partial(self._send, "GET", "", query, until=until)
            response = self.retry(page, RESULT_WAITS_SECONDS, until)
            listed = xml.fromstring(response.body)
            for found in listed.iter(f"{_NAMESPACE}Contents"):
                key = unquote_plus(_text(found, "Key"))
                sizes[key[len(prefix) :]] = int(_text(found, "Size"))
            token = _text(listed, "NextContinuationToken")
            if not token:
                return sizes
            query = {**query, "continuation-token": token}

    def retry(
        self,
        attempt: Callable[[], Found],
        waits_seconds: tuple[float, ...],
        until: Callable[[], float] = for_ever,
    ) -> Found:
        """Return the first success; raise permanent errors, and transient ones after the time."""
        for wait_seconds in waits_seconds:
            try:
                return attempt()
            except AwsError as error:
                if not error.is_transient or time.time() + wait_seconds >= until():
                    raise
            time.sleep(wait_seconds)
        return attempt()

    def _send(
        self,
        method: str,
        key: str,
        query: dict[str, str] | None = None,
        body: Payload = b"",
        until: Callable[[], float] = for_ever,
        headers: dict[str, str] | None = None,
    ) -> Response:
        left_seconds = until() - time.time()
        if left_seconds <= 0:
            raise AwsError("", "no time left", False)
        base, path = self._place(key)
        request = Request(
            "s3", self._region, method, base, path, query or {}, dict(headers or {}), body
        )
        if body:
            request.headers["content-md5"] = _md5(body)
        try:
            return self._client.send(request, left_seconds)
        except AwsError as error:
            region = error.bucket_region
            if not region or region == self._region:
                raise
            self._region = region
        return self._send(method, key, query, body, until, headers)

    def _place(self, key: str) -> tuple[str, str]:
        base, path = endpoint("s3", self._region), f"/{quote(key, safe='/-_.~')}"
        # Names with dots do not match the certificate of *.s3.<region>.amazonaws.com.
        if ".amazonaws.com" in base and "." not in self._name:
            return base.replace("://", f"://{self._name}.", 1), path
        return base, f"/{self._name}{path}"


def _md5(body: Payload) -> str:
    """Return the MD5 digest, which S3 compares with the received body. Object Lock requires it."""
    # Not for security: other checksums would need extra headers.
    digest = hashlib.new("md5", usedforsecurity=False)
    if isinstance(body, bytes):
        digest.update(body)
    else:
        body.rewind()
        while piece := body.read(_READ_BYTES):
            digest.update(piece)
    return base64.b64encode(digest.digest()).decode("ascii")


def _text(element: xml.Element, name: str) -> str:
    return element.findtext(f"{_NAMESPACE}{name}") or ""
