"""template.yaml has what belongs to one target in marked blocks, and nothing of it elsewhere."""

import re

import pytest

from parris.targets.registry import target_names
from tests.architecture.definition import CLONE, LAUNCHES, TERMINATIONS
from tests.architecture.test_target_seam import WORDS_OF_TARGETS

TEXT = (CLONE / "template.yaml").read_text()
BEGIN = re.compile(r"^( *)# target ([a-z0-9-]+): (.+)$", re.MULTILINE)
BLOCK = re.compile(
    r"^( *)# target (?P<target>[a-z0-9-]+): (?P<what>.+)\n"
    r"(?:.*\n)*?\1# end of target (?P=target): (?P=what)\n",
    re.MULTILINE,
)
SHARED = [
    line
    for line in BLOCK.sub("", TEXT).splitlines()
    if not line.lstrip().startswith(("#", "Description:"))
]
STATES_OF_TARGETS = {*LAUNCHES.values(), *TERMINATIONS.values()}
NAMES_OF_TARGETS = re.compile(
    "|".join([r"\bec2\b", *map(re.escape, target_names()), *STATES_OF_TARGETS]), re.IGNORECASE
)


def test_every_block_that_begins_ends() -> None:
    begun = [(found[2], found[3]) for found in BEGIN.finditer(TEXT)]
    assert begun == [(found["target"], found["what"]) for found in BLOCK.finditer(TEXT)]
    assert TEXT.count("# end of target ") == len(begun)


def test_blocks_belong_to_targets_that_there_are() -> None:
    assert {found["target"] for found in BLOCK.finditer(TEXT)} == set(target_names())


def test_nothing_outside_the_blocks_names_a_target() -> None:
    found = [line for line in BLOCK.sub("", TEXT).splitlines() if NAMES_OF_TARGETS.search(line)]
    assert found == []


def test_nothing_outside_the_blocks_has_a_word_of_one_target() -> None:
    """The deployment is a stack itself: the word is allowed where it means the deployment."""
    own = re.compile(r"AWS::Stack(Name|Id)|cloudformation:DescribeStacks$")
    found = [
        line
        for line in SHARED
        if WORDS_OF_TARGETS.search(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", own.sub("", line)))
    ]
    assert found == []


@pytest.mark.parametrize("target", target_names())
def test_each_target_has_its_two_functions_in_blocks_of_its_own(target: str) -> None:
    of_target = "".join(found[0] for found in BLOCK.finditer(TEXT) if found["target"] == target)
    for state in (LAUNCHES[target], TERMINATIONS[target]):
        assert f"\n  {state}Function:\n" in of_target


OF_ONE_TARGET_IN_THE_COMMAND = {
    "commands/aws.py",
    "commands/image.py",
    "commands/run.py",
    "deployment/check_account.py",
    "deployment/embedded_environment.py",
    "rehearsal/format_timeline.py",
    "rehearsal/job_event_words.py",
    "rehearsal/options.py",
    "rehearsal/rehearse.py",
    "rehearsal/run_rehearsal.py",
    "rehearsal/timeline.py",
}
"""Files of the command that know EC2, or the containers of SageMaker and Batch: the list may only
become shorter. `simulation` is what a rehearsal has in place of EC2's instances, `offers` is about
instance types alone, and `new_config` writes configs of the default target."""


def test_the_command_names_a_target_where_it_is_known_to_and_nowhere_else() -> None:
    command = CLONE / "parris_cli"
    found = {
        path.relative_to(command).as_posix()
        for path in command.rglob("*.py")
        if "project" not in path.parts
        and not {"simulation", "offers", "new_config"} & {*path.parts}
        and NAMES_OF_TARGETS.search(path.read_text())
    }
    assert found == OF_ONE_TARGET_IN_THE_COMMAND
