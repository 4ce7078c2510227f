"""docs/embedded-aws.md tells of everything that can be made to go wrong."""

from embedded_aws.fault_injection.call_faults import CallFault
from embedded_aws.fault_injection.fault import FaultKind
from parris_cli.project_files import PROJECT


def test_every_kind_of_fault_has_its_row() -> None:
    page = (PROJECT / "docs" / "embedded-aws.md").read_text()
    rows = [line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| `")]
    assert [f"`{kind}`" for kind in (*FaultKind, *CallFault) if f"`{kind}`" not in rows] == []
