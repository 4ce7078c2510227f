"""ECR: repositories and their images."""

from embedded_aws.permissions.actions.shapes import on_everything, on_resource
from embedded_aws.permissions.call import Call


def _repository(call: Call) -> str:
    return call.arn(f"repository/{call.text('repositoryName')}")


DEMANDS = {
    **on_everything("GetAuthorizationToken"),
    **on_resource(
        _repository,
        "BatchCheckLayerAvailability",
        "BatchDeleteImage",
        "BatchGetImage",
        "CompleteLayerUpload",
        "CreateRepository",
        "DeleteRepository",
        "DescribeImages",
        "GetDownloadUrlForLayer",
        "GetLifecyclePolicy",
        "InitiateLayerUpload",
        "ListImages",
        "PutImage",
        "UploadLayerPart",
    ),
}
