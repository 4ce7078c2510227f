"""Names of results as S3 keys: what cannot be one is encoded, so that it can be had back."""

from __future__ import annotations

import hashlib
import os
import re

LONGEST_KEY_BYTES = 1024
"""Of a whole key. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""

# Control characters, what is no character of XML (in which S3 lists keys), and bytes that are no
# UTF-8, which Python shows as surrogates.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_HASH_CHARACTERS = 32


def is_fit(name: str, longest_bytes: int) -> bool:
    """Return whether a name can be (the end of) a key as it is."""
    return _UNFIT.search(name) is None and len(os.fsencode(name)) <= longest_bytes


def encode_name(name: str, longest_bytes: int, taken: set[str]) -> str:
    """Return another name for one that is not fit: percent-encoded, and cut where it is too long.

    Args:
        name: as the operating system has it.
        longest_bytes: what a key leaves for it.
        taken: names that it must not get.
    """
    raw = os.fsencode(name)
    for always in range(len(raw)):
        encoded = "".join(_piece(letter, False) for letter in name)
        if always:
            # Somebody's file has just this name: the last characters are encoded as well.
            encoded = "".join(_piece(letter, False) for letter in name[:-always])
            encoded += "".join(_piece(letter, letter != "/") for letter in name[-always:])
        if len(encoded.encode()) > longest_bytes:
            encoded = _cut(encoded, raw, longest_bytes, always)
        if encoded not in taken:
            return encoded
    return hashlib.sha256(raw).hexdigest()


def percent_encoded(name: str) -> str:
    """Return the whole name with all its bytes to be had back by percent-decoding."""
    return "".join(_piece(letter, False) for letter in name)


def _piece(letter: str, is_forced: bool) -> str:
    if not is_forced and letter != "%" and _UNFIT.match(letter) is None:
        return letter
    return "".join(f"%{byte:02X}" for byte in os.fsencode(letter))


def _cut(encoded: str, raw: bytes, longest_bytes: int, salt: int) -> str:
    digest = hashlib.sha256(raw + b"\0" * salt).hexdigest()[:_HASH_CHARACTERS]
    room = longest_bytes - _HASH_CHARACTERS - 1
    head = encoded.encode()[:room].decode(errors="ignore")
    # No half of a percent-encoded byte, and no folder without a name behind it.
    head = re.sub("%.?$", "", head).rstrip("/")
    return f"{head}~{digest}"
