"""Commands that query accelerators; present only if the image has the drivers.

This machine stands for an instance of any type, so the output of these commands is simulated.
Without the image's drivers they are missing, as on EC2, whatever this machine itself has.
"""

import re
import shlex

from embedded_aws.public_images import BY_ID, NEURON, NVIDIA

# A family, its generation, and more letters: a and d mean an AMD GPU.
_TYPE = re.compile(r"^(?P<family>[a-z]+)(?P<generation>\d)(?P<letters>[a-z]*)[.-]")
_FAMILIES = {"g": NVIDIA, "gr": NVIDIA, "p": NVIDIA, "trn": NEURON, "inf": NEURON}
_COMMANDS = {NVIDIA: "nvidia-smi", NEURON: "neuron-ls"}


def accelerator_commands(instance_type: str, image_id: str) -> dict[str, str]:
    """Return a shell line for each command; none for a type without accelerators."""
    found = _TYPE.match(instance_type)
    kind = _FAMILIES.get(found["family"]) if found else None
    if found is None or kind is None or "ad" in found["letters"]:
        return {}
    command = _COMMANDS[kind]
    image = BY_ID.get(image_id)
    if image is not None and image.drivers == kind:
        return {command: f"echo {shlex.quote(f'{kind} 0: a stand-in of the embedded AWS')}"}
    return {command: f"echo '{command}: command not found' >&2; exit 127"}
