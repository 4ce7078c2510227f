"""The service of a training server: runs the jobs that are handed over to it, one at a time.

`python3 server.py BUCKET REGION STATE_FOLDER`, as root, in the service that join.sh installs. Needs
Python 3.9 or later and systemd. docs/training-server.md says what it does.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from runner_clock import read_metadata
from runner_http import AwsClient, AwsError
from runner_s3 import Bucket
from server_folders import JobFolders
from server_place import ServerPlace
from server_program import Program
from server_service import Service, say
from server_state import ServerState
from server_units import JobUnits, UnitError, default_root

POLL_SECONDS = 5.0


def main(bucket_name: str, region: str, folder: Path) -> None:
    """Serve until another program is needed."""
    state, program, client = ServerState(folder), Program(folder), AwsClient()
    place = ServerPlace(Bucket(client, bucket_name, region), _own_id, program.digest)
    units = JobUnits(state, bucket_name, region, default_root())
    service = Service(
        client, bucket_name, region, place, program, state, units, JobFolders(default_root())
    )
    say(f"polls s3://{bucket_name}/servers/ with the program {program.digest[:12]}")
    is_recovered = is_outdated = False
    while not is_outdated:
        try:
            if not is_recovered:
                service.recover()
                is_recovered = True
            is_outdated = service.step()
        except (AwsError, OSError, UnitError, subprocess.SubprocessError) as error:
            say(f"tries again: {error}")
        time.sleep(POLL_SECONDS)


def _own_id() -> str:
    return read_metadata("meta-data/instance-id").strip()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
