"""Whether a script that saves on SIGTERM would ever receive it."""

import pytest

from embedded_aws.local_container.swallowed_signals import (
    find_swallower,
    has_handler,
    warning_of,
)

SCRIPT = "/opt/ml/input/data/code/train.py"


@pytest.mark.parametrize(
    ("script", "is_shell", "is_handled"),
    [
        ("signal.signal(signal.SIGTERM, save)", False, True),
        ("signal( SIGTERM, save)", False, True),
        ("loop.add_signal_handler(signal.SIGTERM, stop)", False, True),
        ("signal.signal(signal.SIGINT, save)", False, False),
        ("print('SIGTERM')", False, False),
        ("trap 'save' TERM INT", True, True),
        ("  trap save SIGTERM", True, True),
        ("trap '' TERM", True, False),
        ("trap - TERM", True, False),
        ("# on TERM nothing happens", True, False),
    ],
)
def test_a_handler_is_found_in_a_scripts_text(
    script: str, is_shell: bool, is_handled: bool
) -> None:
    assert has_handler(script, is_shell) == is_handled


@pytest.mark.parametrize(
    ("command", "swallower"),
    [
        (["python3", SCRIPT], ""),
        ([SCRIPT], ""),
        (["/bin/sh", "-c", f"python3 {SCRIPT}"], ""),
        (["/bin/sh", "-c", f"pip install x && exec python3 {SCRIPT}"], ""),
        (["bash", "-ec", f"cd /srv; exec python3 {SCRIPT}"], ""),
        (["/bin/sh", "-c", f"pip install x && python3 {SCRIPT}"], "the shell sh"),
        (["bash", "-c", f"python3 {SCRIPT} | tee log"], "the shell bash"),
        (["bash", "/opt/ml/input/data/code/start.sh"], "the shell script"),
        (["bash", "-x", SCRIPT], ""),
        (["train"], "training toolkit"),
        (["python", "-m", "sagemaker_training.cli.train"], "training toolkit"),
    ],
)
def test_what_keeps_sigterm_from_a_script_is_named(command: list[str], swallower: str) -> None:
    found = find_swallower(command, SCRIPT)

    assert swallower in found
    assert bool(found) == bool(swallower)


def test_only_a_script_with_a_handler_is_warned() -> None:
    command = ["/bin/sh", "-c", f"true; python3 {SCRIPT}"]

    assert "its handler never runs" in warning_of(command, SCRIPT, "signal(SIGTERM, save)")
    assert warning_of(command, SCRIPT, "print()") == ""
    assert warning_of(["python3", SCRIPT], SCRIPT, "signal(SIGTERM, save)") == ""
