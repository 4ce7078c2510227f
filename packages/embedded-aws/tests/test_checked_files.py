"""A file whose content is checked is read as it was written, or not at all."""

from pathlib import Path

import pytest

from embedded_aws.checked_files import DamagedError, read_checked, write_checked


@pytest.mark.parametrize("parts", [(), (b"",), (b"one\n",), (b"one\n", b"\ntwo")])
def test_a_file_is_read_as_it_was_written(tmp_path: Path, parts: tuple[bytes, ...]) -> None:
    write_checked(tmp_path / "file", *parts)
    assert read_checked(tmp_path / "file") == b"".join(parts)


def test_a_change_of_any_byte_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "file"
    write_checked(file, b"a header\n", b"content")
    written = file.read_bytes()
    for place in range(len(written)):
        file.write_bytes(written[:place] + bytes([written[place] ^ 1]) + written[place + 1 :])
        with pytest.raises(DamagedError, match="damaged"):
            read_checked(file)


@pytest.mark.parametrize("left", [0, 5, 9, 15])
def test_a_part_of_a_file_is_not_read(tmp_path: Path, left: int) -> None:
    file = tmp_path / "file"
    write_checked(file, b"a header\n", b"content")
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(DamagedError):
        read_checked(file)
