"""docs/embedded-aws.md tells of everything that can be made to go wrong."""

from cli.job_files import CLONE
from embedded_aws.faults.call_faults import CallFault
from embedded_aws.faults.fault import FaultKind


def test_every_kind_of_fault_has_its_row() -> None:
    page = (CLONE / "docs" / "embedded-aws.md").read_text()
    rows = [line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| `")]
    assert [f"`{kind}`" for kind in (*FaultKind, *CallFault) if f"`{kind}`" not in rows] == []
