"""AWS::S3::BucketPolicy and AWS::SQS::QueuePolicy are created. moto's CloudFormation knows neither.

They are only recorded: moto would enforce a bucket policy without its conditions, so the usual
"deny unless SecureTransport" would refuse every request.
"""

from typing import Any

from embedded_aws.stacks.plain_model import Made, register_type


def install() -> None:
    """Register both types."""
    register_type("AWS::S3::BucketPolicy", _record("Bucket"), _forget)
    register_type("AWS::SQS::QueuePolicy", _record("Queues"), _forget)


def _record(property_name: str) -> Any:
    def create(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
        owner = properties[property_name]
        return Made(owner if isinstance(owner, str) else name, {})

    return create


def _forget(physical_id: str, account: str, region: str) -> None:
    """Do nothing: nothing was applied."""
