"""Which quota of EC2 an instance counts against."""

import pytest

from parris.ec2.quota_codes import quota_code_of

STANDARD, STANDARD_SPOT = "L-1216C47A", "L-34B43A08"


@pytest.mark.parametrize(
    ("instance_type", "on_demand", "spot"),
    [
        *((f"{family}.large", STANDARD, STANDARD_SPOT) for family in ("a1", "c7gn", "d3en", "h1")),
        *((f"{one}.large", STANDARD, STANDARD_SPOT) for one in ("i4i", "im4gn", "is4gen", "i7ie")),
        *((f"{one}.large", STANDARD, STANDARD_SPOT) for one in ("m7i-flex", "r8g", "t3", "z1d")),
        ("c5.metal", STANDARD, STANDARD_SPOT),
        ("m7i.metal-24xl", STANDARD, STANDARD_SPOT),
        ("dl1.24xlarge", "L-6E869C2A", "L-85EED4F7"),
        ("dl2q.24xlarge", "L-6E869C2A", "L-85EED4F7"),
        ("f2.6xlarge", "L-74FC7D96", "L-88CF9481"),
        ("g4dn.xlarge", "L-DB2E81BA", "L-3819A6DF"),
        ("gr6.4xlarge", "L-DB2E81BA", "L-3819A6DF"),
        ("vt1.3xlarge", "L-DB2E81BA", "L-3819A6DF"),
        ("hpc7g.4xlarge", "L-F7808C92", None),
        ("u-6tb1.metal", "L-43DA4232", None),
        ("u7i-12tb.224xlarge", "L-43DA4232", None),
        ("inf2.xlarge", "L-1945791B", "L-B5D1601B"),
        ("p2.xlarge", "L-417A185B", "L-7212CCBC"),
        ("p3dn.24xlarge", "L-417A185B", "L-7212CCBC"),
        ("p4d.24xlarge", "L-417A185B", "L-7212CCBC"),
        ("p5.48xlarge", "L-417A185B", None),
        ("p6-b200.48xlarge", "L-417A185B", None),
        ("trn1.2xlarge", "L-2C3B7624", "L-6B0D517C"),
        ("x2gd.medium", "L-7295265B", "L-E3A00192"),
        ("cc2.8xlarge", None, None),
        ("mac2.metal", None, None),
        ("z9", None, None),
        ("", None, None),
    ],
)
def test_a_family_and_a_purchase_option_have_one_quota(
    instance_type: str, on_demand: str | None, spot: str | None
) -> None:
    assert quota_code_of(instance_type, is_spot=False) == on_demand
    assert quota_code_of(instance_type, is_spot=True) == spot
