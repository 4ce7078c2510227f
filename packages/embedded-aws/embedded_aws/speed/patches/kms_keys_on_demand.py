"""A symmetric key gets a key pair when its public part is first read.

Not a gap in behaviour. moto generates an RSA key pair with each symmetric key, which takes a tenth
of a second of processor time, and each account with an instance has such a key for its volumes.
"""

from typing import Any

from moto.kms import models
from moto.kms.utils import AbstractPrivateKey, KeySpec, generate_private_key

from embedded_aws.patching import wrap


def install() -> None:
    """Patch what makes the key pairs of keys."""
    wrap(models, "generate_private_key", _make_generate)


class KeyOnDemand(AbstractPrivateKey):
    """A key pair that is made when it is used."""

    def __init__(self, spec: str) -> None:
        """Make none yet."""
        self._spec = spec
        self._made: AbstractPrivateKey | None = None

    def sign(self, message: bytes, signing_algorithm: str) -> bytes:
        """Sign as moto's key pair does."""
        return self._key.sign(message, signing_algorithm)

    def verify(self, message: bytes, signature: bytes, signing_algorithm: str) -> bool:
        """Verify as moto's key pair does."""
        return self._key.verify(message, signature, signing_algorithm)

    def public_key(self) -> bytes:
        """Return the public part of moto's key pair."""
        return self._key.public_key()

    @property
    def _key(self) -> AbstractPrivateKey:
        if self._made is None:
            self._made = generate_private_key(self._spec)
        return self._made


def _make_generate(original: Any) -> Any:
    pairs = {*KeySpec.rsa_key_specs(), *KeySpec.ecc_key_specs()}

    def generate(key_spec: str) -> AbstractPrivateKey:
        made: AbstractPrivateKey = (
            original(key_spec) if key_spec in pairs else KeyOnDemand(key_spec)
        )
        return made

    return generate
