"""Finds and uploads the local files of a job, apart from its config and its script."""

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
    """The code of a job, and its input data that are local paths."""

    config: Payload
    code: CodePlan | None
    inputs: tuple[LocalInput, ...]

    def upload(self, account: Account) -> Payload:
        """Upload what the bucket does not contain yet, and return the config keys that refer to it.

        Raises:
            RefusedError: if a file cannot be read.
        """
        # Imported here: an estimate uploads nothing.
        from parris_cli.packing.upload_code import upload_code
        from parris_cli.packing.upload_inputs import upload_inputs

        code = {} if self.code is None else upload_code(account, self.code)
        return {**code, **upload_inputs(account, self.config, self.inputs)}

    def with_digests(self, bucket: str) -> Payload:
        """Return the config keys as after an upload, without one.

        Raises:
            RefusedError: if a file cannot be read.
        """
        from parris_cli.packing.upload_code import code_keys
        from parris_cli.packing.upload_inputs import input_uris

        code = {} if self.code is None else code_keys(self.code)
        return {**code, **input_uris(self.config, self.inputs, bucket)}

    def without_upload(self, bucket: str) -> Payload:
        """Return the config keys without an upload, which is sufficient for an estimate."""
        from parris_cli.packing.upload_inputs import estimated_inputs

        return estimated_inputs(self.config, self.inputs, bucket)

    def describe(self, screen: Screen) -> None:
        """Print what is packed, and what is left out."""
        code = self.code
        if code is not None and code.files:
            screen.say(code.summary, "code")
        for one in self.inputs:
            screen.say(f"{one.path} ({data_size(one.size_bytes)})", "input data")
        notes = () if code is None else code.notes
        for note in (*notes, *(note for one in self.inputs for note in one.notes)):
            screen.warn(note)


def find_local_files(
    source: Path, config: Payload, script: Path | None, training_config: Path | None = None
) -> LocalFiles:
    """Return the local files of a job.

    Args:
        source: the config, or the script if there is no config.
        config: the whole config.
        script: the file of the script, or None if it is not known.
        training_config: the file with the script's parameters, which is not packed with the code:
            the same code with other parameters is the same archive.

    Raises:
        RefusedError: if a named file does not exist or cannot be read, or if there are too many.
    """
    inputs = plan_inputs(source, config)
    apart = [one.path for one in inputs]
    apart += [] if training_config is None else [training_config]
    code = plan_code(source, config, script, apart)
    return LocalFiles(config, code, inputs)
