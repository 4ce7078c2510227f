import http.client
import io
from typing import Any

import pytest

from embedded_aws.speed import quick_headers

parse: Any = vars(http.client)["parse_headers"]
original: Any = quick_headers._original_parse

PLAIN = (
    b"Host: 127.0.0.1:80\r\nX-Two:  spaces \r\nx-two:again\r\nEmpty:\r\n\r\n",
    b"Host: a\nContent-Type: application/json; charset=utf-8\n\n",
    b"A: b:c\r\nV: \xfcml\x0baut\x85\r\n\r\n",
    b"\r\n",
)
OTHER = (
    b"Folded: a\r\n  b\r\nNext: c\r\n\r\n",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n",
    b"Content-Type: message/http\r\n\r\n",
    b"From somebody\r\nHost: a\r\n\r\n",
    b"Name with space: a\r\n\r\n",
    b"Host: a\r\nD\xe9j: no\r\n\r\n",
    b"no colon\r\nHost: a\r\n\r\n",
    b": no name\r\n\r\n",
    b"Return: a\rb: c\r\n\r\n",
    b"Cut: of",
    b"",
)


@pytest.mark.parametrize("text", [*PLAIN, *OTHER])
def test_headers_are_those_of_the_standard_library(text: bytes) -> None:
    assert parse is not original
    one, other = io.BytesIO(text + b"body"), io.BytesIO(text + b"body")
    found, expected = parse(one), original(other)
    assert found.items() == expected.items()
    assert found.as_string() == expected.as_string()
    assert [type(defect) for defect in found.defects] == [type(one) for one in expected.defects]
    assert one.read() == other.read()


@pytest.mark.parametrize("text", PLAIN)
def test_plain_ones_do_not_reach_its_parser(text: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_headers, "_original_parse", None)
    assert parse(io.BytesIO(text)).items() == original(io.BytesIO(text)).items()


def test_too_many_and_too_long_ones_are_refused() -> None:
    for text, reason in ((b"A: b\r\n" * 101, "headers"), (b"A: " + b"b" * 70_000, "line")):
        with pytest.raises(http.client.HTTPException, match=reason):
            parse(io.BytesIO(text))
