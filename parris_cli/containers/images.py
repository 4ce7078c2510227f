"""Builds and pushes images with the container engine."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from parris_cli.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parris_cli.containers.build_context import BuildContext
    from parris_cli.containers.engine import Engine
    from parris_cli.containers.repository import Login, Repository
    from parris_cli.terminal.screen import Screen

_LOCAL_NAME = "parris-image"
# Standard output is for the report: what the engine prints belongs beside it.
_STANDARD_ERROR = 2
# By default, docker pushes an index with a second, untagged manifest. Not every service that runs
# images accepts an index, and the lifecycle policy would count two images.
_VARIABLES = {"BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}


def build(engine: Engine, context: BuildContext, screen: Screen) -> str:
    """Build an image unless this machine has it, and return its local name.

    Raises:
        CommandError: if the build fails.
    """
    name = f"{_LOCAL_NAME}:{context.tag}"
    if _has_locally(engine, name):
        screen.say(f"{name}: this content was built already", "image")
        return name
    screen.say(f"{context.summary}, for {context.platform}", "building")
    for note in context.notes:
        screen.warn(note)
    building = ["build", "--platform", context.platform, "--tag", name]
    if engine.name == "podman":
        building += ["--format", "docker"]  # what ECR and all that pulls from it know
    _run(engine, [*building, "--file", str(context.dockerfile), str(context.folder)])
    screen.say(name, "built")
    return name


def push(engine: Engine, local_name: str, repository: Repository, tag: str, screen: Screen) -> None:
    """Push a built image.

    Raises:
        CommandError: if that fails.
        ClientError: if ECR refuses the login.
    """
    uri = repository.uri_of(tag)
    _log_in(engine, repository.login())
    _run(engine, ["tag", local_name, uri])
    screen.say(uri, "pushing")
    try:
        _run(engine, ["push", uri])
    except CommandError:
        # A tag cannot be pushed twice: somebody else may have pushed the same content meanwhile.
        if not repository.has(tag):
            raise


def _log_in(engine: Engine, login: Login) -> None:
    command = engine.command("login", "--username", login.user, "--password-stdin", login.registry)
    done = subprocess.run(
        command, input=login.password, text=True, capture_output=True, check=False
    )
    if done.returncode != 0:
        cause = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise CommandError(f"{engine.name} could not log in to {login.registry}: {cause}")


def _has_locally(engine: Engine, name: str) -> bool:
    done = subprocess.run(
        engine.command("image", "inspect", name), capture_output=True, check=False
    )
    return done.returncode == 0


def _run(engine: Engine, arguments: list[str]) -> None:
    variables: Mapping[str, str] = {**os.environ, **_VARIABLES}
    done = subprocess.run(
        engine.command(*arguments),
        stdin=subprocess.DEVNULL,
        stdout=_STANDARD_ERROR,
        env=variables,
        check=False,
    )
    if done.returncode != 0:
        raise CommandError(
            f"`{engine.name} {arguments[0]}` exited with {done.returncode}; its output is above"
        )
