"""The names of a job's hosts on this machine, each with a loopback address of its own."""

from collections.abc import Sequence
from pathlib import Path

HOSTS_FILE = Path("/etc/hosts")
_IN_ONE_BLOCK = 254


def addresses_of(hosts: Sequence[str]) -> dict[str, str]:
    """Return the address of each host, in their order. Linux has all of 127.0.0.0/8."""
    return {
        host: f"127.0.{at // _IN_ONE_BLOCK}.{at % _IN_ONE_BLOCK + 1}"
        for at, host in enumerate(hosts)
    }


def write_hosts_file(hosts: Sequence[str], path: Path) -> None:
    """Write this machine's /etc/hosts and the hosts of a job."""
    known = HOSTS_FILE.read_text(encoding="utf-8") if HOSTS_FILE.is_file() else ""
    lines = [f"{address} {host}" for host, address in addresses_of(hosts).items()]
    path.write_text("\n".join([known.rstrip("\n"), *lines, ""]), encoding="utf-8")
