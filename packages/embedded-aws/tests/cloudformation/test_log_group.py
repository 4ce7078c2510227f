from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, outputs


def test_the_arn_of_a_log_group_reaches_its_streams(aws: EmbeddedAws) -> None:
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/g"}}
    shown = {"Arn": {"Value": {"Fn::GetAtt": ["Group", "Arn"]}}}
    stack = create_stack(aws, {"Group": group}, outputs=shown)
    assert outputs(aws, stack)["Arn"] == "arn:aws:logs:us-east-1:123456789012:log-group:/g:*"
