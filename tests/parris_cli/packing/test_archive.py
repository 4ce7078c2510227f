"""The same files make the same archive, and the runner unpacks what was packed."""

import io
import os
from pathlib import Path

import pytest
from runner_code import unpack_code

from parris_cli.errors import RefusedError
from parris_cli.packing.archive import pack
from parris_cli.packing.walk import FoundFile, Walk


def found(root: Path) -> list[FoundFile]:
    return list(Walk(root, 100, "too many").files())


def packed(root: Path) -> tuple[str, bytes]:
    target = io.BytesIO()
    return pack(found(root), target), target.getvalue()


def a_folder(root: Path) -> Path:
    root.mkdir()
    (root / "train.sh").write_bytes(b"#!/bin/sh\n")
    (root / "train.sh").chmod(0o700)
    (root / "sub").mkdir()
    (root / "sub" / "a \u00e4\n'odd'").write_bytes(b"odd")
    (root / os.fsdecode(b"no-utf8-\xff")).write_bytes(b"raw")
    (root / ("long" * 60)).write_bytes(b"")
    return root


def test_what_is_packed_is_what_is_unpacked(tmp_path: Path) -> None:
    source, target = a_folder(tmp_path / "source"), tmp_path / "target"
    archive = tmp_path / "code.tar.gz"
    archive.write_bytes(packed(source)[1])
    target.mkdir()

    unpack_code(archive, target, lambda: False)

    assert [(one.name, one.path.read_bytes(), one.is_executable) for one in found(target)] == [
        (one.name, one.path.read_bytes(), one.is_executable) for one in found(source)
    ]


def test_times_owners_and_modes_do_not_count_but_names_contents_and_executability_do(
    tmp_path: Path,
) -> None:
    one, other = a_folder(tmp_path / "one"), a_folder(tmp_path / "other")
    os.utime(other / "train.sh", (1, 1))
    (other / "sub").chmod(0o700)
    (other / ("long" * 60)).chmod(0o600)
    assert packed(one) == packed(other)

    digests = {packed(one)[0]}
    (other / "train.sh").chmod(0o600)
    digests.add(packed(other)[0])
    (other / "train.sh").write_bytes(b"#!/bin/bash\n")
    digests.add(packed(other)[0])
    (other / "train.sh").rename(other / "train2.sh")
    digests.add(packed(other)[0])
    assert len(digests) == 4


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    files = found(a_folder(tmp_path / "source"))
    (tmp_path / "source" / "train.sh").unlink()

    with pytest.raises(RefusedError, match="cannot be packed"):
        pack(files, io.BytesIO())
