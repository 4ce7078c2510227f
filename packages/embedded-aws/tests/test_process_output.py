"""The output of a process is complete whenever it is read."""

import os

from embedded_aws.functions.process_output import ProcessOutput


def test_all_that_was_written_is_taken_once() -> None:
    reading, writing = os.pipe()
    output = ProcessOutput(reading)
    for number in range(200):
        os.write(writing, f"line {number}\n".encode())
        assert output.take() == f"line {number}\n"
    assert output.take() == ""
    os.close(writing)
    output.close(timeout_seconds=60)


def test_a_writer_never_waits_for_a_reader() -> None:
    reading, writing = os.pipe()
    output = ProcessOutput(reading)
    much = b"x" * 1_000_000  # a pipe holds some 64 KiB
    written = 0
    while written < len(much):
        written += os.write(writing, much[written:])
    os.close(writing)
    output.close(timeout_seconds=60)
    assert len(output.take()) == len(much)


def test_a_character_that_is_not_text_is_shown_as_such() -> None:
    reading, writing = os.pipe()
    output = ProcessOutput(reading)
    os.write(writing, b"caf\xe9")
    assert output.take() == "caf\N{REPLACEMENT CHARACTER}"
    os.close(writing)
    output.close(timeout_seconds=60)
