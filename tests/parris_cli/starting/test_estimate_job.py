"""`parris estimate` asks the deployment and prints what it says."""

import io
import json
from typing import Any

import pytest

from parris.costs.quote import quote_of
from parris_cli.account import connect
from parris_cli.account.clients import Account, Deployment
from parris_cli.main import main
from parris_cli.reports.quote import format_quote
from tests.builders import a_job, a_whole_rate

QUOTE = quote_of(a_job(rate=a_whole_rate(), warnings=("cost-limit does nothing",)))
CONFIG_FAULT = {
    "errorType": "ConfigInvalidError",
    "errorMessage": "1 violation in the training config",
}


class _Functions:
    """Answers an invocation as Lambda does, and remembers what it was asked."""

    def __init__(self, said: Any, *, has_failed: bool = False) -> None:
        self._said, self._has_failed = said, has_failed
        self.asked: dict[str, Any] = {}

    def invoke(self, **request: Any) -> dict[str, Any]:
        self.asked = request
        answer: dict[str, Any] = {"Payload": io.BytesIO(json.dumps(self._said).encode())}
        return {**answer, "FunctionError": "Unhandled"} if self._has_failed else answer


def reach(monkeypatch: pytest.MonkeyPatch, functions: _Functions) -> None:
    deployment = Deployment("arn", "bucket", "group", "wake", "v")
    account = Account(lambda service: functions, deployment, is_embedded=False)
    monkeypatch.setattr(connect, "real_account", lambda name: account)


def test_the_deployments_own_validation_makes_the_quote(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    functions = _Functions({"job_id": "estimate", "quote": QUOTE})
    reach(monkeypatch, functions)
    setting = "termination-options.time-limit=2"
    assert main(["estimate", "--set", setting, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == QUOTE
    event = json.loads(functions.asked["Payload"])
    assert functions.asked["FunctionName"] == "v"
    assert event["is_estimate"] is True
    assert event["config"]["termination-options"]["time-limit"] == 2
    assert event["config"]["training-job-name"] == "stack"


def test_the_text_has_the_maximum_the_limits_the_rate_the_warnings_and_what_is_not_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reach(monkeypatch, _Functions({"quote": QUOTE}))
    assert main(["estimate"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == format_quote(QUOTE)
    assert said[:7] == [
        "quote    at most 0.0202 USD: t3.micro at 0.01897 USD per hour",
        "         ends 1 h after its launch at the latest (time limit)",
        "  t3.micro",
        "    price        0.0189714286 USD per hour (instance 0.0104, volume 0.0035714286,"
        " public IPv4 0.005, prices of 2026-07-20)",
        "    time-limit   gone by 1 h after its launch, at most 0.0202 USD",
        f"    longest-job  gone by 362 d 12 h after its launch, at most {cap_usd()} USD",
        "    saves        after 57 min at the latest (time-limit); sooner if the script ends",
    ]
    assert "  note     cost-limit does nothing" in said
    assert "no guarantee; not counted: data transfer" in said[-1]


def cap_usd() -> str:
    machines: Any = QUOTE["machines"]
    return str(machines[0]["limits"][-1]["usd"])


@pytest.mark.parametrize(
    ("said", "code"), [(CONFIG_FAULT, 2), ({"errorType": "AwsDeniedError"}, 1)]
)
def test_violations_are_reported_and_set_the_exit_code(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    said: dict[str, str],
    code: int,
) -> None:
    reach(monkeypatch, _Functions(said, has_failed=True))
    assert main(["estimate", "--json"]) == code
    printed = capsys.readouterr()
    assert said.get("errorMessage", "AwsDeniedError") in json.loads(printed.out)["cause"]
    assert "no estimate" in printed.err
