"""What the documents say is so."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from moto.ec2.models.instance_types import INSTANCE_TYPES

from docs.config_schema import schema_text
from embedded_aws.packaging.read_template import read_template
from parris.reasons import EndReason
from parris.recovery.reaper import ReaperAction
from parris_cli.command_line import make_parser
from parris_cli.rehearsal.options import FAULT_KINDS
from tests.architecture.definition import state_name_of

CLONE = Path(__file__).resolve().parents[2]
README = (CLONE / "README.md").read_text()
HOW_IT_WORKS = (CLONE / "docs" / "how-it-works.md").read_text()
CONFIGURATION = (CLONE / "docs" / "configuration.md").read_text()
SCHEMA: dict[str, Any] = json.loads((CLONE / "config" / "training-config.schema.json").read_text())
STATES = json.loads((CLONE / "state_machine" / "training.asl.json").read_text())["States"]
CONFIGS = [CLONE / "config" / "training-config.json", *CLONE.glob("config/examples/*.json")]
_DATA = CLONE / "packages" / "embedded-aws" / "embedded_aws" / "data"
PRICES = (_DATA / "ec2_linux_on_demand_usd_per_hour.csv").read_text()
METHODS = ("on-complete", "at-fixed-time", "around-cost-threshold")
# States that only connect others would make the picture of the chain hard to read.
NOT_DRAWN = re.compile(
    r"^(Is|Wait(?!For)|Did|Has|Read|Name|Note|Count|Should(Confirm|Notify)|ValidationFailed|Cannot|Outcome)"
)


def commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    lines = [line.partition("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


def with_prefix(prefix: str) -> list[str]:
    return [line for line in commands() if line.startswith(prefix)]


@pytest.mark.parametrize("command", with_prefix("make "))
def test_a_make_target_of_the_readme_exists(command: str) -> None:
    done = subprocess.run(
        ["make", "--dry-run", *command.split()[1:]], cwd=CLONE, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", with_prefix(".venv/bin/parris "))
def test_a_command_of_the_readme_is_understood(command: str) -> None:
    arguments = shlex.split(command)[1:]
    if "--help" in arguments:
        with pytest.raises(SystemExit) as ended:
            make_parser().parse_args(arguments)
        assert ended.value.code == 0
    else:
        make_parser().parse_args(arguments)


@pytest.mark.parametrize("command", with_prefix(".venv/bin/parris push "))
def test_a_pasted_upload_does_not_take_the_next_line_for_an_answer(command: str) -> None:
    assert make_parser().parse_args(shlex.split(command)[1:]).yes


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_an_example_asks_for_an_instance_that_ec2_has_and_a_price_is_known_of(path: Path) -> None:
    kinds = json.loads(path.read_text())["instance-type"]
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        assert kind in INSTANCE_TYPES
        assert f"\n{kind},us-east-1," in PRICES


def test_the_readme_names_both_make_targets_and_the_deployment() -> None:
    assert {"make run", "make test"} <= set(with_prefix("make "))
    assert "sam build && sam deploy" in commands()


@pytest.mark.parametrize(
    "page", [CLONE / "README.md", *sorted(CLONE.glob("docs/**/*.md"))], ids=lambda page: page.name
)
def test_a_link_of_a_page_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text())
    assert [target for target in targets if not leads_somewhere(page, target)] == []


def leads_somewhere(page: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    found = page.parent / path if path else page
    return found.exists() and (not anchor or anchor in anchors_of(found.read_text()))


def anchors_of(page: str) -> set[str]:
    """Return the anchors that the hosting platform gives to a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("reason", list(EndReason))
def test_every_reason_has_its_row_and_its_state(reason: EndReason) -> None:
    assert f"| `{reason}` |" in HOW_IT_WORKS
    assert state_name_of(reason) in STATES


def test_the_state_diagram_shows_the_states_of_the_workflow_and_no_others() -> None:
    (diagram,) = re.findall(r"```mermaid\n(.*?)```", HOW_IT_WORKS, re.DOTALL)
    lines = [line.partition(":")[0] for line in diagram.splitlines()[1:]]
    drawn = set(re.findall(r"[A-Z]\w+", " ".join(lines))) - {"Ends"}
    assert drawn <= set(STATES)
    assert {name for name in STATES if not NOT_DRAWN.match(name)} <= drawn


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_a_config_that_is_shipped_has_no_fault(path: Path) -> None:
    found = Draft202012Validator(SCHEMA).iter_errors(json.loads(path.read_text()))
    assert [error.message for error in found] == []


