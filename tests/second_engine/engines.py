"""The engines besides the embedded one, each as a process on the loopback address."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.architecture.definition import CLONE
from tests.state_machine.mocks import MOCK_FILE

ENVIRONMENTS = CLONE / ".venv-second-engine"
REGION, ACCOUNT_ID = "us-east-1", "000000000000"
_HOST = "127.0.0.1"
_READY_WITHIN_SECONDS = 180.0
_ENDS_WITHIN_SECONDS = 20.0
_POLL_SECONDS = 0.5
# A proxy that nobody serves blocks everything except the loopback address.
_NO_NETWORK = {
    "HTTP_PROXY": f"http://{_HOST}:9",
    "HTTPS_PROXY": f"http://{_HOST}:9",
    "NO_PROXY": f"{_HOST},localhost,localhost.localstack.cloud",
}


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine: how its server is started, and what it can take.

    `at_once` is how many executions it runs together without answering late;
    `takes_deployments` is whether the template is deployed into it.
    """

    name: str
    arguments: tuple[str, ...]
    settings: Mapping[str, str]
    port_settings: tuple[str, ...]
    at_once: int
    takes_deployments: bool

    @property
    def folder(self) -> Path:
        """Return its virtual environment."""
        return ENVIRONMENTS / self.name


ENGINES = {
    "ministack": Engine(
        name="ministack",
        arguments=("-m", "ministack"),
        settings={
            "BIND_HOST": _HOST,
            # Its MQTT server listens on every address, whatever BIND_HOST says.
            "IOT_MTLS_ENABLED": "0",
        },
        port_settings=("GATEWAY_PORT",),
        at_once=47,
        takes_deployments=True,
    ),
    "localstack": Engine(
        name="localstack",
        arguments=("-m", "localstack.runtime.main"),
        settings={
            "SERVICES": "stepfunctions,sts,iam",
            "EAGER_SERVICE_LOADING": "0",
            "DISABLE_EVENTS": "1",
            "SKIP_SSL_CERT_DOWNLOAD": "1",
            "SKIP_INFRA_DOWNLOADS": "1",
            "DISABLE_TRANSPARENT_ENDPOINT_INJECTION": "1",
            "DNS_ADDRESS": "0",
            "USE_SSL": "0",
        },
        port_settings=("GATEWAY_LISTEN",),
        at_once=8,
        # Its functions run in Docker only.
        takes_deployments=False,
    ),
}


@contextmanager
def running_engine(
    engine: Engine, folder: Path, settings: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Start an engine, wait until it answers and yield its address; it ends with the block.

    Args:
        engine: which one.
        folder: for its files; made here.
        settings: more of its environment, which functions that it runs inherit.
    """
    port = _free_port()
    ports = {
        name: f"{_HOST}:{port}" if name.endswith("LISTEN") else str(port)
        for name in engine.port_settings
    }
    for name in ("home", "tmp"):
        (folder / name).mkdir(parents=True)
    environment = {
        **_NO_NETWORK,
        **engine.settings,
        **ports,
        **(settings or {}),
        "PATH": f"{engine.folder / 'bin'}:{os.environ['PATH']}",
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "SFN_MOCK_CONFIG": str(MOCK_FILE),
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
    }
    log = folder / "log.txt"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [str(engine.folder / "bin" / "python"), *engine.arguments],
            env=environment,
            cwd=folder,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address = f"http://{_HOST}:{port}"
        _await_answer(process, address, log)
        yield address
    finally:
        _end(process)


def client_of(address: str, service: str) -> Any:
    """Return a client of an engine's service."""
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=address,
        region_name=REGION,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=120),
    )


def _await_answer(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN_SECONDS
    steps = client_of(address, "stepfunctions")
    while True:
        try:
            steps.list_state_machines()
            return
        except (BotoCoreError, ClientError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
                raise SystemExit(f"the engine does not answer: {error}\n{tail}") from error
        time.sleep(_POLL_SECONDS)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the engine and every process that it has started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(_ENDS_WITHIN_SECONDS)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((_HOST, 0))
        return int(found.getsockname()[1])
