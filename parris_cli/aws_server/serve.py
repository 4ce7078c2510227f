"""`parris aws`: the embedded AWS as a server on this machine, for sam, aws and other programs."""

from __future__ import annotations

import os
import signal
import socket
import sys
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from parris_cli.aws_server.default_port import DEFAULT_PORT
from parris_cli.aws_server.server_environment import read_record, recorded, shell_lines
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from types import FrameType

EXIT_DONE, EXIT_FAILED = 0, 1
_HOST = "127.0.0.1"
_END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_ANSWER_WITHIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class AwsUpOptions:
    """Options of `parris aws up`: where to listen, where to store the account, and how many
    machines run at once.
    """

    port: int
    state: Path | None
    machines: int | None = None


@dataclass(frozen=True, slots=True)
class AwsEnvOptions:
    """Options of `parris aws env`."""

    port: int


def serve_aws(options: AwsUpOptions) -> int:
    """Serve until Ctrl-C or SIGTERM, and return the command's exit code."""
    screen = Screen(sys.stderr)
    with _noting_signals() as await_signal:
        from embedded_aws.cache_folder import NoCacheFolderError
        from embedded_aws.persistence.state_folder import StateFolderError

        try:
            _check(options)
            # Imported here: it takes a second, which `--help` and a failed check do not need.
            from embedded_aws import EmbeddedAws, Settings

            with ExitStack() as running:
                aws = EmbeddedAws(
                    Settings(machines_at_once=options.machines),
                    port=options.port,
                    state=options.state,
                )
                running.enter_context(aws)
                _record(running, screen, aws.environment())
                print(shell_lines(aws.environment()), flush=True)
                screen.say(_greeting(aws.endpoint_url, options.state))
                await_signal()
                screen.say("shutting down: machines, functions and executions end with it")
        except (StateFolderError, NoCacheFolderError) as err:
            screen.say(f"{err}.")
            return EXIT_FAILED
        except OSError as err:
            screen.say(_port_error(options.port, err))
            return EXIT_FAILED
    return EXIT_DONE


def print_environment(options: AwsEnvOptions) -> int:
    """Print the variables for a running server, and return the command's exit code."""
    from embedded_aws.cache_folder import NoCacheFolderError

    endpoint_url = f"http://{_HOST}:{options.port}"
    try:
        environment = read_record(_cache_folder(), options.port)
    except NoCacheFolderError:
        environment = None
    if environment is None or not _answers(endpoint_url):
        Screen(sys.stderr).say(
            f"no embedded AWS of yours responds at {endpoint_url}. Start one with `parris aws up`,"
            " or name its port with --port"
        )
        return EXIT_FAILED
    print(shell_lines(environment))
    return EXIT_DONE


def _check(options: AwsUpOptions) -> None:
    """Raise at once what would end the server after its imports.

    Raises:
        StateFolderError: when the folder cannot be used.
        OSError: when the port cannot.
    """
    from embedded_aws.persistence.state_folder import check_folder

    if options.state is not None:
        check_folder(options.state)
    with socket.create_server((_HOST, options.port)):
        pass


def _record(running: ExitStack, screen: Screen, environment: Mapping[str, str]) -> None:
    port = int(environment["AWS_ENDPOINT_URL"].rpartition(":")[2])
    cache = _cache_folder()
    try:
        running.enter_context(recorded(cache, port, environment))
    except OSError as err:
        screen.say(
            f"its variables cannot be stored in {cache} ({err.strerror or err}), so"
            " `parris aws env` will not find them; paste the lines instead"
        )


def _greeting(endpoint_url: str, state: Path | None) -> str:
    kept = f"kept in {state}" if state is not None else "discarded at the end (--state keeps it)"
    return (
        f"an embedded AWS is running at {endpoint_url}; its account is {kept}.\n"
        "Paste the lines above into another shell, or run in that shell: "
        f'eval "$(parris aws env{_port_option(endpoint_url)})"\n'
        "Press Ctrl-C to end it."
    )


def _port_option(endpoint_url: str) -> str:
    port = int(endpoint_url.rpartition(":")[2])
    return "" if port == DEFAULT_PORT else f" --port {port}"


def _port_error(port: int, err: OSError) -> str:
    why = os.strerror(err.errno) if err.errno else str(err)
    return (
        f"cannot listen on port {port} of {_HOST}: {why}. Another `parris aws up` may"
        " be running; name another port with --port, or 0 for any that is free"
    )


def _cache_folder() -> Path:
    from embedded_aws.cache_folder import cache_folder

    return cache_folder()


def _answers(endpoint_url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(endpoint_url, timeout=_ANSWER_WITHIN_SECONDS):
            return True
    except urllib.error.HTTPError as err:
        with err:
            return err.code == HTTPStatus.FORBIDDEN  # the response to any unsigned request
    except OSError:
        return False


@contextmanager
def _noting_signals() -> Iterator[Callable[[], object]]:
    """Note the first signal to end. Later ones change nothing, not even during the shutdown.

    A partial shutdown would leave processes and folders behind. A shutdown takes at most half a
    minute.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)

    def note(number: int, frame: FrameType | None) -> None:
        with suppress(BlockingIOError):
            os.write(writing, b"!")

    before = {
        number: signal.signal(number, note)
        for number in _END_SIGNALS
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield lambda: os.read(reading, 1)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)
