"""machine.json in a job's folder: which machine a job has, for a run that does not say so.

That is a run that died, or failed, before its state told it.
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
    """Write down which machine the job has, over one that it had before."""
    note: Payload = {"machine_id": machine_id, "prefix": machine_prefix}
    bucket.write(job.folder.machine_note_key, json.dumps(note).encode())


def noted_folder(folder: JobFolder, bucket: Bucket) -> JobFolder:
    """Return the folder with the place of the machine that is written down in it, if one is."""
    note = bucket.read_json(folder.machine_note_key)
    if note is None:
        return folder
    return dataclasses.replace(folder, machine_prefix=text_in(note, "prefix"))


def on_noted_machine(job: Job, bucket: Bucket) -> Job:
    """Return the job on its machine, as it is where that is known or nothing is written down.

    The note may be of an earlier machine, whose launch failed: the next one is noted only when it
    is given its files.
    """
    if job.machine_prefix:
        return job
    note = bucket.read_json(job.folder.machine_note_key)
    if note is None or (job.machine_id and text_in(note, "machine_id") != job.machine_id):
        return job
    return job.on_machine(text_in(note, "prefix"))
