"""`parris image`: builds, pushes and runs container images."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from parris_cli.commands.command import Command, add_deployment, add_json

if TYPE_CHECKING:
    from parris_cli.containers.image_command import ImageOptions

WITH_INNER_COMMAND = ("image", "run")
"""The command that takes another one, after `--`."""

_PLATFORM = "linux/amd64"

_ABOUT = """\
Build the container image that a job runs in, push it to the deployment's repository, or run it on
this machine.

Docker or Podman must be installed and running. Little else in Parris needs them. An image's tag
depends on the content that it is built from, so unchanged content is neither built nor pushed
again. docs/images.md shows a whole example.
"""

_BUILD_ABOUT = """\
Build the image of a folder with a Dockerfile, and print its local name.

The files of the folder that .dockerignore, .parrisignore and the defaults leave out, and those that
look like secrets, are not used.
"""

_PUSH_ABOUT = """\
Build the image of a folder with a Dockerfile, push it to the deployment's ECR repository, and print
the line for a config: image: URI. If the repository has the content already, nothing is built.
"""

_PUSH_EXAMPLES = """\
examples:
  parris image push config/sagemaker/container
          prints: image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/parris-...:content-...
  parris run job.yaml --set "image=$(parris image push --json | jq -r .image)"
          the image of the current folder, in a job

exit codes:
  0  the repository has the image
  1  it could not be built or pushed, or AWS did not respond
  2  there is no container engine, no Dockerfile or no deployment, or the command line is invalid
"""

_RUN_ABOUT = """\
Build the image of a folder if necessary, and run it on this machine with a folder as /opt/ml.

COMMAND, after --, replaces the command of the image, which is `train`, as on SageMaker. The folder
gets SageMaker's subfolders; put input into input/data/CHANNEL. No AWS is involved: `parris run
CONFIG --embedded --in-container` runs a whole job with its config.
"""

_RUN_EXAMPLES = """\
examples:
  parris image run config/sagemaker/container
          as SageMaker starts it
  parris image run -- python3 -c 'import sklearn; print(sklearn.__version__)'
          something else in the image of the current folder

exit codes:
  that of the container; 1 if the image could not be built, 2 if there is no container engine or no
  Dockerfile, or the command line is invalid
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "context",
        nargs="?",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help="what the image is built from (default: the current folder)",
    )
    parser.add_argument(
        "--file", type=Path, metavar="DOCKERFILE", help="default: the Dockerfile in the folder"
    )
    parser.add_argument(
        "--platform",
        default=_PLATFORM,
        help=f"what the image runs on (default: {_PLATFORM}, as all ml.* types for training do)",
    )


def _add_build_arguments(parser: argparse.ArgumentParser) -> None:
    _add_arguments(parser)
    add_json(parser)


def _add_push_arguments(parser: argparse.ArgumentParser) -> None:
    _add_build_arguments(parser)
    add_deployment(parser)


def _add_run_arguments(parser: argparse.ArgumentParser) -> None:
    _add_arguments(parser)
    parser.add_argument(
        "--opt-ml",
        type=Path,
        default=Path("results", "opt-ml"),
        metavar="FOLDER",
        help="the folder that the container has as /opt/ml (default: results/opt-ml)",
    )
    parser.usage = "%(prog)s [OPTION ...] [FOLDER] [-- COMMAND ...]"


def _options(found: argparse.Namespace) -> "ImageOptions":
    from parris_cli.containers.image_command import ImageOptions

    is_json = getattr(found, "json", False)
    return ImageOptions(found.context, found.file, found.platform, is_json)


def _build(found: argparse.Namespace) -> int:
    from parris_cli.containers.image_command import build_image

    return build_image(_options(found))


def _push(found: argparse.Namespace) -> int:
    from parris_cli.containers.image_command import push_image

    return push_image(_options(found), found.deployment)


def _run(found: argparse.Namespace) -> int:
    from parris_cli.containers.image_command import run_image

    return run_image(_options(found), found.opt_ml, tuple(found.inner_command))


IMAGE = Command(
    "image",
    "build, push or run the container image of a job",
    _ABOUT,
    subcommands=(
        Command(
            "build",
            "build the image of a folder",
            _BUILD_ABOUT,
            add_arguments=_add_build_arguments,
            call=_build,
        ),
        Command(
            "push",
            "push it to the deployment's repository",
            _PUSH_ABOUT,
            _PUSH_EXAMPLES,
            _add_push_arguments,
            _push,
        ),
        Command(
            "run",
            "run it on this machine",
            _RUN_ABOUT,
            _RUN_EXAMPLES,
            _add_run_arguments,
            _run,
        ),
    ),
)
