"""Tests of the search for a container engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parris_cli.containers.engine import NoEngineError, find_engine
from tests.parris_cli.containers.stand_in_engine import StandInEngine

if TYPE_CHECKING:
    from pathlib import Path

_REFUSED = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock."


@pytest.fixture(autouse=True)
def _only_programs_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.parametrize("name", ["docker", "podman"])
def test_the_engine_that_responds_is_used(tmp_path: Path, name: str) -> None:
    engine = StandInEngine(tmp_path, name)

    found = find_engine()

    assert found.name == name
    assert found.command("ps") == [str(engine.program), "ps"]


def test_docker_is_used_where_both_respond(tmp_path: Path) -> None:
    StandInEngine(tmp_path, "podman")
    StandInEngine(tmp_path, "docker")

    assert find_engine().name == "docker"


def test_podman_is_used_where_docker_has_no_daemon(tmp_path: Path) -> None:
    StandInEngine(tmp_path, "docker").results_in("version", error=_REFUSED, exit_status=1)
    StandInEngine(tmp_path, "podman")

    assert find_engine().name == "podman"


def test_without_an_engine_the_message_names_both() -> None:
    with pytest.raises(NoEngineError, match="neither docker nor podman is on the PATH"):
        find_engine()


def test_an_engine_without_its_daemon_is_named_with_the_cause(tmp_path: Path) -> None:
    error = f"warning: something\n{_REFUSED}\n"
    StandInEngine(tmp_path, "docker").results_in("version", error=error, exit_status=1)

    with pytest.raises(NoEngineError) as caught:
        find_engine()

    assert f"{tmp_path}/docker is installed but does not run ({_REFUSED})" in str(caught.value)
    assert "start Docker" in str(caught.value)
    assert "warning" not in str(caught.value)


def test_a_program_that_cannot_be_executed_is_not_an_engine(tmp_path: Path) -> None:
    program = tmp_path / "podman"
    program.write_text("#!/nowhere/interpreter\n")
    program.chmod(0o755)

    with pytest.raises(NoEngineError, match="podman is installed but does not run"):
        find_engine()
