import json

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import settled

TEMPLATE = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})


@pytest.mark.parametrize(
    "address",
    [
        "{endpoint}/templates/a/stack.json",
        "https://templates.s3.amazonaws.com/a/stack.json",
        "https://templates.s3.us-east-1.amazonaws.com/a/stack.json",
        "https://s3.us-east-1.amazonaws.com/templates/a/stack.json",
    ],
)
def test_a_template_is_read_from_every_form_of_address(aws: EmbeddedAws, address: str) -> None:
    aws.client("s3").create_bucket(Bucket="templates")
    aws.client("s3").put_object(Bucket="templates", Key="a/stack.json", Body=TEMPLATE)
    url = address.format(endpoint=aws.endpoint_url)
    aws.client("cloudformation").create_stack(StackName="from-url", TemplateURL=url)
    assert settled(aws, "from-url")["StackStatus"] == "CREATE_COMPLETE"


def test_a_template_that_is_not_there_is_a_validation_error(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match=r"ValidationError.*S3 error"):
        aws.client("cloudformation").create_stack(
            StackName="from-url", TemplateURL=f"{aws.endpoint_url}/none/stack.json"
        )
