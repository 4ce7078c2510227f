"""A click has one name, however often it is delivered, and no two clicks have the same."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parris.iot_trigger import Click
from parris.payloads import Payload

# A full minute, in milliseconds since 1970.
NOON_MS = 1_795_262_400_000
BUTTON: Payload = {
    "serialNumber": "G030JF055364XVRB",
    "clickType": "SINGLE",
    "topic": "iotbutton/G030JF055364XVRB",
    "received_at_ms": NOON_MS,
}


def name_of(**changes: Any) -> str:
    return Click.from_message({**BUTTON, **changes}).execution_name


def test_the_name_tells_the_device_and_the_kind_of_click() -> None:
    assert re.fullmatch(r"click-G030JF055364XVRB-SINGLE-[0-9a-f]{20}", name_of())


def test_a_click_that_is_delivered_again_has_the_same_name() -> None:
    assert name_of() == name_of()


def test_a_click_that_the_button_sends_again_within_its_minute_is_the_same_click() -> None:
    assert name_of(received_at_ms=NOON_MS + 59_999) == name_of()


@pytest.mark.parametrize(
    "changes",
    [
        {"received_at_ms": NOON_MS + 60_000},
        {"clickType": "DOUBLE"},
        {"serialNumber": "G030JF055364XVRC"},
        {"messageId": "1"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_another_click_has_another_name(changes: dict[str, Any]) -> None:
    assert name_of(**changes) != name_of()


def test_a_message_with_an_id_of_its_own_is_known_by_it_whenever_it_comes() -> None:
    later = NOON_MS + 3_600_000
    assert name_of(messageId="7", received_at_ms=later) == name_of(messageId="7")
    assert name_of(messageId=7) == name_of(messageId="7")
    assert name_of(messageId="8") != name_of(messageId="7")


def test_a_device_that_does_not_say_who_it_is_is_known_by_its_topic() -> None:
    message: Payload = {"topic": "doors/north", "received_at_ms": NOON_MS}
    click = Click.from_message(message)
    assert (click.device, click.kind) == ("doors/north", "message")
    assert click.execution_name.startswith("click-doors-north-message-")
    assert Click.from_message({**message, "deviceId": "d-1"}).device == "d-1"


def test_devices_whose_names_are_cut_or_cleaned_alike_are_distinguished() -> None:
    assert name_of(serialNumber="a/b") != name_of(serialNumber="a-b")
    assert name_of(serialNumber="x" * 50) != name_of(serialNumber="x" * 51)


@given(device=st.text(), kind=st.text(), message_id=st.text())
def test_step_functions_takes_every_name(device: str, kind: str, message_id: str) -> None:
    name = name_of(serialNumber=device, clickType=kind, messageId=message_id)
    assert re.fullmatch(r"[A-Za-z0-9-]{1,80}", name)


def test_an_event_that_is_not_the_rules_is_an_error() -> None:
    with pytest.raises(KeyError):
        Click.from_message({"serialNumber": "G030JF055364XVRB"})
