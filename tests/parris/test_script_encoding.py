"""A script that no machine could run is refused before one is paid for."""

import codecs

import pytest

from parris.validation.script import find_script_violations

PYTHON, SHELL = "#!/usr/bin/env python3\nprint('a')\n", "#!/bin/bash\necho a\n"


def expected_of(body: bytes, name: str = "train.py") -> str:
    found = list(find_script_violations({"training-script-filename": name}, body))
    return found[0].expected if found else ""


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("train.py", PYTHON.encode()),
        ("train.py", b"print('a')\n"),
        ("train.py", codecs.BOM_UTF8 + b"print('a')\n"),
        ("train.sh", SHELL.replace("\n", "\r\n").encode()),
        ("train", "echo \u00e4\n".encode()),
        ("train", b"\x7fELF\x02\x01\x01\0\0\0"),
        ("train.run", b"#!/bin/sh\nexit\n\0\0binary"),
        ("train.sh", b"x"),
    ],
)
def test_what_the_runner_can_run_is_taken(name: str, body: bytes) -> None:
    assert expected_of(body, name) == ""


@pytest.mark.parametrize("body", [b"", b" \r\n\t\n", codecs.BOM_UTF8, codecs.BOM_UTF8 + b"\n"])
def test_an_empty_script_is_refused(body: bytes) -> None:
    assert expected_of(body) == "a script that is not empty"


@pytest.mark.parametrize(
    ("name", "text"), [("train.py", PYTHON), ("train.sh", SHELL), ("train.sh", "echo a\n")]
)
def test_a_byte_order_mark_before_the_first_line_is_refused(name: str, text: str) -> None:
    assert "UTF-8 without a byte order mark" in expected_of(codecs.BOM_UTF8 + text.encode(), name)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("text", [PYTHON, SHELL, "ls"])
def test_another_encoding_is_refused(encoding: str, text: str) -> None:
    assert "this one is in UTF-16 or UTF-32" in expected_of(text.encode(encoding))


def test_a_notebook_is_refused_with_what_makes_a_script_of_it() -> None:
    assert "jupyter nbconvert --to script" in expected_of(b'{"cells": []}', "train.ipynb")


@pytest.mark.parametrize("body", [b"PK\x03\x04\0\0", b"MZ\x90\0\x03\0", b"\xcf\xfa\xed\xfe\0\x01"])
def test_what_is_neither_text_nor_an_executable_of_linux_is_refused(body: bytes) -> None:
    assert expected_of(body, "train") == "a script in plain text, or a Linux executable"
