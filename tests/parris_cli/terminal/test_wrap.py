import io
import sys

import pytest

from parris_cli.terminal.output import print_text
from parris_cli.terminal.wrap import wrap_lines

ARN = "arn:aws:states:us-east-1:123456789012:execution:parris-training:iris-20310501t080000-04f2"
REPORT = f"""\
COMPLETED  the script ended with status 0
  cost     0.0021 USD, estimated: 71 s billed at 0.1085 USD per hour (instance 0.085, volume 0.0185)
  results  results/iris (12 files)
  watch    parris watch iris-20310501t080000-04f2-and-more --deployment a-long-deployment-name
  left     instance {ARN} (running)"""


def test_a_wrapped_line_is_indented_below_its_label() -> None:
    lines = wrap_lines(REPORT.splitlines(), 79)
    assert lines[1:4] == [
        "  cost     0.0021 USD, estimated: 71 s billed at 0.1085 USD per hour (instance",
        "           0.085, volume 0.0185)",
        "  results  results/iris (12 files)",
    ]


@pytest.mark.parametrize(
    "label",
    ["checking          ", "cleaning up       ", "  CloudFormation  ", "! lost-event      "],
)
def test_a_line_of_a_timeline_goes_on_below_its_text(label: str) -> None:
    lines = wrap_lines([f"  +10h10m50s  {label}" + "word " * 15], 79)
    assert lines[0].startswith(f"  +10h10m50s  {label}word")
    assert lines[1].startswith(" " * 32 + "word")


def test_what_is_there_to_be_copied_stays_whole() -> None:
    lines = wrap_lines(REPORT.splitlines(), 79)
    command = next(line for line in lines if "parris watch" in line)
    assert command.endswith("--deployment a-long-deployment-name")
    assert any(ARN in line for line in lines)


@pytest.mark.parametrize("width", [1, 20, 44, 79, 200])
def test_no_word_is_lost_at_any_width(width: int) -> None:
    lines = wrap_lines(REPORT.splitlines(), width)
    assert " ".join(lines).split() == REPORT.split()


@pytest.mark.parametrize("is_terminal", [False, True])
def test_a_report_is_broken_on_a_terminal_and_left_whole_in_a_pipe(
    is_terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stream(io.StringIO):
        def isatty(self) -> bool:
            return is_terminal

    stream = Stream()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("COLUMNS", "80")
    print_text(REPORT)
    said = stream.getvalue()
    assert (said == f"{REPORT}\n") is not is_terminal
    assert said.split() == REPORT.split()


def test_a_line_of_the_scripts_log_is_not_broken_between_words() -> None:
    traceback = ["      |     loss = net.step(x, y)", f"      |     {'^' * 90}"]
    report = ["SCRIPT_FAILED  the script failed", *traceback]
    assert wrap_lines(report, 40) == report
