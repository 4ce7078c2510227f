"""Which folders a deployment may share: none that machines or functions write."""

import re

import pytest

from embedded_aws.packaging.read_template import read_template
from tests.permissions.template_permissions import TEMPLATE

PATTERN = re.compile(read_template(TEMPLATE)["Parameters"]["SharedFolders"]["AllowedPattern"])


@pytest.mark.parametrize(
    "value",
    ["", "team", "team,data,inputs", "a/b-c/d_e.f", "jobs-of-others", ",".join("abcdefghij")],
)
def test_folders_can_be_shared(value: str) -> None:
    assert PATTERN.fullmatch(value)


@pytest.mark.parametrize(
    "value",
    [
        "jobs",
        "team,machines",
        "steering/x",
        "uploads",
        "a,,b",
        ",",
        "a/",
        "/a",
        "a b",
        "*",
        "a*",
        "${aws:userid}",
        ",".join("abcdefghijk"),
    ],
)
def test_what_machines_and_functions_write_cannot_be_shared(value: str) -> None:
    assert not PATTERN.fullmatch(value)
