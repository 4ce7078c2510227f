"""Waits in a container of AWS Batch for the runner of its job, and becomes that.

`python3 -c SOURCE BUCKET REGION TIMEOUT_SECONDS`, with the credentials of the job's role. It is in
the job definition, and contains nothing of the job. The runner comes from steering/<aws:userid>/,
which only this container can read, and no container can write.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import re
import signal
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from typing import NoReturn

PAUSE_SECONDS = 2
TIMEOUT_SECONDS = 20


def fail(reason: str) -> NoReturn:
    """End the container with a reason in its log."""
    print(f"parris: {reason}", file=sys.stderr, flush=True)
    sys.exit(1)


def credentials() -> dict[str, str]:
    """Return the credentials of the job's role. Those of the machine below are never used."""
    address = os.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    relative = os.environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    if not address and not relative:
        fail("this container has no role: its job definition needs jobRoleArn")
    token = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")
    path = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    if path:
        with open(path) as opened:
            token = opened.read().strip()
    request = urllib.request.Request(address or f"http://169.254.170.2{relative}")
    if token:
        request.add_header("Authorization", token)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
        found: dict[str, str] = json.loads(response.read().decode())
    return found


def call(service: str, region: str, path: str = "/", body: bytes = b"") -> bytes:
    """Return the body of a signed request: a GET without a body, a POST with one."""
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    given = os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}")
    given = given or os.environ.get("AWS_ENDPOINT_URL")
    base = (given or f"https://{service}.{region}.{domain}").rstrip("/")
    found, digest = credentials(), hashlib.sha256(body).hexdigest()
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    headers = {
        "host": base.split("://")[1].split("/")[0],
        "x-amz-content-sha256": digest,
        "x-amz-date": stamp,
        "x-amz-security-token": found["Token"],
    }
    if body:
        headers["content-type"] = "application/x-www-form-urlencoded"
    names, method = ";".join(sorted(headers)), "POST" if body else "GET"
    lines = [f"{name}:{headers[name]}" for name in sorted(headers)]
    canonical = "\n".join([method, path, "", *lines, "", names, digest])
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{found['SecretAccessKey']}".encode()
    for part in (*scope.split("/"), f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashed}"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    credential = f"Credential={found['AccessKeyId']}/{scope}"
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 {credential}, SignedHeaders={names}, Signature={key.hex()}"
    )
    request = urllib.request.Request(base + path, body or None, headers, method=method)
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
        answer: bytes = response.read()
    return answer


def own_user_id(region: str) -> str:
    """Return the `aws:userid` of this container: `<role id>:<task id>`."""
    answer = call("sts", region, body=b"Action=GetCallerIdentity&Version=2011-06-15")
    found = re.search("<UserId>([^<]+)</UserId>", answer.decode())
    if found is None:
        raise ValueError("STS has named no user")
    return found[1]


def main(bucket: str, region: str, timeout_seconds: str) -> None:
    """Fetch the runner as soon as it is there, and run it in place of this process."""
    if sys.version_info < (3, 9):  # noqa: UP036
        fail("the runner needs python3 of version 3.9 or later")
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    until, user_id, problem = time.time() + float(timeout_seconds), "", ""
    archive = b""
    while not archive:
        try:
            user_id = user_id or own_user_id(region)
            quoted = user_id.replace(":", "%3A")
            archive = call("s3", region, f"/{bucket}/steering/{quoted}/runner.zip")
        except urllib.error.HTTPError as error:
            problem = f"{error.code} {error.read().decode(errors='replace')[:300]}"
        except (OSError, ValueError, KeyError) as error:
            problem = repr(error)
        if not archive and time.time() > until:
            fail(f"the runner could not be fetched within {timeout_seconds} s: {problem}")
        if not archive:
            time.sleep(PAUSE_SECONDS)
    folder = os.path.join(tempfile.mkdtemp(prefix="parris-"), "machine")
    zipfile.ZipFile(io.BytesIO(archive)).extractall(folder)
    program = os.path.join(folder, "runner_container.py")
    os.execv(sys.executable, [sys.executable, program, bucket, region, user_id])


if __name__ == "__main__":
    main(*sys.argv[1:4])
