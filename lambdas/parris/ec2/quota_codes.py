"""The quotas of EC2, each of which limits the vCPUs of some families with one purchase option."""

import re

# Families by the letters before their generation, and the codes of on-demand and spot instances.
# Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
_CODES = {
    **dict.fromkeys(
        ("a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"), ("L-1216C47A", "L-34B43A08")
    ),
    "dl": ("L-6E869C2A", "L-85EED4F7"),
    "f": ("L-74FC7D96", "L-88CF9481"),
    **dict.fromkeys(("g", "gr", "vt"), ("L-DB2E81BA", "L-3819A6DF")),
    "hpc": ("L-F7808C92", None),
    "inf": ("L-1945791B", "L-B5D1601B"),
    "p": ("L-417A185B", None),
    "trn": ("L-2C3B7624", "L-6B0D517C"),
    "u": ("L-43DA4232", None),
    "x": ("L-7295265B", "L-E3A00192"),
}
# Whether P5 and later share this quota or have one of their own differs between accounts.
_P_SPOT_CODE, _P_SPOT_GENERATIONS = "L-7212CCBC", "234"
_TYPE = re.compile(r"(?P<letters>[a-z]+)-?(?P<generation>\d+)[^.]*\.")


def quota_code_of(instance_type: str, *, is_spot: bool) -> str | None:
    """Return the code of the quota that an instance counts against, or None if it is unknown."""
    found = _TYPE.match(instance_type)
    if found is None:
        return None
    letters, generation = found["letters"], found["generation"]
    if is_spot and letters == "p" and generation in _P_SPOT_GENERATIONS:
        return _P_SPOT_CODE
    on_demand, spot = _CODES.get(letters, (None, None))
    return spot if is_spot else on_demand
