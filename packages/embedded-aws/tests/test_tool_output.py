from embedded_aws.tool_output import why_it_failed

PIP = """\
WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError'
ERROR: Could not find a version that satisfies the requirement jsonschema==4.25.1
ERROR: No matching distribution found for jsonschema==4.25.1
make: *** [Makefile:8: build-Dependencies] Error 1
"""


def test_only_the_lines_with_the_reason_are_taken_from_a_long_output() -> None:
    assert why_it_failed("WARNING: noise\n" * 100 + PIP) == (
        "ERROR: Could not find a version that satisfies the requirement jsonschema==4.25.1\n"
        "ERROR: No matching distribution found for jsonschema==4.25.1"
    )


def test_without_an_error_line_the_last_lines_are_taken() -> None:
    assert why_it_failed("1\n2\n\n3\n4\n5\n") == "2\n3\n4\n5"
    assert why_it_failed("x" * 400) == "x" * 300 + "..."
    assert why_it_failed("") == ""
