"""One name in four places: state, file, SAM id, substitution."""

import pytest

from tests.architecture.definition import (
    CLEANUP,
    CLONE,
    LAMBDA_TASKS,
    LAUNCHES,
    SWEEP,
    TERMINATIONS,
    TRIAL,
    file_of,
    read_template,
)

TEMPLATE = read_template()
FUNCTIONS = {
    name: resource["Properties"]
    for name, resource in TEMPLATE["Resources"].items()
    if resource["Type"] == "AWS::Serverless::Function"
}
# wake.py answers events, start_on_click.py messages of AWS IoT, end_jobs.py CloudFormation,
# reap_orphans.py a schedule, training_api_*.py HTTP requests and events.
BESIDE_THE_STATES = {
    "EndJobsFunction",
    "ReapOrphansFunction",
    "StartOnClickFunction",
    "TrainingApiPageFunction",
    "TrainingApiStartFunction",
    "TrainingApiStatusFunction",
    "TrainingApiStopFunction",
    "TrainingApiTrainFunction",
    "WakeFunction",
}
CLEANUP_TASKS = {
    name: state
    for name, state in CLEANUP["States"].items()
    if ":lambda:" in state.get("Resource", "")
}
SWEEP_TASKS = {
    name: state
    for name, state in {**SWEEP["States"], **TRIAL["States"]}.items()
    if ":lambda:" in state.get("Resource", "")
}
MACHINES = {
    "TrainingStateMachine": LAMBDA_TASKS,
    "CleanupStateMachine": CLEANUP_TASKS,
    "SweepStateMachine": SWEEP_TASKS,
}


@pytest.mark.parametrize(
    ("logical_id", "name"), [(machine, name) for machine in MACHINES for name in MACHINES[machine]]
)
def test_a_state_its_file_its_function_and_its_substitution_share_one_name(
    logical_id: str, name: str
) -> None:
    machine = TEMPLATE["Resources"][logical_id]["Properties"]
    parameters = MACHINES[logical_id][name]["Parameters"]
    assert parameters["FunctionName"] == f"${{{name}FunctionArn}}"
    assert machine["DefinitionSubstitutions"][f"{name}FunctionArn"] == f"{name}Function.Arn"
    assert FUNCTIONS[f"{name}Function"]["Handler"] == f"{file_of(name)}.handler"
    assert (CLONE / "lambdas" / f"{file_of(name)}.py").is_file()


def test_every_function_is_a_state_or_listed_as_standing_beside_them() -> None:
    states = {*LAMBDA_TASKS, *CLEANUP_TASKS, *SWEEP_TASKS}
    assert set(FUNCTIONS) == {f"{name}Function" for name in states} | BESIDE_THE_STATES


def test_every_file_of_lambdas_is_the_handler_of_a_function() -> None:
    handlers = {properties["Handler"] for properties in FUNCTIONS.values()}
    files = {path.stem for path in (CLONE / "lambdas").glob("*.py")}
    assert {f"{name}.handler" for name in files} == handlers


def test_the_chain_of_the_first_target_has_its_five_names() -> None:
    assert (LAUNCHES["ec2-stack"], TERMINATIONS["ec2-stack"]) == (
        "CreateStack",
        "StopOrDeleteStack",
    )


@pytest.mark.parametrize("target", LAUNCHES)
def test_the_five_lambdas_of_each_chain_come_in_their_order(target: str) -> None:
    chain = (
        "ValidateConfig",
        LAUNCHES[target],
        "WaitForRunning",
        "PollTerminationCondition",
        TERMINATIONS[target],
    )
    assert [name for name in LAMBDA_TASKS if name in chain] == list(chain)
