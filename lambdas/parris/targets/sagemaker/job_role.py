"""The role that is made for one job: who may assume it, and what it may do.

SageMaker's role sessions are assumed to share one `aws:userid`, which could not tell jobs apart. So
each job has its own role. It can read its code, its inputs and its script config, and write its
own results and checkpoints, and nothing of another job. docs/decisions/0015 says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.image_uri import ImageUri
from parris.s3_uri import policy_text, split_s3_uri
from parris.targets.sagemaker.describe import LOG_GROUP
from parris.targets.sagemaker.names import training_job_name
from parris.targets.sagemaker.request import checkpoint_uri, code_prefix, output_uri
from parris.targets.sagemaker.spec import spec_of

if TYPE_CHECKING:
    from parris.job import Job
    from parris.payloads import Json, Payload
    from parris.targets.sagemaker.settings import SageMakerSettings


def trust_of(settings: SageMakerSettings) -> Payload:
    """Return who may assume the role: SageMaker, for this account."""
    return _policy(
        {
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": settings.account}},
        }
    )


def policy_of(job: Job, settings: SageMakerSettings) -> Payload:
    """Return what the job's container may do, and SageMaker on its behalf."""
    spec, name, partition = spec_of(job), training_job_name(job), settings.partition
    own = f"s3://{job.bucket}/{code_prefix(job)}"
    # SageMaker writes the results of a job to a folder of its name.
    written = [_folder(output_uri(job, spec)) + f"{name}/", _folder(checkpoint_uri(job, spec))]
    read = [own, *(one.uri for one in spec.channels), *job.input_data, *written]
    if job.training_config_prefix_uri is not None:
        read.append(job.training_config_prefix_uri)
    read += [f"s3://{job.bucket}/{folder}/" for folder in settings.shared_folders]
    read += [f"s3://{one}/" for one in settings.input_buckets]
    group = f"arn:{partition}:logs:{settings.region}:{settings.account}:log-group:{LOG_GROUP}"
    return _policy(
        _allow("s3:GetObject", _objects(read, partition)),
        _allow(["s3:PutObject", "s3:AbortMultipartUpload"], _objects(written, partition)),
        *_listings(read, partition),
        *_key_statements(settings),
        _allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{group}:log-stream:{name}/*"),
        _allow(["logs:CreateLogGroup", "logs:DescribeLogStreams"], f"{group}:*"),
        {
            **_allow("cloudwatch:PutMetricData", "*"),
            "Condition": {
                "StringEquals": {
                    "cloudwatch:namespace": ["/aws/sagemaker/TrainingJobs", "TrainingJobs"]
                }
            },
        },
        *_image_statements(spec.image),
        *_network_statements(has_vpc=bool(spec.subnet_ids)),
    )


def _policy(*statements: Payload) -> Payload:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(actions: Json, resources: Json) -> Payload:
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


def _objects(uris: list[str], partition: str) -> list[Json]:
    """Return every key that starts with one of the URIs, as SageMaker reads those of a channel."""
    places = map(split_s3_uri, uris)
    arns = (f"arn:{partition}:s3:::{bucket}/{policy_text(key)}*" for bucket, key in places)
    return list(dict.fromkeys(arns))


def _listings(uris: list[str], partition: str) -> list[Payload]:
    """Return one statement for each bucket: which of its prefixes may be listed."""
    prefixes: dict[str, list[str]] = {}
    for uri in uris:
        bucket, key = split_s3_uri(uri)
        prefixes.setdefault(bucket, []).append(f"{policy_text(key)}*")
    return [
        {
            **_allow("s3:ListBucket", f"arn:{partition}:s3:::{bucket}"),
            "Condition": {"StringLike": {"s3:prefix": list(dict.fromkeys(found))}},
        }
        for bucket, found in prefixes.items()
    ]


def _key_statements(settings: SageMakerSettings) -> list[Payload]:
    if not settings.kms_key_arns:
        return []
    via: Payload = {"kms:ViaService": f"s3.{settings.region}.amazonaws.com"}
    actions: list[Json] = ["kms:Decrypt", "kms:GenerateDataKey"]
    return [
        {**_allow(actions, list(settings.kms_key_arns)), "Condition": {"StringEquals": via}},
    ]


def _image_statements(image: str) -> list[Payload]:
    """Return what pulling the image takes: its repository alone, where that is known to be ECR."""
    found = ImageUri.parse(image)
    token = _allow("ecr:GetAuthorizationToken", "*")
    if found is None:
        return [token]
    actions: list[Json] = [
        "ecr:BatchCheckLayerAvailability",
        "ecr:GetDownloadUrlForLayer",
        "ecr:BatchGetImage",
    ]
    arn = f"arn:*:ecr:{found.region}:{found.account}:repository/{found.repository}"
    return [token, _allow(actions, arn)]


def _network_statements(*, has_vpc: bool) -> list[Payload]:
    if not has_vpc:
        return []
    actions: list[Json] = [
        "ec2:CreateNetworkInterface",
        "ec2:CreateNetworkInterfacePermission",
        "ec2:DeleteNetworkInterface",
        "ec2:DeleteNetworkInterfacePermission",
        "ec2:DescribeDhcpOptions",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
    ]
    return [_allow(actions, "*")]


def _folder(uri: str) -> str:
    return f"{uri.rstrip('/')}/"
