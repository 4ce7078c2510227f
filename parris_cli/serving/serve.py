"""`parris serve`: the page of the training API, for a deployment or on an embedded AWS."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parris_cli.account.connect import embedded_deployment, real_account
from parris_cli.account.session import own_session
from parris_cli.account.stack_status import Use
from parris_cli.aws_errors import describe_error
from parris_cli.deployment.embedded_environment import deploy_target
from parris_cli.errors import RefusedError
from parris_cli.project_files import PROJECT
from parris_cli.serving.api_client import ApiClient, Signed, WithToken
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_aws import EmbeddedAws
    from parris_cli.account.clients import Account

EXIT_DONE, EXIT_FAILED = 0, 1
_EXAMPLE = PROJECT / "config" / "training-api"
_EXAMPLE_FILES = {"train.py": "team/train.py", "training-config.json": "training-config.json"}
_PARAMETERS = {"TrainingApi": "true", "TrainingApiAuthorization": "iam"}
_URL, _AUTHORIZATION, _TOKEN = "TrainingApiUrl", "TrainingApiAuthorization", "PARRIS_TOKEN"


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """Options of `parris serve`. `deployment` is used if `is_embedded` is false."""

    deployment: str
    port: int
    is_embedded: bool


def serve_page(options: ServeOptions) -> int:
    """Serve the page until Ctrl-C, and return the command's exit code."""
    screen = Screen(sys.stderr)
    try:
        with _api(options, screen) as api:
            return _serve(api, options.port, screen)
    except RefusedError as err:
        screen.say(f"not served: {err}")
    except KeyboardInterrupt:
        return EXIT_DONE
    except Exception as err:
        screen.say(f"not served: {describe_error(err)}")
    return EXIT_FAILED


def _serve(api: ApiClient, port: int, screen: Screen) -> int:
    from parris_cli.serving.page_server import PageServer

    try:
        server = PageServer(api, port)
    except OSError as err:
        screen.say(f"cannot listen on port {port} of 127.0.0.1: {err}; choose another with --port")
        return EXIT_FAILED
    with server:
        screen.say(f"{server.url} (Ctrl-C ends it)", "page")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            screen.say("shutting down")
    return EXIT_DONE


@contextmanager
def _api(options: ServeOptions, screen: Screen) -> Iterator[ApiClient]:
    if not options.is_embedded:
        yield _api_of_account(options.deployment)
        return
    with embedded_deployment(screen, parameters=_PARAMETERS) as (aws, account):
        put_example(account)
        deploy_target(account, _target_of_example(), screen)
        screen.say(f"a data set for it: {_EXAMPLE / 'reviews.csv'}", "example")
        yield api_on_embedded_aws(aws, account)


def _target_of_example() -> str:
    return str(json.loads((_EXAMPLE / "training-config.json").read_text("utf-8"))["target"])


def put_example(account: Account) -> None:
    """Put the config and the script of the example into the training bucket."""
    for name, key in _EXAMPLE_FILES.items():
        body = (_EXAMPLE / name).read_bytes()
        account.s3.put_object(Bucket=account.deployment.bucket, Key=key, Body=body)


def api_on_embedded_aws(aws: EmbeddedAws, account: Account) -> ApiClient:
    """Return the API of a deployment in an embedded AWS, as its administrator uses it."""
    from botocore.credentials import Credentials

    outputs, _ = _described(account)
    api_id = outputs[_URL].partition("//")[2].partition(".")[0]
    key = aws.context.administrator
    signed = Signed(Credentials(key.id, key.secret), aws.settings.region)
    return ApiClient(f"{aws.endpoint_url}/_apis/{api_id}", signed)


def _api_of_account(deployment: str) -> ApiClient:
    """Return the API of a deployment in the user's account.

    Raises:
        RefusedError: when the deployment has no training API, or there are no credentials.
    """
    outputs, parameters = _described(real_account(deployment, Use.REACH))
    if _URL not in outputs:
        raise RefusedError(
            f"{deployment} has no training API; to switch it on:\n"
            "parris deploy --set TrainingApi=true --set TrainingApiAuthorization=iam",
            reason=None,
        )
    if parameters.get(_AUTHORIZATION) != "iam":
        return ApiClient(outputs[_URL], WithToken(os.environ.get(_TOKEN, "")))
    session = own_session()
    credentials = session.get_credentials()
    if credentials is None:
        raise RefusedError("no AWS credentials were found; run `aws configure`", reason=None)
    return ApiClient(outputs[_URL], Signed(credentials, session.region_name))


def _described(account: Account) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the outputs and the parameters of the deployment's stack."""
    name = account.deployment.name
    (stack,) = account.cloudformation.describe_stacks(StackName=name)["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}
    parameters = {
        one["ParameterKey"]: one.get("ParameterValue") for one in stack.get("Parameters", [])
    }
    return outputs, parameters
