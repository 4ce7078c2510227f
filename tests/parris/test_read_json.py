"""Invalid JSON is explained in plain words, with its line and column."""

import pytest

from parris.validation.read_json import JsonTextError, read_json_object


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"\xef\xbb\xbf{}", r"line 1, column 1: a byte order mark \(BOM\); save the file as UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "UTF-16"),
        ('{"a": 1}'.encode("utf-16-le"), "UTF-16"),
        (b"", "empty"),
        (b" \n", "empty"),
        (b"[1]", "not a JSON object"),
        (b'{"a": 1,\n}', "line 1, column 8: a comma before }; remove the comma"),
        (b'{"a": [1, 2,\n ]}', "line 1, column 12: a comma before ]"),
        (b'{"a": 1,\n "b": 2, "a": 3}', 'line 2, column 10: repeated key "a", first at line 1'),
        (b'{"o": {"a": 1, "a": 2}}', 'column 16: repeated key "a"'),
        (b'{"\\u0061": 1, "a": 2}', 'repeated key "a"'),
        (b'{\n // what\n "a": 1}', "line 2, column 2: a comment, which JSON does not support"),
        (b'{"a": 1 /* one */}', "line 1, column 9: a comment"),
        (b'{"a": 1} # end', "a comment"),
        (b"{'a': 1}", "column 2: ' instead of a double quote"),
        ("{“a”: 1}".encode(), "instead of a double quote"),
        (b'{"a": True}', "column 7: True; write true in JSON"),
        (b'{"a": None}', "write null in JSON"),
        (b'{"a": NaN}', "NaN, which is not a JSON number"),
        (b'{"a": -Infinity}', "not a JSON number"),
        (b'{"a": .5}', r"column 7: \.5, which is not a JSON number; write it as 10, 0\.5"),
        (b'{"a": +1}', "not a JSON number"),
        (b'{"a": 01}', "not a JSON number"),
        (b'{"a": 0x1F}', "not a JSON number"),
        (b'{"a": 1_000}', "not a JSON number"),
        (b'{"a": 10h}', "10h, which is not a JSON number"),
        (b'{"a": hello}', "column 7: hello without double quotes"),
        (b'{"a": $HOME}', "without double quotes"),
        ('{\u00a0"a": 1}'.encode(), r"column 2: a special space \(U\+00A0\)"),
        (b'{"a":\x0c1}', r"a special space \(U\+000C\)"),
        (b"{a: 1}", "column 2: the key a without double quotes"),
        (b'{"a" 1}', "column 6: a colon is missing here"),
        (b'{"a": 1\n "b": 2}', "line 2, column 2: a comma is missing here"),
        (b'{"a": 1}}', "column 9: unexpected text after the end"),
        (b'{"a": "x', "column 7: the text that begins here has no closing quote"),
        (b'{"a": "x\ny"}', "column 9: a line break, a tab or another control character"),
        (b'{"a": "\xe9"}', r"column 8: not UTF-8 \(byte 7\)"),
        (b'{"a":' * 2_000, "nested more than 40 levels deep"),
        (b"[" * 100_000, "nested more than 40 levels deep"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(body: bytes, message: str) -> None:
    with pytest.raises(JsonTextError, match=message):
        read_json_object(body)


def test_what_json_allows_is_read() -> None:
    body = '{"a": {"b": [1, 2.5e3, true, null, "// no comment, # \'"]}, "c": {"b": 1}}'
    assert read_json_object(body.encode()) == {
        "a": {"b": [1, 2500.0, True, None, "// no comment, # '"]},
        "c": {"b": 1},
    }


def test_a_number_of_thousands_of_digits_is_read_as_what_it_is_to_most_programs() -> None:
    assert read_json_object(b'{"a": ' + b"9" * 5_000 + b"}") == {"a": float("inf")}
