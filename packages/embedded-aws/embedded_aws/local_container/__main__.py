"""The supervisor of one container.

`python -m embedded_aws.local_container container.json` runs it; `... try FOLDER` only tries whether
a folder can be mounted on /opt/ml, and prints why not.

Standard input is its lifeline: the line `stop` requests the end of the container, and its end means
that the process which started it is gone, so that everything is killed at once.
"""

import os
import signal
import sys
import threading
from pathlib import Path

from embedded_aws.local_container.description import ContainerDescription
from embedded_aws.local_container.mounts import (
    OPT_ML,
    mount_on_hosts_file,
    mount_on_opt_ml,
)
from embedded_aws.local_container.opt_ml import TRY
from embedded_aws.local_container.supervisor import Supervisor
from embedded_aws.processes import adopt_orphans

_KILLED_STATUS = 128 + signal.SIGKILL


def main(description_path: Path) -> None:
    """Run the container until it has ended, and exit with its status."""
    # Ctrl-C is meant for the process that started the container. The entry would inherit SIG_IGN.
    signal.signal(signal.SIGINT, lambda *_: None)
    container = ContainerDescription.load(description_path)
    if container.mounted:
        mount_on_opt_ml(Path(container.mounted), _spare_folder(description_path.parent))
        mount_on_hosts_file(Path(container.hosts_file))
    adopt_orphans()
    supervisor = Supervisor(container)
    supervisor.start()
    threading.Thread(target=_hold_life_line, args=(supervisor,), daemon=True).start()
    os._exit(supervisor.await_end())


def try_mount(folder: Path) -> None:
    """Mount a folder with a file, and check that the file is there."""
    shown = folder / "shown"
    shown.mkdir()
    (shown / "file").touch()
    try:
        mount_on_opt_ml(shown, _spare_folder(folder))
    except OSError as error:
        sys.exit(str(error))
    if not (OPT_ML / "file").exists():
        sys.exit("a mount has no effect")


def _spare_folder(parent: Path) -> Path:
    spare = parent / "opt"
    spare.mkdir(exist_ok=True)
    return spare


def _hold_life_line(supervisor: Supervisor) -> None:
    for line in sys.stdin:
        if line.strip() == "stop":
            threading.Thread(target=supervisor.ask_stop, daemon=True).start()
    try:
        supervisor.kill()
    finally:
        os._exit(_KILLED_STATUS)


if __name__ == "__main__":
    if sys.argv[1] == TRY:
        try_mount(Path(sys.argv[2]))
    else:
        main(Path(sys.argv[1]))
