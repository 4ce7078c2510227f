"""What a job brings from the person's disk beside its config and its script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris_cli.formatting import data_size
from parris_cli.packing.plan_code import plan_code
from parris_cli.packing.plan_inputs import plan_inputs

if TYPE_CHECKING:
    from pathlib import Path

    from parris.payloads import Payload
    from parris_cli.account.clients import Account
    from parris_cli.packing.plan_code import CodePlan
    from parris_cli.packing.plan_inputs import LocalInput
    from parris_cli.terminal.screen import Screen


@dataclass(frozen=True, slots=True)
class LocalFiles:
    """The code of a job, and those entries of its `input-data` that are paths."""

    config: Payload
    code: CodePlan | None
    inputs: tuple[LocalInput, ...]

    def upload(self, account: Account) -> Payload:
        """Upload what the bucket does not hold yet, and return the keys of a config that name it.

        Raises:
            RefusedError: when a file cannot be read.
        """
        # Imported here: an estimate uploads nothing.
        from parris_cli.packing.upload_code import upload_code
        from parris_cli.packing.upload_inputs import upload_inputs

        code = {} if self.code is None else upload_code(account, self.code)
        return {**code, **upload_inputs(account, self.config, self.inputs)}

    def without_upload(self, bucket: str) -> Payload:
        """Return the keys of a config for which nothing is uploaded: an estimate needs no more."""
        from parris_cli.packing.upload_inputs import estimated_inputs

        return estimated_inputs(self.config, self.inputs, bucket)

    def describe(self, screen: Screen) -> None:
        """Show what is brought, and what is not although it lies there."""
        code = self.code
        if code is not None and code.files:
            screen.say(code.summary, "code")
        for one in self.inputs:
            screen.say(f"{one.path} ({data_size(one.size_bytes)})", "input data")
        notes = () if code is None else code.notes
        for note in (*notes, *(note for one in self.inputs for note in one.notes)):
            screen.warn(note)


def find_local_files(source: Path, config: Payload, script: Path | None) -> LocalFiles:
    """Return what a job brings.

    Args:
        source: the config, or the script that is run without one.
        config: the whole config.
        script: the script's file, None where it is not known.

    Raises:
        RefusedError: when something that is named is not there, cannot be read, or is too much.
    """
    inputs = plan_inputs(source, config)
    code = plan_code(source, config, script, [one.path for one in inputs])
    return LocalFiles(config, code, inputs)
