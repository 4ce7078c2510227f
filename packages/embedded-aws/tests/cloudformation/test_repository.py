import json
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, outputs, settled

_POLICY = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "selection": {
                    "tagStatus": "untagged",
                    "countType": "sinceImagePushed",
                    "countUnit": "days",
                    "countNumber": 1,
                },
                "action": {"type": "expire"},
            }
        ]
    }
)
_MANIFEST = json.dumps(
    {"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json"}
    | {"config": {}, "layers": []}
)


def made(aws: EmbeddedAws, **properties: Any) -> tuple[str, str]:
    """Create a stack with a repository, and return its id and the repository's name."""
    repository = {"Type": "AWS::ECR::Repository", "Properties": properties}
    values = {
        "Name": {"Value": {"Ref": "Images"}},
        "Uri": {"Value": {"Fn::GetAtt": ["Images", "RepositoryUri"]}},
    }
    stack = create_stack(aws, {"Images": repository}, outputs=values)
    found = outputs(aws, stack)
    name = found["Name"]
    assert found["Uri"] == f"123456789012.dkr.ecr.us-east-1.amazonaws.com/{name}"
    return stack, name


def test_a_repository_is_as_its_template_says(aws: EmbeddedAws) -> None:
    _, name = made(
        aws,
        ImageTagMutability="IMMUTABLE",
        ImageScanningConfiguration={"ScanOnPush": True},
        LifecyclePolicy={"LifecyclePolicyText": _POLICY},
    )

    ecr = aws.client("ecr")
    (found,) = ecr.describe_repositories(repositoryNames=[name])["repositories"]
    assert found["imageTagMutability"] == "IMMUTABLE"
    assert found["imageScanningConfiguration"] == {"scanOnPush": True}
    policy = ecr.get_lifecycle_policy(repositoryName=name)["lifecyclePolicyText"]
    assert json.loads(policy) == json.loads(_POLICY)


def test_a_name_that_is_made_up_is_in_lower_case(aws: EmbeddedAws) -> None:
    _, name = made(aws)
    assert name == name.lower()
    assert "-images-" in name


@pytest.mark.parametrize(
    ("properties", "status"),
    [({"EmptyOnDelete": True}, "DELETE_COMPLETE"), ({}, "DELETE_FAILED")],
)
def test_images_are_deleted_with_the_repository_only_if_its_template_says_so(
    aws: EmbeddedAws, properties: dict[str, Any], status: str
) -> None:
    stack, name = made(aws, **properties)
    aws.client("ecr").put_image(repositoryName=name, imageManifest=_MANIFEST, imageTag="one")

    aws.client("cloudformation").delete_stack(StackName=stack)

    assert settled(aws, stack)["StackStatus"] == status
