"""Imports boto3 without what it would use only if something else had asked for it.

The SDKs' common runtime, where it is installed, is for transfers of large files, and boto3 does the
same without it. urllib3's bridge to OpenSSL serves Pythons without SNI. Together they take 0.1 s.
Whoever imports them later gets them.
"""

import importlib
import sys

_UNUSED = ("awscrt", "urllib3.contrib.pyopenssl")


def import_boto3() -> None:
    """Import boto3, unless botocore was imported before."""
    if "botocore.compat" in sys.modules:
        return
    hidden = [name for name in _UNUSED if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: it is missing
    try:
        importlib.import_module("boto3")
    finally:
        for name in hidden:
            del sys.modules[name]


import_boto3()
