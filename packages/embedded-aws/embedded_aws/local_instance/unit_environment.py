"""The variables with which the processes of a unit start."""

from pathlib import Path

from embedded_aws.local_instance.units import Unit, plain_text

_METADATA_ADDRESS = "169.254.169.254"
_UNREACHABLE = "http://127.0.0.1:1"


def environment_of(unit: Unit, root: Path) -> dict[str, str]:
    """Return the variables that a unit sets; its state directories are made.

    There is one user here, so that nothing keeps a unit from what others own. One that may not
    reach the metadata service is not told its address, which is a port of its own here.

    Args:
        unit: the unit.
        root: the folder that stands for "/".

    Raises:
        OSError: when a file with variables cannot be read.
    """
    found = unit.environment()
    for line in unit.directives.get("EnvironmentFile", []):
        found |= _read(Path(plain_text(line)))
    folders = [root / "var/lib" / name for name in unit.last("StateDirectory").split()]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    if folders:
        found["STATE_DIRECTORY"] = ":".join(str(folder) for folder in folders)
    if _METADATA_ADDRESS in unit.last("IPAddressDeny").split():
        found["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = _UNREACHABLE
    return found


def _read(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and line[0] not in "#;")
