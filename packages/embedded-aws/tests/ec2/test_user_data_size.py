"""User data beyond 16 KB is refused, whoever launches the instance."""

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import IMAGE_ID

SCRIPT = "#!/bin/sh\n"


@pytest.mark.parametrize(("size", "fits"), [(16_384, True), (16_385, False)])
def test_user_data_has_at_most_16_kb(aws: EmbeddedAws, size: int, fits: bool) -> None:
    launch = {"ImageId": IMAGE_ID, "UserData": SCRIPT + "#" * (size - len(SCRIPT))}

    def run() -> None:
        aws.client("ec2").run_instances(**launch, InstanceType="t3.micro", MinCount=1, MaxCount=1)

    if fits:
        run()
        return
    with pytest.raises(ClientError, match="User data is limited to 16384 bytes") as caught:
        run()
    assert caught.value.response["Error"]["Code"] == "InvalidParameterValue"
