"""The fast writer's output equals that of moto and xmltodict."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
import xmltodict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto.core.serialize import (
    EC2Serializer,
    JSONSerializer,
    ResponseSerializer,
    XFormedAttributePicker,
    never_return,
)
from moto.core.utils import get_service_model

from embedded_aws import EmbeddedAws
from embedded_aws.speed.xml_text import unparse

WORDS = st.text("ab \"'&<>\n\u00e9", max_size=4)
NAMES = st.sampled_from(["item", "instanceId", "a-b", "a_b", "N1"])
ATTRIBUTES = st.dictionaries(st.sampled_from(["@xmlns", "@n"]), st.none() | WORDS, max_size=2)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.builds(
            lambda attributes, members: {**attributes, **members},
            ATTRIBUTES,
            st.dictionaries(NAMES | st.just("#text"), inner, max_size=3),
        )
    ),
    max_leaves=8,
)


def written(write: Callable[..., str], body: Any, **how: bool) -> str:
    try:
        return write(body, **how)
    except ValueError as error:
        return f"refused: {error}"


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(NAMES, VALUES, max_size=2), st.booleans(), st.booleans())
def test_xml_is_what_xmltodict_writes(body: Any, is_full: bool, is_short: bool) -> None:
    how = {"full_document": is_full, "short_empty_elements": is_short}
    assert written(unparse, body, **how) == written(xmltodict.unparse, body, **how)


@pytest.mark.parametrize(
    "body",
    [
        {"a": {"#comment": "no <tag>", "b": 1}},
        {"a": {"@xmlns": {"": "urn:x", "p": "urn:y"}}},
        {"a": b"bytes"},
        {"a": [1, 2]},
        {"a b": 1},
        {"a": {"@n": '5 < 6 & "7" \''}},
        {"a": ("x & y", None)},
        {"a": {"b": ("x & y", None)}},
    ],
    ids=str,
)
def test_what_is_unusual_in_xml_is_left_to_xmltodict_or_written_alike(body: Any) -> None:
    assert written(unparse, body) == written(xmltodict.unparse, body)


def test_pretty_xml_is_pretty() -> None:
    body = {"a": {"b": "1"}}
    assert unparse(body, pretty=True) == xmltodict.unparse(body, pretty=True)


class Instance:
    """A model of moto's kind: attributes with its own names, and one alias that is a path."""

    class Meta:
        serialization_aliases: ClassVar = {"PublicIpAddress": "nic.public_ip"}

    def __init__(self, number: int) -> None:
        self.id = f"i-{number}"
        self.instance_type = "t3.micro"
        self.nic = SimpleNamespace(public_ip=f"10.0.0.{number}")
        self.launch_time = datetime(2031, 5, 1, tzinfo=UTC)
        self.state = {"Name": "running", "Code": 16}
        self.tags = [{"Key": "a", "Value": "<b>"}]


def answer(serializer: type[ResponseSerializer], service: str, operation: str, result: Any) -> Any:
    transformers: Any = {"Instances.Instance.Tags": never_return}
    return serializer(
        operation_model=get_service_model(service).operation_model(operation),
        value_picker=XFormedAttributePicker(response_transformers=transformers),
    ).serialize(result)


def described() -> Any:
    return {"Reservations": [{"Instances": [Instance(1), Instance(2)]}, {"Instances": ()}]}


@pytest.fixture
def as_moto_writes() -> Any:
    """The output of unpatched moto, while no embedded AWS is running."""
    dates = (datetime.now(UTC), "2031-05-01T00:00:00.123Z", "2031-05-01T00:00:00+02:00")
    executions = {
        "executions": [{"executionArn": "arn:1", "startDate": started} for started in dates]
    }
    return {
        "ec2": answer(EC2Serializer, "ec2", "DescribeInstances", described()),
        "states": answer(JSONSerializer, "stepfunctions", "ListExecutions", executions),
    }, executions


def test_an_answer_is_what_moto_writes(as_moto_writes: Any, request: pytest.FixtureRequest) -> None:
    by_moto, executions = as_moto_writes
    assert isinstance(request.getfixturevalue("aws"), EmbeddedAws)
    for _ in range(2):  # the second time by the names that are known
        assert answer(EC2Serializer, "ec2", "DescribeInstances", described()) == by_moto["ec2"]
        states = answer(JSONSerializer, "stepfunctions", "ListExecutions", executions)
        assert states == by_moto["states"]
    assert "10.0.0.2" in by_moto["ec2"]["body"]
    assert "i-1" in by_moto["ec2"]["body"]
