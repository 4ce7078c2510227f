"""The command line of `parris sweep`."""

import pytest

from parris_cli.command_line import make_parser
from parris_cli.commands.sweep import with_run


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["sweep", "sweep.json"], ["sweep", "run", "sweep.json"]),
        (["sweep", "--embedded", "sweep.json"], ["sweep", "run", "--embedded", "sweep.json"]),
        (["sweep", "run", "sweep.json"], ["sweep", "run", "sweep.json"]),
        (["sweep", "status", "iris"], ["sweep", "status", "iris"]),
        (["sweep", "--help"], ["sweep", "--help"]),
        (["sweep"], ["sweep"]),
        (["run", "job.json"], ["run", "job.json"]),
    ],
)
def test_a_config_alone_is_run(arguments: list[str], meant: list[str]) -> None:
    assert with_run(arguments) == meant


@pytest.mark.parametrize("verb", ["status", "stop", "results"])
def test_a_verb_takes_a_sweep_and_its_deployment(verb: str) -> None:
    found = make_parser().parse_args(["sweep", verb, "iris", "--deployment", "team", "--json"])
    assert (found.sweep, found.deployment, found.json) == ("iris", "team", True)
