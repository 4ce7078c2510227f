"""AWS::Chatbot::SlackChannelConfiguration is checked. moto has nothing of Amazon Q Developer.

The configuration is recorded in its stack only: no call describes it, and nothing is posted. What a
channel would show arrives at the topics that the configuration names. Source:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-chatbot-slackchannelconfiguration.html
"""

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.sns.models import sns_backends
from moto.utilities.arns import parse_arn

from embedded_aws.context import current
from embedded_aws.permissions.trust import RoleNotAssumableError, require_trust
from embedded_aws.stacks.api_properties import CreatingCall, same_names
from embedded_aws.stacks.plain_model import Made, register_type

_SERVICE = "chatbot.amazonaws.com"
_CALL = CreatingCall(
    "chatbot",
    "CreateSlackChannelConfiguration",
    {
        **same_names(
            "ConfigurationName", "SlackChannelId", "IamRoleArn", "SnsTopicArns", "LoggingLevel"
        ),
        "SlackWorkspaceId": "SlackTeamId",
        "GuardrailPolicies": "GuardrailPolicyArns",
        "UserRoleRequired": "UserAuthorizationRequired",
    },
)


def install() -> None:
    """Register the type."""
    register_type(
        "AWS::Chatbot::SlackChannelConfiguration", _create, _forget, ("Arn",), update=_update
    )


def _create(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    return _checked(properties, account)


def _update(physical_id: str, properties: dict[str, Any], account: str, region: str) -> Made:
    made = _checked(properties, account)
    if made.physical_id != physical_id:
        raise ValidationError(message="the embedded AWS does not model a channel that is renamed")
    return made


def _checked(properties: dict[str, Any], account: str) -> Made:
    given = _CALL.parameters(properties)
    for topic in given.get("SnsTopicArns", []):
        place = parse_arn(topic)
        if topic not in sns_backends[place.account][place.region].topics:
            raise ValidationError(message=f"SNS topic {topic} does not exist")
    if current().settings.enforce_roles:
        try:
            require_trust(given["IamRoleArn"], _SERVICE)
        except RoleNotAssumableError as error:
            raise ValidationError(message=str(error)) from error
    arn = (
        f"arn:aws:chatbot::{account}:chat-configuration/slack-channel/{given['ConfigurationName']}"
    )
    return Made(arn, {"Arn": arn})


def _forget(physical_id: str, account: str, region: str) -> None:
    """Do nothing: only the stack knows it."""
