"""A machine's supervisor.

`python -m embedded_aws.local_instance machine.json first-boot|later-boot`.

Standard input is its lifeline: a line `stop` or `reboot` is a request of EC2's API, and its end
means that the process which launched the machine is gone, so that everything is killed at once.
"""

import os
import signal
import sys
import threading
from pathlib import Path

from embedded_aws.local_instance.description import InstanceDescription
from embedded_aws.local_instance.supervisor import REBOOT, Supervisor
from embedded_aws.processes import adopt_orphans, kill_all

_KILLED_STATUS = 1


def main(description_path: Path, is_first_boot: bool) -> None:
    """Run the machine until it is off."""
    # Ctrl-C is meant for the process that launched the machine.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    adopt_orphans()
    machine = InstanceDescription.load(description_path)
    supervisor = Supervisor(machine)
    threading.Thread(target=_hold_life_line, args=(supervisor, machine), daemon=True).start()
    supervisor.run(is_first_boot)


def _hold_life_line(supervisor: Supervisor, machine: InstanceDescription) -> None:
    for line in sys.stdin:
        if line.strip() == "stop":
            supervisor.say("EC2 requests a shutdown of this machine.")
            supervisor.end_for_good()
        elif line.strip() == "reboot":
            supervisor.end(REBOOT)
    try:
        kill_all(machine.marker, is_parent=True)
    finally:
        os._exit(_KILLED_STATUS)


if __name__ == "__main__":
    main(Path(sys.argv[1]), is_first_boot=sys.argv[2] == "first-boot")
