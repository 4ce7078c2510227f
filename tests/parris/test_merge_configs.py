"""The layers of a config go over each other, deep for objects."""

from datetime import UTC, datetime

import pytest

from parris.payloads import Payload
from parris.timestamps import format_timestamp, parse_timestamp
from parris.validation.merge_configs import merge_configs, without_comments


def test_a_later_layer_goes_over_an_earlier_one_key_by_key() -> None:
    merged = merge_configs(
        {"termination-options": {"time-limit": 1, "cost-limit": 5}, "ami": "ami-1"},
        {"termination-options": {"time-limit": 2}},
    )
    assert merged == {"termination-options": {"time-limit": 2, "cost-limit": 5}, "ami": "ami-1"}


def test_a_list_replaces_what_lies_under_it() -> None:
    assert merge_configs({"a": [1, 2]}, {"a": [3]}) == {"a": [3]}


def test_the_layers_stay_as_they_are() -> None:
    below: Payload = {"a": {"b": 1}}
    merge_configs(below, {"a": {"b": 2}})
    assert below == {"a": {"b": 1}}


def test_comments_are_left_out_at_every_level() -> None:
    assert without_comments({"_a": 1, "b": {"_c": 2, "d": 3}}) == {"b": {"d": 3}}


def test_a_timestamp_is_read_back_unchanged() -> None:
    timestamp = datetime(2026, 11, 21, 1, 2, 3, 456000, tzinfo=UTC)
    assert format_timestamp(timestamp) == "2026-11-21T01:02:03.456Z"
    assert parse_timestamp(format_timestamp(timestamp)) == timestamp


def test_a_timestamp_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        parse_timestamp("2026-11-21T01:02:03")
    with pytest.raises(ValueError, match="time zone"):
        format_timestamp(datetime(2026, 11, 21))
