"""The replacement of awslambdaric's native client sends and receives the same."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.functions import runtime_client, runtime_packages
from embedded_aws.functions.runtime_api import Invocation, RuntimeApi

ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"
# A process of its own, as the native client holds the interpreter while it posts.
TALK = """
import json, sys
sys.path[:0] = sys.argv[1:]
import runtime_client
runtime_client.initialize_client("a-test/1")
body, headers = runtime_client.next()
request_id = headers["Lambda-Runtime-Aws-Request-Id"]
runtime_client.post_invocation_result(request_id, b'"\\xc3\\xbc"', "application/json", None)
headers["Lambda-Runtime-Aws-Request-Id"] = headers["Lambda-Runtime-Trace-Id"] = "-"
other = runtime_client.next()[1]["Lambda-Runtime-Aws-Request-Id"]
runtime_client.post_error(other, '{"errorType": "\\u00fc"}', "{}", None)
print(json.dumps([body.decode(), headers], sort_keys=True))
"""


def talk(*search_path: str) -> tuple[Any, list[tuple[bytes | None, bool]]]:
    """Let a client handle two events; return its output, and the responses."""
    api = RuntimeApi()
    try:
        both = [Invocation(b'{"a": "\xc3\xbc"}', 1234, ARN), Invocation(b"1", 1234, ARN)]
        for invocation in both:
            api.submit(invocation)
        printed = subprocess.run(
            [sys.executable, "-c", TALK, *search_path],
            env={**os.environ, "AWS_LAMBDA_RUNTIME_API": api.address},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
    finally:
        api.close()
    return json.loads(printed), [(each.answer, each.is_error) for each in both]


@pytest.mark.skipif(not runtime_packages.has_native_client(), reason="no native client here")
def test_it_answers_as_the_native_one_does() -> None:
    assert talk(str(Path(runtime_client.__file__).parent)) == talk()


def test_an_event_and_an_error_reach_the_other_side() -> None:
    (body, headers), answers = talk(str(Path(runtime_client.__file__).parent))

    assert json.loads(body) == {"a": "ü"}
    assert headers["Lambda-Runtime-Deadline-Ms"] == 1234
    assert headers["Lambda-Runtime-Client-Context"] is None
    assert answers == [('"ü"'.encode(), False), ('{"errorType": "ü"}'.encode(), True)]


def test_without_a_runtime_api_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9")
    with pytest.raises(RuntimeError, match="does not respond"):
        runtime_client.next()
