"""YAML is read as what its writer meant, into what JSON has."""

from pathlib import Path

import pytest

from parris.payloads import Json
from parris_cli.errors import RefusedError
from parris_cli.starting.read_config import read_object


def read(folder: Path, text: str | bytes) -> dict[str, Json]:
    path = folder / "job.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_object(path)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("", None),
        ("2026-01-01", "2026-01-01"),
        ("12:30:00", "12:30:00"),
        ("1e-3", 0.001),
        ("1_000", "1_000"),
        ("012", "012"),
        ("0x1F", "0x1F"),
        ("0.5", 0.5),
        ("-3", -3),
        ("+3", 3),
        (".5", 0.5),
        ("-.5e2", -50.0),
        ("1.", 1.0),
        ("-012", "-012"),
        (".", "."),
        ("!!str 10", "10"),
        ("!!str true", "true"),
        ('"\\ud83d\\ude00"', "\U0001f600"),
        ("10h", "10h"),
        (".nan", ".nan"),
        (".inf", ".inf"),
        ('"10"', "10"),
        ("[a, 1, {b: c}]", ["a", 1, {"b": "c"}]),
        ("|\n  two\n  lines", "two\nlines\n"),
        ("=", "="),
    ],
)
def test_a_plain_word_is_what_json_would_have(tmp_path: Path, written: str, value: Json) -> None:
    assert read(tmp_path, f"key: {written}\n") == {"key": value}


def test_a_whole_config_with_comments_and_anchors_is_read(tmp_path: Path) -> None:
    text = """\
# what it is
base: &base {a: 1, b: 2}
merged:
  <<: *base
  b: 3
same: *base
"""
    assert read(tmp_path, text) == {
        "base": {"a": 1, "b": 2},
        "merged": {"a": 1, "b": 3},
        "same": {"a": 1, "b": 2},
    }


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]\n" for number in range(1, 9)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3, column 1: the key 'a' again"),
        ("o:\n  a: 1\n  a: 2\n", "line 3, column 3: the key 'a' again"),
        ("a: [1\n", "line 2, column 1"),
        ("a:\n\tb: 1\n", "line 2, column 1: a tab"),
        ("a: b: c\n", "line 1, column 5: a colon"),
        ("- a\n", "no mapping"),
        ("word\n", "no mapping"),
        ("", "empty"),
        ("a: 1\n---\nb: 2\n", "line 2, column 1"),
        ("a: !!python/object/apply:os.system [echo]\n", "line 1, column 4: the tag !!python"),
        ("a: !!binary aGk=\n", "the tag"),
        ("? [a, b]\n: 1\n", "a key that is no text"),
        ("a: &a [*a]\n", "an anchor that contains its own alias"),
        ("a: *nowhere\n", "undefined alias"),
        (BOMB, "more than 20000 values"),
        ("a: " + "[" * 200 + "]" * 200, "column 43: nested more than 40 levels deep"),
        # What lies below is not read, which would take half a minute.
        ("a: " + "[" * 20_000, "column 43: nested more than 40 levels deep"),
        (b"\xef\xbb\xbfa: 1\n", "byte order mark"),
        ("a: 1\n".encode("utf-16"), "UTF-16"),
        (b"a: \xe9\n", "line 1, column 4: not UTF-8"),
        ("a: \x00\n", "special characters|control"),
    ],
)
def test_what_is_no_config_is_refused_with_its_place(
    tmp_path: Path, text: str | bytes, message: str
) -> None:
    with pytest.raises(RefusedError, match=message) as caught:
        read(tmp_path, text)
    assert "job.yaml: not valid YAML: " in str(caught.value)
