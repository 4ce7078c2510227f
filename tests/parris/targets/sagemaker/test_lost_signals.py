"""Which entrypoints keep SIGTERM from a script that would save."""

import pytest

from parris.targets.sagemaker.lost_signals import lost_signal_warning

SCRIPT = "/opt/ml/input/data/code/train.py"
SAVES = "import signal\nsignal.signal(signal.SIGTERM, save)\n"


@pytest.mark.parametrize(
    ("entrypoint", "keeper"),
    [
        ([], ""),
        (["python3", SCRIPT], ""),
        (["/bin/sh", "-c", f"python3 {SCRIPT}"], ""),
        (["/bin/sh", "-c", f"pip install x && exec python3 {SCRIPT}"], ""),
        (["bash", SCRIPT.replace(".py", ".sh")], "the shell that runs"),
        (["bash", SCRIPT], ""),
        (["/bin/sh", "-c", f"pip install x && python3 {SCRIPT}"], "the shell sh"),
        (["bash", "-ec", f"python3 {SCRIPT} | tee log"], "the shell bash"),
        (["train"], "the training toolkit"),
        (["python", "-m", "sagemaker_training.cli.train"], "the training toolkit"),
    ],
)
def test_a_script_that_saves_is_warned_of_what_keeps_its_signal(
    entrypoint: list[str], keeper: str
) -> None:
    warning = lost_signal_warning(entrypoint, "train.py", SAVES)

    assert bool(warning) == bool(keeper)
    assert keeper in warning


@pytest.mark.parametrize("script", ["print('SIGTERM')", "trap '' TERM", "trap - TERM", ""])
def test_a_script_that_handles_no_sigterm_loses_nothing(script: str) -> None:
    assert lost_signal_warning(["train"], "train.py", script) == ""


def test_a_trap_of_a_shell_script_is_a_handler() -> None:
    assert lost_signal_warning(["train"], "train.sh", "trap 'save' TERM")
