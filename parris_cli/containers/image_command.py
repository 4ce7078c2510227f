"""`parris image build`, `push` and `run`."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris_cli.containers.build_context import BuildContext, build_context
from parris_cli.containers.engine import Engine, find_engine
from parris_cli.containers.images import build, push
from parris_cli.errors import CommandError, RefusedError
from parris_cli.reports.report import EXIT_FAILED, EXIT_REFUSED, EXIT_SUCCEEDED
from parris_cli.terminal.output import print_json, print_report
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from parris.payloads import Payload

_ML_FOLDERS = ("input/config", "input/data", "model", "output/data", "checkpoints")


@dataclass(frozen=True, slots=True)
class ImageOptions:
    """What all three commands need. `dockerfile` is None for the one in the folder."""

    context: Path
    dockerfile: Path | None
    platform: str
    is_json: bool = False


def build_image(options: ImageOptions) -> int:
    """Build the image of a folder, and return the command's exit code."""

    def work(screen: Screen) -> int:
        with _prepared(options) as (engine, context):
            name = build(engine, context, screen)
        print_report({"image": name}, name, screen, is_json=options.is_json)
        return EXIT_SUCCEEDED

    return _exit_code_of(work, "not built", is_json=options.is_json)


def push_image(options: ImageOptions, deployment: str | None) -> int:
    """Push the image of a folder to the deployment's repository, and return the exit code."""

    def work(screen: Screen) -> int:
        # Imported here: building and running need no AWS.
        from parris_cli.account.connect import real_account
        from parris_cli.account.find_deployment import find_deployment
        from parris_cli.account.stack_status import Use
        from parris_cli.containers.repository import Repository

        with _prepared(options) as (engine, context):
            repository = Repository(real_account(deployment or find_deployment(""), Use.REACH))
            has_it = repository.has(context.tag)
            if has_it:
                screen.say("this content was pushed already", "image")
            else:
                push(engine, build(engine, context, screen), repository, context.tag, screen)
            uri = repository.uri_of(context.tag)
        found: Payload = {"image": uri, "was_pushed": not has_it}
        print_report(found, f"image: {uri}", screen, is_json=options.is_json)
        return EXIT_SUCCEEDED

    return _exit_code_of(work, "not pushed", is_json=options.is_json)


def run_image(options: ImageOptions, ml_folder: Path, command: tuple[str, ...]) -> int:
    """Run the image of a folder on this machine, and return the exit code of its container."""

    def work(screen: Screen) -> int:
        with _prepared(options) as (engine, context):
            name = build(engine, context, screen)
        for one in _ML_FOLDERS:
            (ml_folder / one).mkdir(parents=True, exist_ok=True)
        running = ["run", "--rm", "--platform", options.platform]
        if sys.stdin.isatty() and sys.stdout.isatty():
            running += ["--interactive", "--tty"]
        running += ["--volume", f"{ml_folder.resolve()}:/opt/ml", name, *(command or ("train",))]
        screen.say(f"{name}, with {ml_folder} as /opt/ml", "running")
        return _run_to_its_end(engine.command(*running))

    return _exit_code_of(work, "not run")


@contextmanager
def _prepared(options: ImageOptions) -> Iterator[tuple[Engine, BuildContext]]:
    if not options.context.is_dir():
        raise RefusedError(f"{options.context}: there is no such folder")
    engine = find_engine()
    with build_context(options.context, options.dockerfile, options.platform) as context:
        yield engine, context


def _run_to_its_end(command: list[str]) -> int:
    with subprocess.Popen(command) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                # The engine passes it on to the container, which may save before it ends.
                process.terminate()


def _exit_code_of(work: Callable[[Screen], int], what: str, *, is_json: bool = False) -> int:
    screen = Screen(sys.stderr)
    try:
        return work(screen)
    except RefusedError as err:
        message, exit_code = str(err), EXIT_FAILED if err.reason is None else EXIT_REFUSED
    except CommandError as err:
        message, exit_code = str(err), EXIT_FAILED
    except KeyboardInterrupt:
        message, exit_code = "interrupted", EXIT_FAILED
    except Exception as err:
        from parris_cli.aws_errors import describe_error

        message, exit_code = describe_error(err), EXIT_FAILED
    screen.say(f"{what}: {message}")
    if is_json:
        print_json({"image": None, "cause": message})
    return exit_code
