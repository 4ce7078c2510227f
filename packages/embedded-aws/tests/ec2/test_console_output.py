"""The console shows the output of the machine itself."""

from contextlib import nullcontext
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.instances import await_said, console, launch


def test_the_console_has_the_output_of_this_machine_only(aws: EmbeddedAws) -> None:
    first = launch(aws, "#!/bin/bash\necho I am the first\n")
    second = launch(aws, "#!/bin/bash\necho I am the second\n")

    await_said(aws, first, "I am the first")
    await_said(aws, second, "I am the second")
    assert "second" not in console(aws, first)


def test_the_console_shows_the_last_64_kib(aws: EmbeddedAws) -> None:
    instance_id = launch(aws, "#!/bin/bash\nseq 20000\necho the end\n")

    await_said(aws, instance_id, "the end")
    assert len(console(aws, instance_id)) == 64 * 1024


def test_an_instance_that_runs_nothing_prints_nothing(aws: EmbeddedAws) -> None:
    ran = aws.client("ec2").run_instances(
        ImageId="ami-12c6146b", InstanceType="t3.micro", MinCount=1, MaxCount=1
    )

    assert console(aws, ran["Instances"][0]["InstanceId"]) == ""


@pytest.mark.parametrize(("instance_type", "is_nitro"), [("t3.micro", True), ("t2.micro", False)])
def test_the_latest_output_is_there_of_types_of_the_nitro_system_only(
    aws: EmbeddedAws, instance_type: Any, is_nitro: bool
) -> None:
    ec2 = aws.client("ec2")
    ran = ec2.run_instances(
        ImageId="ami-12c6146b", InstanceType=instance_type, MinCount=1, MaxCount=1
    )
    instance_id = ran["Instances"][0]["InstanceId"]
    ec2.get_console_output(InstanceId=instance_id)
    with nullcontext() if is_nitro else pytest.raises(ClientError, match="UnsupportedOperation"):
        ec2.get_console_output(InstanceId=instance_id, Latest=True)
