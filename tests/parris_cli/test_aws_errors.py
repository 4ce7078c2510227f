import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from parris_cli.aws_errors import describe_error

WRONG_KEY = ClientError(
    {"Error": {"Code": "InvalidClientTokenId", "Message": "The security token is invalid"}},
    "DescribeStacks",
)
HERE = "http://127.0.0.1:4577"


@pytest.fixture(autouse=True)
def an_account_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


@pytest.mark.parametrize("err", [WRONG_KEY, NoCredentialsError()])
def test_credentials_of_an_account_are_renewed_and_those_of_an_embedded_aws_asked_for(
    monkeypatch: pytest.MonkeyPatch, err: Exception
) -> None:
    assert "`aws sso login`" in describe_error(err)
    monkeypatch.setenv("AWS_ENDPOINT_URL", HERE)
    assert '`eval "$(parris aws env)"`' in describe_error(err)
    assert "aws sso login" not in describe_error(err)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://vpce-1.s3.eu-west-1.vpce.amazonaws.com")
    assert "`aws sso login`" in describe_error(err)


def test_without_an_embedded_aws_the_message_says_how_to_start_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    err = EndpointConnectionError(endpoint_url=f"{HERE}/")
    assert "parris aws up" not in describe_error(err)
    monkeypatch.setenv("AWS_ENDPOINT_URL", HERE)
    assert "start one with `parris aws up`" in describe_error(err)
