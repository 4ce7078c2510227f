"""Hands over to the command that the command line asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris_cli.arguments import parse_arguments
from parris_cli.aws_server import AwsEnvOptions, AwsUpOptions, print_environment, serve_aws
from parris_cli.deploy import DeployOptions, deploy
from parris_cli.estimate_job import EstimateOptions, estimate_job
from parris_cli.fetch_results import ResultsOptions, fetch_results
from parris_cli.rehearsal.options import RehearseOptions
from parris_cli.rehearsal.rehearse import rehearse
from parris_cli.run_job import run_job
from parris_cli.stop import StopOptions, stop
from parris_cli.watch_job import WatchOptions, watch_job

if TYPE_CHECKING:
    from collections.abc import Sequence


def run_command(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code; help and wrong arguments end the process."""
    options = parse_arguments(arguments)
    if isinstance(options, AwsUpOptions):
        return serve_aws(options)
    if isinstance(options, AwsEnvOptions):
        return print_environment(options)
    if isinstance(options, StopOptions):
        return stop(options)
    if isinstance(options, WatchOptions):
        return watch_job(options)
    if isinstance(options, ResultsOptions):
        return fetch_results(options)
    if isinstance(options, DeployOptions):
        return deploy(options)
    if isinstance(options, EstimateOptions):
        return estimate_job(options)
    if isinstance(options, RehearseOptions):
        return rehearse(options)
    return run_job(options)
