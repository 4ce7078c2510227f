"""machine.json in a job's folder: which machine the job runs on.

It is needed when a run ended before its state held the machine.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

from parris.payloads import Payload, text_in

if TYPE_CHECKING:
    from parris.aws.bucket import Bucket
    from parris.folder import JobFolder
    from parris.job import Job


def note_machine(job: Job, machine_id: str, machine_prefix: str, bucket: Bucket) -> None:
    """Record the job's machine, replacing an earlier one."""
    note: Payload = {"machine_id": machine_id, "prefix": machine_prefix}
    bucket.write(job.folder.machine_note_key, json.dumps(note).encode())


def noted_folder(folder: JobFolder, bucket: Bucket) -> JobFolder:
    """Return the folder with the prefix of the recorded machine, if there is one."""
    note = bucket.read_json(folder.machine_note_key)
    if note is None:
        return folder
    return dataclasses.replace(folder, machine_prefix=text_in(note, "prefix"))


def on_noted_machine(job: Job, bucket: Bucket) -> Job:
    """Return the job on its recorded machine; unchanged if the machine is known or not recorded.

    The record may name an earlier machine, whose launch failed or whose attempt has ended: the next
    machine is recorded only when its files are written.
    """
    if job.machine_prefix:
        return job
    note = bucket.read_json(job.folder.machine_note_key)
    if note is None or (job.machine_id and text_in(note, "machine_id") != job.machine_id):
        return job
    if text_in(note, "machine_id") in {past.machine_id for past in job.past_attempts}:
        return job
    return job.on_machine(text_in(note, "prefix"))
