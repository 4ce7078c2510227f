import moto.core.loaders
import moto.core.utils
import pytest

from embedded_aws import EmbeddedAws


def test_a_second_service_is_served_without_another_loader(
    aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    moto.core.utils.get_service_model.cache_clear()
    aws.client("sqs").list_queues()

    def refuse(*arguments: object, **named: object) -> None:
        raise AssertionError("another loader")

    monkeypatch.setattr(moto.core.loaders, "Loader", refuse)
    assert aws.client("sns").list_topics()["Topics"] == []
