"""S3 URIs, and the patterns by which IAM policies name the keys in them."""

from __future__ import annotations

import re

_UNSAFE = re.compile(r"[^A-Za-z0-9/._=+@-]")


def split_s3_uri(uri: str) -> tuple[str, str]:
    """Return bucket and key of s3://bucket/key. For a whole bucket the key is empty."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def policy_text(key: str) -> str:
    """Return a key as policies can name it.

    Characters with a special meaning in policies or lists become `?`, which matches any one.
    """
    return _UNSAFE.sub("?", key)
