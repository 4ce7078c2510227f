"""The headers of HTTP requests and responses are read without the parser of e-mails.

`http.client` gives them to a parser for messages of any kind, in parts of any size, which takes as
long as routing a request does. What is not one plain line for each header still goes there. It
imports only the standard library, because functions are forked with it, too.
"""

import email.message
import http.client
import io
import re
from typing import Any

_client: Any = vars(http.client)
_original_parse: Any = _client["parse_headers"]
_LINE = re.compile(r"([!-9;-~]+):[ \t]*([^\r\n]*)\r?\n")
_ENDS = (b"\r\n", b"\n")
# The e-mail parser looks for parts of these.
_WITH_PARTS = ("multipart", "message")


def install() -> None:
    """Patch `http.client` in this process."""
    _client["parse_headers"] = _parse_headers


def _parse_headers(fp: Any, _class: Any = http.client.HTTPMessage) -> Any:
    lines: list[bytes] = _client["_read_headers"](fp)
    found = _read_plain(lines) if _class is http.client.HTTPMessage else None
    if found is None:
        return _original_parse(io.BytesIO(b"".join(lines)), _class)
    return found


def _read_plain(lines: list[bytes]) -> email.message.Message | None:
    """Return the message, None if these may be anything but plain lines."""
    if lines[-1] not in _ENDS:
        return None
    message = http.client.HTTPMessage()
    for line in lines[:-1]:
        header = _LINE.fullmatch(line.decode("iso-8859-1"))
        if header is None:
            return None
        name, value = header.groups()
        if name.lower() == "content-type" and value.lower().startswith(_WITH_PARTS):
            return None
        message.set_raw(name, value)
    message.set_payload("")
    return message
