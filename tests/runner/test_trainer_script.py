"""The packaged script ends at once on a machine whose accelerators it cannot see."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "config" / "trainer-script.sh"


def run_script(folder: Path, accelerator: str, probe: str = "") -> subprocess.CompletedProcess[str]:
    """Run it for one epoch; `probe` is a command that succeeds, as those of drivers do."""
    commands = folder / "bin"
    commands.mkdir()
    for name in ("nvidia-smi", "neuron-ls"):
        (commands / name).write_text(f"#!/bin/sh\nexit {0 if name == probe else 127}\n")
        (commands / name).chmod(0o755)
    return subprocess.run(
        ["bash", str(SCRIPT)],
        cwd=folder,
        env={
            "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
            "PARRIS_RESULTS_DIR": str(folder / "results"),
            "PARRIS_ACCELERATOR": accelerator,
            "PARRIS_INSTANCE_TYPE": "g5.xlarge",
            "PARRIS_HP_EPOCHS": "1",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("accelerator", "probe"), [("", ""), ("nvidia", "nvidia-smi"), ("neuron", "neuron-ls")]
)
def test_it_trains_where_it_sees_what_the_machine_has(
    tmp_path: Path, accelerator: str, probe: str
) -> None:
    assert run_script(tmp_path, accelerator, probe).returncode == 0
    assert (tmp_path / "results" / "model.json").exists()


@pytest.mark.parametrize("accelerator", ["nvidia", "neuron"])
def test_it_ends_at_once_where_it_sees_none(tmp_path: Path, accelerator: str) -> None:
    ended = run_script(tmp_path, accelerator)
    assert ended.returncode == 1
    assert f"no {accelerator} accelerator is visible on this g5.xlarge" in ended.stderr
    assert "image with its driver" in ended.stderr
    assert "training" not in ended.stdout
