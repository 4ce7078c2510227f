"""The path and the metrics above the status line of `parris watch`."""

from contextlib import closing

import pytest

from parris.metric_rows import MetricValue
from parris_cli.following.live_panel import LivePanel
from parris_cli.following.metric_lines import MetricLines
from parris_cli.following.phase import Phase
from parris_cli.terminal.progress import Progress
from parris_cli.terminal.screen import Screen
from parris_cli.terminal.sparkline import sparkline
from tests.builders import after
from tests.parris_cli.terminal.emulated_terminal import EmulatedTerminal


def a_panel() -> LivePanel:
    panel = LivePanel()
    for phase, second in ((Phase.CHECKING, 0), (Phase.LAUNCHING, 2), (Phase.TRAINING, 62)):
        panel.begin(phase, after(second))
    panel.read(f"step={step} loss={1 / (step + 1)} accuracy=nan" for step in range(8))
    panel.read(["no metric", "epoch 3 loss=2"])
    return panel


@pytest.mark.usefixtures("a_modern_terminal")
def test_the_panel_stays_above_the_status_line_and_below_the_log() -> None:
    terminal = EmulatedTerminal(80)
    screen = Screen(terminal)
    lines = a_panel().lines(after(72), has_blocks=True)
    for second in range(3):
        screen.show_log_lines([f"line {second}"])
        screen.show_status(Progress("training"), second, lines)
    assert [row.rstrip() for row in terminal.rows] == [
        "      | line 0",
        "      | line 1",
        "      | line 2",
        "        path         checking 2 s > launching 1 min > training 10 s",
        "        loss         0.125    \u2588\u2584\u2583\u2582\u2582\u2581\u2581\u2581  step 7",
        "parris  training",
    ]
    screen.end_status()
    assert terminal.rows[-1] == "      | line 2"


def test_without_blocks_a_metric_has_its_first_and_its_last_value() -> None:
    _, line = a_panel().lines(after(72), has_blocks=False)
    assert line.split(maxsplit=1) == ["loss", "0.125    from 1  step 7"]


def test_another_attempt_begins_its_path_again() -> None:
    panel = a_panel()
    panel.begin(Phase.LAUNCHING, after(100))
    line, _ = panel.lines(after(101), has_blocks=True)
    assert line.split(maxsplit=1) == ["path", "checking 1 min 40 s > launching 1 s"]


@pytest.mark.parametrize(
    ("values", "curve"),
    [
        ([], ""),
        ([float("nan")], ""),
        ([1.0, 1.0], "\u2585\u2585"),
        ([0, 1, 2, 3], "\u2581\u2583\u2586\u2588"),
        (list(range(100)), "\u2581\u2583\u2586\u2588"),
    ],
)
def test_a_curve_has_as_many_characters_as_there_is_room_for(
    values: list[float], curve: str
) -> None:
    assert sparkline(values, 4) == curve


def test_metrics_are_read_as_on_the_machine() -> None:
    lines = ["loss=2.5", "step=3, loss=2.5 lr=inf", "\x1b[1mstep=4\x1b[0m loss=2"]
    assert MetricLines().read(lines) == [MetricValue("loss", 3, 2.5), MetricValue("loss", 4, 2.0)]


def test_the_expressions_of_a_config_find_metrics_too() -> None:
    patterns = {"loss": r"loss is (\S+)", "step": r"Epoch (\d+)"}
    with MetricLines(patterns) as metrics:
        first = metrics.read(["loss is 0.5", "Epoch 3: loss is 0.25"])
        second = metrics.read(["loss is unknown", "loss is 0.125", "step=4 acc=1"])
    assert first == [MetricValue("loss", None, 0.5), MetricValue("loss", 3, 0.25)]
    assert second == [MetricValue("loss", 3, 0.125), MetricValue("acc", 4, 1.0)]


def test_the_panel_shows_what_the_expressions_find() -> None:
    with closing(LivePanel()) as panel:
        panel.find_metrics({"speed": r"([0-9.]+) it/s"})
        panel.read(["10 it/s", "12 it/s"])
        (line,) = panel.lines(after(0), has_blocks=False)
    assert line.split(maxsplit=1) == ["speed", "12       from 10"]
