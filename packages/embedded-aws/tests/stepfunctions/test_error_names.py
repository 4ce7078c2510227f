from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_table, run


def test_a_failed_condition_has_the_name_that_aws_gives_it(aws: EmbeddedAws) -> None:
    put = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:dynamodb:putItem",
        "Parameters": {
            "TableName": create_table(aws),
            "Item": {"item": {"S": "job"}},
            "ConditionExpression": "attribute_exists(#item)",
            "ExpressionAttributeNames": {"#item": "item"},
        },
        "End": True,
    }
    assert run(aws, {"Put": put})["error"] == "DynamoDb.ConditionalCheckFailedException"


def test_cloudformation_is_spelled_with_its_capitals(aws: EmbeddedAws) -> None:
    describe = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:cloudformation:describeStacks",
        "Parameters": {"StackName": "none"},
        "End": True,
    }
    assert run(aws, {"Describe": describe})["error"].startswith("CloudFormation.")
