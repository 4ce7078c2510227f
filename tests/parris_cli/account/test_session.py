import os

import pytest

from parris_cli.account.session import without_own_account


def test_an_embedded_aws_sees_nothing_of_the_persons_own_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = {
        "AWS_PROFILE": "nobodys",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
        "AWS_CA_BUNDLE": "/nowhere",
        "AWS_MAX_ATTEMPTS": "many",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "example.org",
    }
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("no_proxy", raising=False)
    with without_own_account():
        assert not [name for name in os.environ if name.startswith("AWS_")]
        assert os.environ["NO_PROXY"] == "example.org,127.0.0.1,localhost"
        assert os.environ["no_proxy"] == "127.0.0.1,localhost"
        assert os.environ["HTTPS_PROXY"] == own["HTTPS_PROXY"]
    assert {name: os.environ.get(name) for name in own} == own
    assert "no_proxy" not in os.environ
