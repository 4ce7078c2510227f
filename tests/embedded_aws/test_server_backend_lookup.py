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
