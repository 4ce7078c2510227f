"""A boto3 session that ignores the user's own AWS settings: variables, profiles and files.

A shell's settings for a real account (a profile, a Region, endpoints, a CA bundle) do not apply to
this AWS, and some would send its requests elsewhere.
"""

import functools
import os

import boto3
import botocore.session
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES

_FILES = ("config_file", "credentials_file")


@functools.cache
def own_session() -> boto3.session.Session:
    """Return the session, the same one each time."""
    return boto3.session.Session(botocore_session=own_botocore_session())


@functools.cache
def own_botocore_session() -> botocore.session.Session:
    """Return botocore's side of it."""
    variables = {
        name: (None, None, default, conversion)
        for name, (_, _, default, conversion) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
    }
    for name in _FILES:
        variables[name] = (None, None, os.devnull, None)
    return botocore.session.Session(session_vars=variables)
