"""What a config says of the code beside the script: `files`, `code-archive`, `script-folder`."""

from collections.abc import Iterator

from parris.payloads import Payload
from parris.validation.violations import Violation, shown

FILES_KEY, CODE_KEY, FOLDER_KEY = "files", "code-archive", "script-folder"
MOST_BYTES = 512 * 1024**2
"""Of a packed archive. It is fetched while the boot timeout runs; data belongs into input-data."""

_TAR_MARK, _TAR_MARK_AT = b"ustar", 257
_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")
_HOW_TO_PACK = "tar -czf code.tar.gz -C FOLDER ."


def find_unpacked_files(config: Payload) -> Iterator[Violation]:
    """Yield a violation where files are named and nobody has packed them.

    The command packs them when it starts a job. Whoever starts one otherwise names an archive.
    """
    if config.get(FILES_KEY) and not config.get(CODE_KEY):
        expected = (
            f"{CODE_KEY} beside it: `parris run` packs files and uploads them, an execution cannot."
            f" Pack them ({_HOW_TO_PACK}), upload the archive to the training bucket, and write its"
            f" key as {CODE_KEY}"
        )
        yield Violation(f"/{FILES_KEY}", shown(config[FILES_KEY]), expected)


def find_archive_violations(key: str, size_bytes: int, head: bytes) -> list[Violation]:
    """Return what is wrong with an archive.

    Args:
        key: of the archive.
        size_bytes: of the archive.
        head: its first 512 bytes, or fewer where it is shorter.
    """
    path = f"/{CODE_KEY}"
    if size_bytes > MOST_BYTES:
        expected = f"an archive of at most {MOST_BYTES} bytes; put data into input-data"
        return [Violation(path, f"{shown(key)} of {size_bytes} bytes", expected)]
    is_plain = head[_TAR_MARK_AT : _TAR_MARK_AT + len(_TAR_MARK)] == _TAR_MARK
    if is_plain or head.startswith(_PACKED):
        return []
    return [Violation(path, shown(key), f"a tar archive, as {_HOW_TO_PACK} makes it")]
