"""Which lines the runner makes of what a script writes: progress bars, pieces, rows of a screen."""

import itertools

import pytest
from runner_lines import PIECE_BYTES, Lines

UP, ERASE = b"\x1b[A", b"\x1b[K"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def made_of(*pieces: bytes) -> list[bytes]:
    lines = Lines(Clock())
    found = [line for piece in pieces for line in lines.feed(piece)]
    return [line.content for line in [*found, *lines.finish()]]


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (b"one\n\ntwo\nthree", [b"one", b"", b"two", b"three"]),
        (b"step 1\rstep 2\n", [b"step 2"]),
        (b"\rstep 1\rstep 2\n\nnext\n", [b"step 2", b"", b"next"]),
        (b"step 1\rstep 2\r\nnext\n", [b"step 2", b"next"]),
        (b"of Windows\r\n\r\nends\r\n", [b"of Windows", b"", b"ends"]),
        (b"done\r\r\r\n", [b"done"]),
        (b"99%\r100%", [b"100%"]),
        (b"100%\r", [b"100%"]),
        (b"50%\r    \rnext\n", [b"next"]),
        (b"50%\r    \r", []),
        (b"50%\r" + ERASE + b"\n", []),
        (b"\r100%\r\x1b[?25h\n", [b"100%"]),
        (b"\x1b[0m\n", [b"\x1b[0m"]),
        (b"1\x1b[2K\x1b[1G2\x1b[2K\x1b[0G3\n", [b"3"]),
        (b"\x1b[32mgreen\x1b[0m\n", [b"\x1b[32mgreen\x1b[0m"]),
        (b"\x1b[4Gstays\n", [b"\x1b[4Gstays"]),
        # Two bars, as tqdm writes them: the inner one below the outer one.
        (
            b"\router 0\n\r in 0"
            + UP
            + b"\n\r in 9"
            + UP
            + b"\router 1\n\r in 1"
            + UP
            + b"\router 2\n",
            [b"outer 0", b"outer 2", b" in 1"],
        ),
        (b"a\nb\n\x1b[2Faa\nbb\n", [b"a", b"b", b"aa", b"bb"]),
        (b"a\nb\n\x1b[999Ac\n\n", [b"a", b"b", b"c"]),
        (b"\x1b[99999A\x1b[99B\x1b[Ex\n", [b"x"]),
    ],
)
def test_a_line_that_is_written_over_is_its_last_state(
    output: bytes, expected: list[bytes]
) -> None:
    assert made_of(output) == expected


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_it_does_not_matter_in_which_pieces_the_output_comes(size: int) -> None:
    output = (
        b"a\r\n\router 0\n\r in 0" + UP + b"\rouT 1\n\r in 1\n" + b"\x1b[1mb\x1b[0m\n" + b"\xc3\xa9"
    )
    pieces = [output[at : at + size] for at in range(0, len(output), size)]

    assert made_of(*pieces) == made_of(output)


def test_a_long_line_comes_in_pieces_between_characters() -> None:
    text = "é" * PIECE_BYTES + "\n"
    for start in ("", "x", "\x1b[1m"):
        lines = Lines(Clock()).feed((start + text).encode())

        assert b"".join(line.content for line in lines) == (start + text).rstrip("\n").encode()
        assert [line.has_end for line in lines] == [False] * (len(lines) - 1) + [True]
        assert all(line.content.decode() for line in lines)


def test_a_state_becomes_a_line_every_few_seconds_and_the_last_one_only_once() -> None:
    clock = Clock()
    lines = Lines(clock)
    shown = []
    for step in range(200):
        shown += lines.feed(b"\rstep %d" % step)
        clock.seconds += 0.125
    at_work = [line.content for line in shown]
    lines.tick()
    clock.seconds += 5
    shown += lines.tick()
    shown += lines.feed(b"\n")

    assert at_work == [b"step 39", b"step 79", b"step 119", b"step 159"]
    assert [line.content for line in shown] == [*at_work, b"step 199"]
    assert [line.replaces for line in shown] == [False, True, True, True, True]


def test_a_bar_that_rests_shows_where_it_rests() -> None:
    clock = Clock()
    lines = Lines(clock)
    lines.feed(b"\r0%")
    waits = itertools.repeat(1.0, 8)
    shown = []
    for seconds in waits:
        clock.seconds += seconds
        shown += lines.tick()

    assert [line.content for line in shown] == [b"0%"]
    assert lines.feed(b"\n") == []


def test_a_script_that_writes_no_end_for_long_keeps_no_quadratic_time() -> None:
    lines = Lines(Clock())
    found = sum(len(lines.feed(b"x\ry")) for _ in range(20_000))
    found += sum(len(lines.feed(b"xyz" * 100)) for _ in range(20_000))

    assert found > 700
