"""Runs the job on a training server, as the job's own Unix user.

`python3 runner_server.py BUCKET REGION USERID`, in a service of the job (server_units.py), whose
STATE_DIRECTORY is the folder for all of the runner's files.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

from runner_clock import METADATA_ADDRESS
from runner_fetched import refuse, run_fetched_job
from runner_http import AwsClient
from runner_s3 import Bucket
from runner_stop import Stop

_IPV6_ADDRESS = "http://[fd00:ec2::254]"
_CONNECT_SECONDS = 2.0


def main(bucket_name: str, region: str, user_id: str, state: Path) -> int:
    """Run the job and return the exit status of its script.

    A job that could reach the metadata service would have the rights of the server: it could take
    over the jobs of others. So the block is checked from where the script will run.
    """
    given = os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT")
    for address in [given] if given else [METADATA_ADDRESS, _IPV6_ADDRESS]:
        if _can_connect(address):
            bucket = Bucket(AwsClient(), bucket_name, region)
            return refuse(
                bucket,
                user_id,
                f"the server does not keep jobs from its metadata service ({address}): its systemd"
                " does not apply IPAddressDeny, which needs version 235 and control groups v2",
            )
    return run_fetched_job(bucket_name, region, user_id, state / "machine", Stop())


def _can_connect(address: str) -> bool:
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname, parts.port or 80), _CONNECT_SECONDS):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    folder = Path(os.environ["STATE_DIRECTORY"])
    # A user without an entry in /etc/passwd has no home.
    os.environ["HOME"] = str(folder)
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3], folder))
