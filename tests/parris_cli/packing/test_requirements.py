"""requirements.txt is checked before a machine is paid for that could not install it."""

from pathlib import Path

import pytest

from parris.payloads import Payload
from parris_cli.errors import RefusedError
from parris_cli.packing.plan_code import plan_code


def notes_of(
    root: Path, text: str | bytes, config: Payload | None = None, name: str = "requirements.txt"
) -> tuple[str, ...]:
    """Plan the code of a folder with these requirements, and return the notes."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (root / "train.py").touch()
    plan = plan_code(root / "job.json", config or {}, root / "train.py")
    assert plan is not None
    return plan.notes


@pytest.mark.parametrize(
    "text",
    [
        "numpy\n",
        b"\xef\xbb\xbfnumpy\r\n# comment\r\n",
        "numpy\n".encode("utf-16"),
        b"# -*- coding: latin-1 -*-\n# caf\xe9\nnumpy\n",
        "numpy==2.0 \\\n    --hash=sha256:0123 \\\n    --hash=sha256:4567\n",
        "-i https://example.com/simple\n-i https://example.org/x\n",
        "https://example.com/a.whl\na @ https://example.com/a.tar.gz\n-e git+https://e.org/x#egg=x",
        "torch>=2 ; platform_machine == 'a/b'\n",
        "-i https://${USER}:${TOKEN}@example.com/simple\n",
        "-r https://example.com/r.txt\n-f https://example.com/wheels\n",
        "-e .\n.[extra]\n./lib[a,b] ; python_version > '3'\n-f lib\n-r more/base.txt\n",
        "lib/a.whl\nfile:lib/a.whl\nx @ file:lib/a.whl\n-c more/base.txt\n-rmore/base.txt\n",
    ],
)
def test_what_a_machine_can_install_is_packed_without_a_note(
    tmp_path: Path, text: str | bytes
) -> None:
    for name in ("lib/setup.py", "lib/a.whl", "more/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "more" / "base.txt").write_text("-c c.txt\n-r ../more/base.txt\n")
    assert notes_of(tmp_path, text) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-r gone.txt\n", "line 1: 'gone.txt' is not packed"),
        ("numpy\n\n--requirement=gone.txt\n", "line 3: 'gone.txt' is not packed"),
        ("-c sub/gone.txt # why\n", "line 1: 'sub/gone.txt' is not packed"),
        ("-e ./gone\n", "line 1: './gone' is not packed"),
        ("wheels/a-1-py3-none-any.whl\n", "'wheels/a-1-py3-none-any.whl' is not packed"),
        ("a-1-py3-none-any.whl\n", "'a-1-py3-none-any.whl' is not packed"),
        ("-f wheels\n", "'wheels' is not packed"),
        ("-e ../lib\n", "'../lib' leads out of"),
        ("x @ file:../lib\n", "'file:../lib' leads out of"),
        (b"# caf\xe9\nnumpy\n", r"requirements.txt: not UTF-8 text \(byte 5\)"),
        (b"# coding: klingon\n", "its encoding 'klingon' is unknown"),
    ],
)
def test_what_a_machine_could_not_install_is_refused(
    tmp_path: Path, text: str | bytes, message: str
) -> None:
    with pytest.raises(RefusedError, match=message):
        notes_of(tmp_path, text)


def test_a_file_that_requirements_name_is_checked_too(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "base.txt").write_text("numpy\n-r gone.txt\n")
    with pytest.raises(RefusedError, match=r"more/base.txt, line 2: 'gone.txt' is not packed"):
        notes_of(tmp_path, "-r more/base.txt\n")


def test_what_files_leaves_out_is_not_packed(tmp_path: Path) -> None:
    (tmp_path / "base.txt").touch()
    assert notes_of(tmp_path, "-r base.txt\n") == ()
    with pytest.raises(RefusedError, match=r"`files` or \.parrisignore leave it out"):
        notes_of(tmp_path, "-r base.txt\n", {"files": ["requirements.txt"]})


@pytest.mark.parametrize("path", ["/opt/wheels/a.whl", "file:///opt/a.whl", "-e ~/lib"])
def test_a_path_of_this_machine_is_packed_with_a_note(tmp_path: Path, path: str) -> None:
    (note,) = notes_of(tmp_path, f"{path}\n")
    assert "which the machine has only if its image has" in note


def test_a_password_is_noted_and_not_repeated(tmp_path: Path) -> None:
    (note,) = notes_of(tmp_path, "-i https://me:hunter2@example.com/simple\nnumpy\n")
    assert "line 1: contains a password" in note
    assert "hunter2" not in note
