import shlex
import shutil
import subprocess

import pytest

from parris_cli.command_line import make_parser
from parris_cli.commands.completion import SHELLS
from parris_cli.shell_completion import completion_script

COMMANDS = (
    *("init", "run", "status", "list", "watch", "logs", "results", "report"),
    *("stop", "rerun", "cost"),
    *("sweep", "experiments", "estimate", "offers", "rehearse"),
    *("deploy", "doctor", "push", "schedule", "serve", "image", "aws", "completion"),
)
# What the shell finds as `parris`, for the jobs that it offers.
LISTS_JOBS = 'parris() { [ "$1 $2" = "completion jobs" ] && printf "%s\\n" iris-1 iris-2; }\n'


def run_in(shell: str, script: str) -> list[str]:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    option = ["-f"] if shell == "zsh" else []
    done = subprocess.run([program, *option, "-c", script], capture_output=True, text=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


def bash_completes(*words: str) -> list[str]:
    """Return bash's completions of the last word."""
    listed = " ".join(shlex.quote(word) for word in words)
    script = f"""{LISTS_JOBS}{completion_script("bash", make_parser())}
COMP_WORDS=({listed}); COMP_CWORD={len(words) - 1}; _parris; printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    return [line for line in run_in("bash", script) if line]


def zsh_completes(*words: str) -> list[str]:
    """Return zsh's completions of the last word, `FILES` for files."""
    listed = " ".join(shlex.quote(word) for word in words)
    script = f"""{LISTS_JOBS}compdef() {{}}; _files() {{ print FILES }}
_describe() {{ print -l -- ${{(P)2}} }}
{completion_script("zsh", make_parser())}
words=({listed}); CURRENT={len(words)}; _parris
"""
    return [line.partition(":")[0] for line in run_in("zsh", script)]


def fish_completes(line: str) -> list[str]:
    """Return what fish offers at the end of a line."""
    lists = (
        'function parris; test "$argv[1..2]" = "completion jobs"; and printf "%s\\n" iris-1; end\n'
    )
    script = f"{lists}{completion_script('fish', make_parser())}\ncomplete -C {shlex.quote(line)}"
    return [offered.partition("\t")[0] for offered in run_in("fish", script)]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["parris", ""], list(COMMANDS)),
        (["parris", "aws", ""], ["up", "env"]),
        (["parris", "completion", ""], [*SHELLS, "jobs"]),
        (["parris", "aws", "env", "--"], ["--help", "--port"]),
        (["parris", "run", ""], ["FILES"]),
        (["parris", "watch", ""], ["iris-1", "iris-2"]),
        (["parris", "aws", "up", "--state", ""], ["FILES"]),
    ],
)
def test_zsh_chooses_from_what_may_follow(words: list[str], offered: list[str]) -> None:
    assert zsh_completes(*words) == offered


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("parris ", sorted(COMMANDS)),
        ("parris re", ["rehearse", "report", "rerun", "results"]),
        ("parris watch ", ["iris-1"]),
        ("parris aws ", ["env", "up"]),
        ("parris run --em", ["--embedded"]),
        ("parris aws up --st", ["--state"]),
        ("parris aws env --st", []),
    ],
)
def test_fish_offers_what_may_follow(line: str, offered: list[str]) -> None:
    assert fish_completes(line) == offered


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["parris", ""], list(COMMANDS)),
        (["parris", "re"], ["results", "report", "rerun", "rehearse"]),
        (["parris", "watch", ""], ["iris-1", "iris-2"]),
        (["parris", "stop", "iris-1", "iris-"], ["iris-1", "iris-2"]),
        (["parris", "aws", ""], ["up", "env"]),
        (["parris", "completion", ""], [*SHELLS, "jobs"]),
        (["parris", "run", "--em"], ["--embedded"]),
        (["parris", "run", "--json", "job.json", "--res"], ["--results"]),
        (["parris", "stop", "iris", "--no"], ["--no-wait"]),
        (["parris", "aws", "up", "--st"], ["--state"]),
        (["parris", "aws", "env", "--st"], []),
        (["parris", "watch", "run", "--det"], []),
    ],
)
def test_bash_offers_what_may_follow(words: list[str], offered: list[str]) -> None:
    assert bash_completes(*words) == offered


@pytest.mark.parametrize(
    "words",
    [
        ["parris", "run", ""],
        ["parris", "run", "--results", ""],
        ["parris", "aws", "up", "--state", ""],
    ],
)
def test_bash_is_left_to_offer_files_where_one_is_wanted(words: list[str]) -> None:
    assert bash_completes(*words) == []


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_names_every_command_and_option(shell: str) -> None:
    script = completion_script(shell, make_parser())
    assert all(command in script for command in COMMANDS)
    for option in ("embedded", "no-wait", "training-takes", "dry-run", "machines"):
        assert option in script


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_is_one_that_its_shell_can_read(shell: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    script = completion_script(shell, make_parser())
    done = subprocess.run([program, "-n"], input=script, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