@pytest.mark.parametrize("method", METHODS)
def test_each_method_has_an_example_file_and_the_readme_shows_it(method: str) -> None:
    example = json.loads((CLONE / "config" / "examples" / f"{method}.json").read_text())
    assert example["termination-method"] == method
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", README, re.DOTALL)]
    (shown,) = [block for block in blocks if block["termination-method"] == method]
    assert shown.items() <= example.items()


def keys_of(schema: dict[str, Any], prefix: str = "") -> list[str]:
    found = []
    for name, key in schema.get("properties", {}).items():
        found += [prefix + name, *keys_of(key, f"{prefix}{name}.")]
    return found


def test_the_schema_is_what_its_parts_come_to() -> None:
    written = (CLONE / "config" / "training-config.schema.json").read_text()
    assert written == schema_text(), "run `make docs`"


@pytest.mark.parametrize("key", keys_of(SCHEMA))
def test_every_key_of_the_schema_has_its_row_and_its_section(key: str) -> None:
    assert f"| [`{key}`](#" in CONFIGURATION
    assert f"\n### {key}\n" in CONFIGURATION


def test_the_configuration_page_is_what_the_schema_makes_of_it(tmp_path: Path) -> None:
    code = (
        "import json, sys; from docs.generate import SCHEMA, configuration_page;"
        " sys.stdout.write(configuration_page(json.loads(SCHEMA.read_text())))"
    )
    made = subprocess.run(
        [sys.executable, "-c", code], cwd=CLONE, capture_output=True, text=True, check=True
    )
    assert made.stdout == CONFIGURATION, "run `make docs`"


@pytest.mark.parametrize("key", keys_of(SCHEMA))
def test_every_key_of_the_schema_is_titled_and_described(key: str) -> None:
    found = SCHEMA
    for name in key.split("."):
        found = found["properties"][name]
    assert found["title"] and found["description"]


@pytest.mark.parametrize("name", list(read_template(CLONE / "template.yaml")["Parameters"]))
def test_every_parameter_of_the_deployment_is_in_a_table(name: str) -> None:
    names = ("deploying.md", "schedules.md", "iot-button.md", "training-server.md")
    pages = [CLONE / "docs" / page for page in names]
    rows = [line for page in pages for line in page.read_text().splitlines() if line[:1] == "|"]
    has_its_own_key = {
        "LambdaRoleArn": "lambda-role-arn",
        "TrainingBucketName": "s3-training-bucket",
    }
    assert any(f"`{has_its_own_key.get(name, name)}`" in row for row in rows)


@pytest.mark.parametrize("kind", list(FAULT_KINDS))
def test_every_fault_that_can_be_rehearsed_has_its_row(kind: str) -> None:
    assert f"| `{kind}` |" in (CLONE / "docs" / "rehearsing.md").read_text()


def test_every_option_of_a_rehearsal_has_its_row(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        make_parser().parse_args(["rehearse", "--help"])
    options = set(re.findall(r"^  (--[a-z-]+)", capsys.readouterr().out, re.MULTILINE))
    rows = set(
        re.findall(r"^\| `(--[a-z-]+)", (CLONE / "docs" / "rehearsing.md").read_text(), re.M)
    )
    assert rows == options


@pytest.mark.parametrize("action", list(ReaperAction))
def test_whatever_the_reaper_does_has_the_row_of_its_count(action: ReaperAction) -> None:
    page = (CLONE / "docs" / "nothing-left-running.md").read_text()
    assert f"| `{action}` |" in page


def test_every_command_has_its_row_in_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        make_parser().parse_args(["--help"])
    commands = re.findall(r"^    ([a-z]+) ", capsys.readouterr().out, re.MULTILINE)
    assert len(commands) > 4
    assert [name for name in commands if f"| `parris {name}` |" not in README] == []


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    assert "## [Unreleased]" in (CLONE / "CHANGELOG.md").read_text()
