import re

import pytest
from moto.ec2 import utils
from moto.moto_api._internal import mock_random

from embedded_aws import EmbeddedAws


def test_an_id_has_the_digits_of_an_id_of_ec2(aws: EmbeddedAws) -> None:
    vpc = aws.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]
    assert re.fullmatch(r"vpc-[0-9a-f]{17}", vpc["VpcId"])


@pytest.mark.usefixtures("aws")
def test_an_id_takes_one_random_number(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []

    def draw(bits: int) -> int:
        drawn.append(bits)
        return 0x1AB

    monkeypatch.setattr(mock_random, "getrandbits", draw)
    assert utils.random_resource_id(17) == "000000000000001ab"
    assert drawn == [68]
