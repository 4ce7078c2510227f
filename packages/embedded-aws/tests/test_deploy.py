import json
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.packaging.build_layer import BuildError, build_layer
from embedded_aws.packaging.deploy import DeployError
from embedded_aws_helpers.builders import end_of, invoke

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Word: {Type: String, Default: hello}
Globals:
  Function:
    Runtime: python3.13
    CodeUri: code/
    Layers: [!Ref Libraries, !Ref Data]
    Environment: {Variables: {WORD: !Ref Word}}
Resources:
  Say:
    Type: AWS::Serverless::Function
    Properties: {Handler: say.handle}
  Libraries:
    Type: AWS::Serverless::LayerVersion
    Metadata: {BuildMethod: makefile}
    Properties: {ContentUri: libraries/}
  Data:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: data/}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      Name: !Sub ${AWS::StackName}-machine
      DefinitionUri: machine.asl.json
      DefinitionSubstitutions: {SayArn: !GetAtt Say.Arn}
      Policies:
        - Version: "2012-10-17"
          Statement: [{Effect: Allow, Action: lambda:InvokeFunction, Resource: !GetAtt Say.Arn}]
Outputs:
  Machine: {Value: !Ref Machine}
  Say: {Value: !Ref Say}
"""
SAY = """\
import os, pathlib, built
def handle(event, context):
    data = pathlib.Path(os.environ["LAMBDA_LAYERS_ROOT"], "data.txt").read_text()
    return [os.environ["WORD"], data, built.WORD]
"""
MACHINE: dict[str, Any] = {
    "StartAt": "Say",
    "States": {"Say": {"Type": "Task", "Resource": "${SayArn}", "End": True}},
}
MAKEFILE = """\
build-Libraries:
\tmkdir -p "$(ARTIFACTS_DIR)/python"
\t$(PYTHON) -c "print('WORD = \\'built\\'')" > "$(ARTIFACTS_DIR)/python/built.py"
"""


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EMBEDDED_AWS_CACHE", str(tmp_path / "cache"))
    files = {
        "template.yaml": TEMPLATE,
        "code/say.py": SAY,
        "libraries/Makefile": MAKEFILE,
        "data/data.txt": "some data",
        "machine.asl.json": json.dumps(MACHINE),
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path / "template.yaml"


def test_a_template_is_built_packaged_and_deployed(aws: EmbeddedAws, template: Path) -> None:
    made = aws.deploy(template, "demo", {"Word": "bonjour"})
    started = aws.client("stepfunctions").start_execution(stateMachineArn=made["Machine"])
    ended = end_of(aws, started["executionArn"])
    assert json.loads(ended["output"]) == ["bonjour", "some data", "built"]


def test_deploying_again_changes_what_has_changed(aws: EmbeddedAws, template: Path) -> None:
    first = aws.deploy(template, "demo")
    assert aws.deploy(template, "demo") == first
    (template.parent / "code" / "say.py").write_text("def handle(event, context): return 'new'")
    assert aws.deploy(template, "demo") == first
    assert invoke(aws, name=first["Say"]) == (None, "new")


def test_a_layer_is_built_once_for_the_same_content(
    aws: EmbeddedAws, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.deploy(template, "demo")
    monkeypatch.setenv("PATH", "")  # there is no make any more
    aws.deploy(template, "demo", {"Word": "again"})


def test_a_layer_can_wait_to_be_built_until_a_function_needs_it(
    aws: EmbeddedAws, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template.write_text(TEMPLATE.replace("makefile}", "makefile, EmbeddedAws: build-when-used}"))
    with monkeypatch.context() as without_make:
        without_make.setenv("PATH", "")
        made = aws.deploy(template, "demo")
    assert invoke(aws, name=made["Say"]) == (None, ["hello", "some data", "built"])


def test_a_failing_build_shows_the_output_of_make(aws: EmbeddedAws, template: Path) -> None:
    (template.parent / "libraries" / "Makefile").write_text("build-Libraries:\n\t@echo oh; false\n")
    with pytest.raises(BuildError, match=r"(?s)build-Libraries.*oh"):
        aws.deploy(template, "demo")


def test_a_layer_names_make_as_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Makefile").write_text("build-Libraries:\n\ttrue\n")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(BuildError, match="no `make` on the PATH"):
        build_layer("Libraries", tmp_path)


def test_a_failing_stack_says_which_resource_and_why(aws: EmbeddedAws, template: Path) -> None:
    broken = {"StartAt": "Say", "States": {"Say": {"Type": "Pass", "Next": "Nowhere"}}}
    (template.parent / "machine.asl.json").write_text(json.dumps(broken))
    with pytest.raises(DeployError, match=r"ROLLBACK_COMPLETE: Machine: .*Nowhere"):
        aws.deploy(template, "demo")


def test_what_only_sam_can_build_is_refused(aws: EmbeddedAws, template: Path) -> None:
    (template.parent / "code" / "requirements.txt").write_text("requests\n")
    with pytest.raises(NotImplementedError, match=r"requirements\.txt"):
        aws.deploy(template, "demo")
