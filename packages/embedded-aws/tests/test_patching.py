from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

import embedded_aws.gaps
from embedded_aws import EmbeddedAws, Settings
from embedded_aws import shutdown as closing
from embedded_aws.context import current
from embedded_aws.patching import wrap
from embedded_aws_helpers.builders import IMAGE_ID

SETTINGS = Settings(unavailable_instance_types=frozenset({"p3.2xlarge"}))


class Owner:
    """One of each kind of object that a gap replaces."""

    def method(self) -> int:
        return 1

    @property
    def read(self) -> int:
        return 1

    @staticmethod
    def static() -> int:
        return 1

    @classmethod
    def of_class(cls) -> int:
        return 1


def one_more(original: Callable[..., int]) -> Callable[..., int]:
    return lambda *arguments: original(*arguments) + 1


def one_more_read(original: property) -> property:
    return property(lambda self: original.fget(self) + 1)  # type: ignore[misc]


def values_of(owner: Owner) -> list[int]:
    return [owner.method(), owner.read, owner.static(), owner.of_class()]


def test_a_name_that_moto_no_longer_has_is_an_error() -> None:
    with pytest.raises(AttributeError):
        wrap(embedded_aws.gaps, "no_such_function", lambda original: original)


def test_a_patch_is_made_once_and_holds_while_an_embedded_aws_runs(tmp_path: Path) -> None:
    for _ in range(2):
        for name in ("method", "static", "of_class"):
            wrap(Owner, name, one_more)
        wrap(Owner, "read", one_more_read)
    assert values_of(Owner()) == [1, 1, 1, 1]
    with EmbeddedAws(SETTINGS, folder=tmp_path):
        assert values_of(Owner()) == [2, 2, 2, 2]
    assert values_of(Owner()) == [1, 1, 1, 1]


def test_what_works_for_one_that_has_closed_does_not_fall_back_on_moto(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "_LONGEST_SECONDS", 0.0)
    wrap(Late, "method", fails_without_its_aws)
    with ExitStack() as working:
        with (
            pytest.warns(ResourceWarning, match="something late"),
            EmbeddedAws(SETTINGS, folder=tmp_path) as aws,
        ):
            working.enter_context(aws.context.at_work("something late"))
        with pytest.raises(RuntimeError, match="no embedded AWS"):
            Late().method()
    assert Late().method() == 1


class Late(Owner):
    """A class that nothing else patches."""

    def method(self) -> int:
        return 1


def fails_without_its_aws(original: Callable[..., int]) -> Callable[..., int]:
    return lambda self: original(self) if current() else 0


def run_instance(client: Any, instance_type: str) -> None:
    client.run_instances(ImageId=IMAGE_ID, MinCount=1, MaxCount=1, InstanceType=instance_type)


@mock_aws
def test_moto_by_itself_is_as_it_was_before_an_embedded_aws_ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedAws(SETTINGS, folder=tmp_path) as aws, pytest.raises(ClientError):
        run_instance(aws.client("ec2"), "p3.2xlarge")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    client = boto3.client("ec2", region_name="us-east-1")
    run_instance(client, "p3.2xlarge")
    run_instance(client, "no.such-type")
    states = client.describe_instances()["Reservations"]
    assert [one["Instances"][0]["State"]["Name"] for one in states] == ["running", "running"]
