from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, settled

TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "ec2.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
NOTHING = {"Ref": "AWS::NoValue"}


def test_no_value_in_a_list_leaves_nothing_there(aws: EmbeddedAws) -> None:
    kept = {"Fn::If": ["Never", TRUST, NOTHING]}
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "role",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [TRUST, kept]},
        },
    }
    never = {"Never": {"Fn::Equals": ["a", "b"]}}
    stack = create_stack(aws, {"Role": role}, conditions=never)
    assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    made = aws.client("iam").get_role(RoleName="role")["Role"]
    assert made["AssumeRolePolicyDocument"]["Statement"] == [TRUST]
