"""Checks the keys for code next to the script: `files`, `code-archive`, `script-folder`."""

from collections.abc import Iterator

from parris.payloads import Payload
from parris.validation.semantics import SCRIPT_KEY
from parris.validation.violations import Violation, shown

FILES_KEY, CODE_KEY, FOLDER_KEY = "files", "code-archive", "script-folder"
MOST_BYTES = 512 * 1024**2
"""Limit of a packed archive, which is fetched within the boot timeout. Use input-data for data."""

_TAR_MARK, _TAR_MARK_AT = b"ustar", 257
_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")
_HOW_TO_PACK = "tar -czf code.tar.gz -C FOLDER ."


def find_unpacked_files(config: Payload) -> Iterator[Violation]:
    """Yield a violation if files are named that have not been packed.

    `parris run` packs them when it starts a job. Any other start must name an archive.
    """
    if config.get(FILES_KEY) and not config.get(CODE_KEY):
        expected = (
            f"{CODE_KEY} with it: `parris run` packs and uploads files, but an execution cannot."
            f" Pack them ({_HOW_TO_PACK}), upload the archive to the training bucket, and write its"
            f" key as {CODE_KEY}"
        )
        yield Violation(f"/{FILES_KEY}", shown(config[FILES_KEY]), expected)


def find_code_without_script(config: Payload) -> Iterator[Violation]:
    """Yield a violation for each key that says something of a script that the job does not have."""
    for key in (FILES_KEY, CODE_KEY, FOLDER_KEY):
        if config.get(key):
            expected = f"a {SCRIPT_KEY} with it: without one, the image alone has what runs"
            yield Violation(f"/{key}", shown(config[key]), expected)


def find_archive_violations(key: str, size_bytes: int, head: bytes) -> list[Violation]:
    """Return the violations of an archive.

    Args:
        key: key of the archive.
        size_bytes: size of the archive.
        head: its first 512 bytes, or all of a shorter archive.
    """
    path = f"/{CODE_KEY}"
    if size_bytes > MOST_BYTES:
        expected = f"an archive of at most {MOST_BYTES} bytes; put data into input-data"
        return [Violation(path, f"{shown(key)} of {size_bytes} bytes", expected)]
    is_plain = head[_TAR_MARK_AT : _TAR_MARK_AT + len(_TAR_MARK)] == _TAR_MARK
    if is_plain or head.startswith(_PACKED):
        return []
    return [Violation(path, shown(key), f"a tar archive, as made by {_HOW_TO_PACK}")]
