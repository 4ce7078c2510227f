"""Encodes names of results that are not valid S3 keys, so that they can be decoded again."""

from __future__ import annotations

import hashlib
import os
import re

LONGEST_KEY_BYTES = 1024
"""The limit for a whole key. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""

# Control characters, characters that XML (in which S3 lists keys) does not allow, and bytes that
# are not UTF-8, which Python represents as surrogates.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_HASH_CHARACTERS = 32


def is_fit(name: str, longest_bytes: int) -> bool:
    """Return whether a name can be (the end of) a key without encoding."""
    return _UNFIT.search(name) is None and len(os.fsencode(name)) <= longest_bytes


def encode_name(name: str, longest_bytes: int, taken: set[str]) -> str:
    """Return the percent-encoded form of a name, shortened if it is too long.

    Args:
        name: the name of the file.
        longest_bytes: the maximum length of the result.
        taken: names that must not be used.
    """
    raw = os.fsencode(name)
    for always in range(len(raw)):
        encoded = "".join(_piece(letter, False) for letter in name)
        if always:
            # Another file has this name: also encode the last characters.
            encoded = "".join(_piece(letter, False) for letter in name[:-always])
            encoded += "".join(_piece(letter, letter != "/") for letter in name[-always:])
        if len(encoded.encode()) > longest_bytes:
            encoded = _cut(encoded, raw, longest_bytes, always)
        if encoded not in taken:
            return encoded
    return hashlib.sha256(raw).hexdigest()


def percent_encoded(name: str) -> str:
    """Return the whole name, percent-encoded so that decoding restores all its bytes."""
    return "".join(_piece(letter, False) for letter in name)


def _piece(letter: str, is_forced: bool) -> str:
    if not is_forced and letter != "%" and _UNFIT.match(letter) is None:
        return letter
    return "".join(f"%{byte:02X}" for byte in os.fsencode(letter))


def _cut(encoded: str, raw: bytes, longest_bytes: int, salt: int) -> str:
    digest = hashlib.sha256(raw + b"\0" * salt).hexdigest()[:_HASH_CHARACTERS]
    room = longest_bytes - _HASH_CHARACTERS - 1
    head = encoded.encode()[:room].decode(errors="ignore")
    # Do not cut within a percent-encoded byte, or right after a folder.
    head = re.sub("%.?$", "", head).rstrip("/")
    return f"{head}~{digest}"
