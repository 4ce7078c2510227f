"""A second target, added as docs/adding-a-target.md says, is deployed and runs jobs.

`make long` runs a job to each end: test_every_end_of_the_toy.py.
"""

import re
from pathlib import Path

from tests.architecture.definition import CLONE, read_template
from tests.targets.toy_target.insert import FILES
from tests.targets.toy_target.machines import Training
from tests.targets.toy_target.toy_run import MINUTE, ON_EC2, Case, deployed_toy

PAGE = (CLONE / "docs" / "adding-a-target.md").read_text()
CASES = {
    "second-choice": Case(
        Training(takes=2 * MINUTE),
        "COMPLETED",
        {"tier": ["Sold-Out", "Advanced"]},
        status="SUCCEEDED",
    ),
    "lost": Case(Training(vanishes=2 * MINUTE), "INSTANCE_LOST"),
}


def places_on_the_page() -> set[str]:
    """The files and folders that the page says a new target touches."""
    _, _, outside = PAGE.partition("## 2. ")
    table = outside.partition("## 3. ")[0]
    firsts = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    return {place for first in firsts for place in re.findall("`([^`]+)`", first)}


def files_of(folder: Path) -> dict[str, bytes]:
    ignored = {".venv", "__pycache__", ".aws-sam"}
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not ignored & set(path.relative_to(folder).parts)
    }


def test_the_target_touches_the_places_that_the_page_names_and_no_others(clone: Path) -> None:
    before, after = files_of(CLONE), files_of(clone)
    # The copy's own short default job.
    changed = {name for name, body in after.items() if before.get(name) != body}
    changed.discard("config/training-config.json")
    package = "lambdas/parris/targets/one_parameter/"
    outside = {name for name in changed if not name.startswith(package)}
    # `lambdas/` stands for the two handlers: what is there already is not touched.
    of_files = {path.relative_to(FILES).as_posix() for path in FILES.rglob("*.py")}
    handlers = {name for name in outside if name in of_files}
    assert {Path(name).parent.as_posix() for name in handlers} == {"lambdas"}
    assert not handlers & set(before)
    places = places_on_the_page()
    assert "lambdas/" in places
    assert {name for name in outside - handlers if not is_in(name, places - {"lambdas/"})} == set()


def is_in(name: str, places: set[str]) -> bool:
    return any(name == place or (place[-1] == "/" and name.startswith(place)) for place in places)


def test_its_two_functions_can_touch_its_own_resources_alone(clone: Path) -> None:
    resources = read_template(clone / "template.yaml")["Resources"]
    for name in ("PutParameterFunction", "DeleteParameterFunction"):
        (policy,) = resources[name]["Properties"]["Policies"]
        for statement in policy["Statement"]:
            actions = statement["Action"]
            listed = actions if isinstance(actions, list) else [actions]
            services = {action.partition(":")[0] for action in listed}
            assert services <= {"dynamodb", "states", "lambda", "ssm", "s3"}
            if services == {"ssm"}:
                owned = "parameter/parris-machines/${AWS::StackName}/*"
                assert statement["Resource"].endswith(owned)
    for name in ("CreateStackFunction", "StopOrDeleteStackFunction"):
        assert "parris-machines" not in str(resources[name])


def test_a_job_of_each_target_runs(clone: Path, tmp_path: Path) -> None:
    with deployed_toy(clone, tmp_path) as toy:
        toy.run(CASES)
        assert toy.end_of(ON_EC2) == ("SUCCEEDED", "COMPLETED", "")
        for name, case in CASES.items():
            assert toy.end_of(name)[:2] == (case.status, case.reason)
            assert toy.value_of(name) is None
        assert toy.outcome_of("second-choice")["target"] == "one-parameter"
