import re

import pytest
from moto.ec2 import utils
from moto.moto_api._internal import mock_random
from moto.moto_api._internal.moto_random import MotoRandom

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


@pytest.mark.usefixtures("aws")
def test_a_random_string_has_the_characters_that_were_asked_for() -> None:
    random = MotoRandom()
    assert re.fullmatch(r"[A-Za-z0-9]{20}", random.get_random_string())
    many = {
        "[A-Za-z0-9]{3000}": random.get_random_string(3000),
        "[A-Za-z]{3000}": random.get_random_string(3000, include_digits=False),
        "[a-z0-9]{3000}": random.get_random_string(3000, lower_case=True),
    }
    assert [form for form, text in many.items() if not re.fullmatch(form, text)] == []
    assert [len(set(text)) for text in many.values()] == [62, 52, 36]


def test_the_id_of_a_request_is_random(aws: EmbeddedAws) -> None:
    tables = aws.client("dynamodb").list_tables
    ids = {tables()["ResponseMetadata"]["RequestId"] for _ in range(3)}
    assert [len(one) for one in ids] == [52, 52, 52]
