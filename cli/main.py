"""The `parris` command."""

import sys
from collections.abc import Sequence

from cli.arguments import parse_arguments
from cli.aws_server import AwsEnvOptions, AwsUpOptions, print_environment, serve_aws
from cli.deploy import DeployOptions, deploy
from cli.estimate_job import EstimateOptions, estimate_job
from cli.rehearsal.options import RehearseOptions
from cli.rehearsal.rehearse import rehearse
from cli.report import EXIT_FAILED
from cli.run_job import run_job
from cli.stop import StopOptions, stop


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = parse_arguments(sys.argv[1:] if arguments is None else arguments)
    if isinstance(options, AwsUpOptions):
        return serve_aws(options)
    if isinstance(options, AwsEnvOptions):
        return print_environment(options)
    try:
        if isinstance(options, StopOptions):
            return stop(options)
        if isinstance(options, DeployOptions):
            return deploy(options)
        if isinstance(options, EstimateOptions):
            return estimate_job(options)
        if isinstance(options, RehearseOptions):
            return rehearse(options)
        return run_job(options)
    except KeyboardInterrupt:
        print("parris  interrupted; no job was started or stopped", file=sys.stderr)
        return EXIT_FAILED


if __name__ == "__main__":
    sys.exit(main())
