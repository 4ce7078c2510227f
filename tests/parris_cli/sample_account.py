"""An account for tests of the command: moto's, in this process."""

from parris_cli.account.clients import Account, Deployment
from tests.aws import clients as aws_clients

BUCKET = "the-training-bucket"
EXECUTION_ARN = "arn:aws:states:us-east-1:123456789012:execution:parris-training:run-1"


def an_account(used: set[str] | None = None) -> Account:
    """Return the account; it adds each service that it makes a client for to `used`."""

    def make_client(service: str) -> object:
        if used is not None:
            used.add(service)
        return aws_clients.make_client(service, "us-east-1")

    deployment = Deployment(
        state_machine_arn="arn:aws:states:us-east-1:123456789012:stateMachine:parris-training",
        bucket=BUCKET,
        log_group="trainers",
        wake_function="wake",
        validate_function="validate",
    )
    return Account(make_client, deployment, is_embedded=True)
