import inspect
from typing import Any

import moto.backends
import pytest

from embedded_aws import EmbeddedAws


def test_a_request_is_answered_without_listing_motos_folder(
    aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    dynamodb = aws.client("dynamodb")
    dynamodb.list_tables()

    def refuse() -> Any:
        raise AssertionError("listed again")

    monkeypatch.setattr(moto.backends, "list_of_moto_modules", refuse)
    assert dynamodb.list_tables()["TableNames"] == []


def test_a_request_is_answered_without_inspecting_its_class_again(
    aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqs = aws.client("sqs")
    sqs.list_queues()

    def refuse(*inspected: Any, **named: Any) -> Any:
        raise AssertionError("inspected again")

    monkeypatch.setattr(inspect, "getmembers", refuse)
    assert "QueueUrls" not in sqs.list_queues()
