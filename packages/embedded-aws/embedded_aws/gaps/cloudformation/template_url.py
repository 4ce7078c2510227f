"""A TemplateURL names its object whatever its host is.

Clients with the endpoint 127.0.0.1 write `http://127.0.0.1:<port>/<bucket>/<key>`; moto takes the
first label of every host except `localhost` as the bucket.
"""

from typing import Any
from urllib.parse import unquote, urlparse

from moto.cloudformation import models, responses
from moto.cloudformation.exceptions import ValidationError
from moto.s3.exceptions import S3ClientError
from moto.s3.models import s3_backends

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the function under both names that it is imported as."""
    for module in (models, responses):
        wrap(module, "get_stack_from_s3_url", _make_get_template)


def _make_get_template(original: Any) -> Any:
    def get_stack_from_s3_url(template_url: str, account_id: str, partition: str) -> str:
        bucket, key = _split(template_url)
        try:
            found = s3_backends[account_id][partition].get_object(bucket, key)
        except S3ClientError as error:
            raise ValidationError(message=f"S3 error: {error}") from error
        if found is None:
            raise ValidationError(message="S3 error: The specified key does not exist.")
        return found.value.decode()

    return get_stack_from_s3_url


def _split(template_url: str) -> tuple[str, str]:
    url = urlparse(template_url)
    path = unquote(url.path.lstrip("/"))
    host = url.hostname or ""
    if host.endswith(".amazonaws.com") and not host.startswith("s3"):
        return host.split(".s3", 1)[0], path
    bucket, _, key = path.partition("/")
    return bucket, key
