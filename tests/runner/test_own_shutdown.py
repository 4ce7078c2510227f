"""A script's own poweroff is its end, and the machine lives on until the results are saved."""

import pytest

from tests.runner.trainer import Trainer

SAVES_WHEN_TOLD = "trap 'echo 1 > \"$PARRIS_RESULTS_DIR/model\"; exit 0' TERM\n"
AND_THEN_WAITS = "; while :; do sleep 0.1; done\n"
# The runner checks nothing in between, however slow this computer is.
UNSEEN = "kill -STOP $PPID; {}; kill -CONT $PPID"


@pytest.mark.parametrize(
    "command",
    [
        "poweroff",
        "/sbin/poweroff",
        "halt -p",
        "shutdown -h now",
        "shutdown -P +0",
        "sudo shutdown -h now",
        "sudo -n /usr/sbin/poweroff",
        "systemctl poweroff",
        "sudo systemctl --no-block poweroff",
        "sh -c 'poweroff'",
    ],
)
def test_a_scripts_own_shutdown_is_its_good_end(trainer: Trainer, command: str) -> None:
    end = trainer.run(f"#!/bin/bash\n{SAVES_WHEN_TOLD}{command}{AND_THEN_WAITS}")

    assert (end["ended_by"], end["exit_status"]) == ("script-shutdown", 0)
    assert trainer.results() == {"model": b"1\n"}


@pytest.mark.parametrize("command", ["reboot", "shutdown -r now", "systemctl reboot"])
def test_a_restart_cannot_be_had_so_the_script_fails(trainer: Trainer, command: str) -> None:
    end = trainer.run(f"{command}{AND_THEN_WAITS}")

    assert (end["ended_by"], end["exit_status"]) == ("script-shutdown", 1)
    assert "cannot restart" in end["last_log_lines"][-1]


def test_a_shutdown_as_the_last_line_counts_although_the_script_ends_first(
    trainer: Trainer,
) -> None:
    end = trainer.run("poweroff\nexit 7\n")

    assert (end["ended_by"], end["exit_status"]) == ("script-shutdown", 0)


@pytest.mark.parametrize(
    "command",
    [
        "shutdown -h +60",
        UNSEEN.format("shutdown now; shutdown -c"),
        "shutdown -k now",
        "sudo true",
    ],
)
def test_what_does_not_shut_down_now_does_not_end_the_script(
    trainer: Trainer, command: str
) -> None:
    end = trainer.run(f"{command}\nexit 4\n")

    assert (end["ended_by"], end["exit_status"]) == ("script", 4)


def test_other_systemctl_commands_reach_the_real_one(trainer: Trainer) -> None:
    real = trainer.folder / "bin" / "systemctl"
    real.write_text('#!/bin/sh\necho "real: $*"\n')
    real.chmod(0o755)

    end = trainer.run("systemctl status sshd\n")

    assert end["last_log_lines"] == ["real: status sshd"]
