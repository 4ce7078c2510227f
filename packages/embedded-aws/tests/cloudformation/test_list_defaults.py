from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, outputs


def test_the_default_of_a_list_parameter_is_a_list(aws: EmbeddedAws) -> None:
    stack = create_stack(
        aws,
        {"Group": {"Type": "AWS::Logs::LogGroup"}},
        outputs={"Joined": {"Value": {"Fn::Join": ["+", {"Ref": "Names"}]}}},
        parameters_section={"Names": {"Type": "CommaDelimitedList", "Default": "a, b,c"}},
    )
    assert outputs(aws, stack)["Joined"] == "a+b+c"
