import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from moto.kms.models import kms_backends

from embedded_aws import EmbeddedAws
from embedded_aws.persistence.account_pickle import dump_account, load_account


@pytest.fixture
def generated(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the RSA key pairs that are generated."""
    sizes: list[int] = []
    generate = rsa.generate_private_key

    def count(public_exponent: int, key_size: int) -> object:
        sizes.append(key_size)
        return generate(public_exponent, key_size)

    monkeypatch.setattr(rsa, "generate_private_key", count)
    return sizes


def test_a_symmetric_key_encrypts_without_a_key_pair(
    aws: EmbeddedAws, generated: list[int]
) -> None:
    kms = aws.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    written = kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=written)["Plaintext"] == b"secret"
    assert generated == []


def test_its_public_key_is_made_once_and_kept_with_the_account(
    aws: EmbeddedAws, generated: list[int]
) -> None:
    kms = aws.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    public = kms.get_public_key(KeyId=key)["PublicKey"]
    assert kms.get_public_key(KeyId=key)["PublicKey"] == public
    load_account(dump_account())
    account, region = aws.settings.account_id, aws.settings.region
    assert kms_backends[account][region].get_public_key(key)[1] == public
    assert generated == [2048]


def test_a_key_pair_is_generated_at_once(aws: EmbeddedAws, generated: list[int]) -> None:
    kms = aws.client("kms")
    key = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="RSA_2048")["KeyMetadata"]["KeyId"]
    assert generated == [2048]
    named = {"KeyId": key, "Message": b"hello", "SigningAlgorithm": "RSASSA_PSS_SHA_256"}
    signature = kms.sign(**named)["Signature"]
    assert kms.verify(**named, Signature=signature)["SignatureValid"]
