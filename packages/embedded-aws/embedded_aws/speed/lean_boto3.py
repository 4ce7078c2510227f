"""Imports boto3 without the SDKs' common runtime, which takes 0.1 s where it is installed.

It is for transfers of large files, and boto3 does the same without it. Whoever imports it later
gets it.
"""

import importlib
import sys

_RUNTIME = "awscrt"


def import_boto3() -> None:
    """Import boto3, unless botocore or that runtime was imported before."""
    if _RUNTIME in sys.modules or "botocore.compat" in sys.modules:
        return
    sys.modules[_RUNTIME] = None  # type: ignore[assignment]  # marks a missing module
    try:
        importlib.import_module("boto3")
    finally:
        del sys.modules[_RUNTIME]


import_boto3()
