"""The page as a deployment serves it: its login at an issuer, its policy, and an upload."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from parris_cli.account.early_functions import SHARED_IMPORTS
from parris_cli.project_files import PROJECT, snapshots_folder
from tests.browser.watched_page import watched_page
from tests.end_to_end.training_site import EXAMPLE, ON_AN_INSTANCE
from tests.oidc_issuer import CLIENT_ID, USER, Issuer, oidc_issuer
from tests.training_api import TrainingApi

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser
WAIT_MS = 60_000


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with oidc_issuer() as running:
        yield running


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory, issuer: Issuer) -> Iterator[EmbeddedAws]:
    settings = Settings(shared_imports=SHARED_IMPORTS)
    folder = tmp_path_factory.mktemp("page") / "aws"
    with EmbeddedAws(settings, folder=folder, snapshots=snapshots_folder()) as running:
        yield running


@pytest.fixture(scope="module")
def outputs(aws: EmbeddedAws, issuer: Issuer) -> dict[str, str]:
    parameters = {
        "TrainingApi": "true",
        "TrainingApiJwtIssuer": issuer.url,
        "TrainingApiJwtAudience": CLIENT_ID,
        "TrainingApiLoginClientId": CLIENT_ID,
    }
    found = aws.deploy(PROJECT / "template.yaml", "parris", parameters)
    files = {
        "training-config.json": json.dumps(ON_AN_INSTANCE).encode(),
        "team/train.py": (EXAMPLE / "train.py").read_bytes(),
    }
    for key, body in files.items():
        aws.client("s3").put_object(Bucket=found["TrainingBucketName"], Key=key, Body=body)
    return found


@pytest.fixture
def url(aws: EmbeddedAws, outputs: dict[str, str]) -> str:
    return TrainingApi(aws.endpoint_url, outputs["TrainingApiUrl"]).url + "/"


@pytest.fixture
def page(browser: Any, url: str, issuer: Issuer) -> Iterator[Any]:
    """The page, which fails the test at an error of a script or a violation of its policy."""
    issuer.refuses = False
    with watched_page(browser) as (opened, troubles):
        opened.set_default_timeout(WAIT_MS)
        opened.on(
            "console",
            lambda one: (
                troubles.append(one.text) if "Content Security Policy" in one.text else None
            ),
        )
        opened.goto(url)
        yield opened


def log_in(page: Any) -> None:
    page.get_by_role("button", name="Log in").click()
    page.get_by_text("nothing is running").wait_for()


def test_a_user_logs_in_at_the_issuer_and_out_again(page: Any, url: str) -> None:
    page.get_by_role("heading", name="Log in").wait_for()
    assert page.locator("#work").is_hidden()
    assert page.evaluate("document.activeElement.id") == "login-button"
    page.keyboard.press("Enter")
    page.get_by_text("nothing is running").wait_for()
    assert page.url == url
    kept = page.evaluate("[localStorage.length, document.cookie, Object.keys(sessionStorage)]")
    assert kept == [0, "", ["parris-token"]]
    page.reload()
    page.get_by_text("nothing is running").wait_for()
    page.get_by_role("button", name="Log out").click()
    page.get_by_text("You are logged out of this page.").wait_for()
    assert page.evaluate("sessionStorage.length") == 0
    assert page.locator("#work").is_hidden()


def test_a_login_that_the_issuer_refuses_says_why(page: Any, url: str, issuer: Issuer) -> None:
    issuer.refuses = True
    page.get_by_role("button", name="Log in").click()
    page.get_by_text("The login has failed: the user has no account.").wait_for()
    assert page.url == url


def test_a_code_that_this_tab_has_not_asked_for_is_not_used(page: Any, url: str) -> None:
    page.goto(f"{url}?code=stolen&state=other")
    page.get_by_text("The login has failed: this tab has not begun the login.").wait_for()
    assert page.url == url


def test_a_token_that_the_api_refuses_leads_back_to_the_login(page: Any) -> None:
    log_in(page)
    page.evaluate(
        "sessionStorage.setItem('parris-token',"
        " JSON.stringify({value: 'a.b.c', expiresAt: Date.now() + 1e6}))"
    )
    page.get_by_text("Your login has ended").wait_for()
    assert page.get_by_role("button", name="Log in").is_visible()


def test_a_large_data_set_is_uploaded_to_the_bucket_for_a_job_of_the_user(
    page: Any, aws: EmbeddedAws, outputs: dict[str, str], tmp_path: Path
) -> None:
    log_in(page)
    path = tmp_path / "data.csv"
    path.write_text("text,label\n" + "a,yes\nb,no\n" * 400_000)
    page.get_by_label("Data set").set_input_files(str(path))
    page.get_by_role("button", name="Start training").click()
    page.get_by_text("started as").wait_for()
    found = aws.client("s3").list_objects_v2(
        Bucket=outputs["TrainingBucketName"], Prefix="inputs/training/default/uploads/"
    )
    assert [one["Size"] for one in found["Contents"]] == [path.stat().st_size]
    steps = aws.client("stepfunctions")
    (machine,) = [
        one["stateMachineArn"]
        for one in steps.list_state_machines()["stateMachines"]
        if one["name"] == "parris-training"
    ]
    (execution,) = steps.list_executions(stateMachineArn=machine)["executions"]
    described = steps.describe_execution(executionArn=execution["executionArn"])
    assert f'"_started-by": "{USER}"' in described["input"]
