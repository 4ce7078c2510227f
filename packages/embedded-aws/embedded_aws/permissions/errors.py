"""Errors for refused requests."""


class NotAuthorizedError(Exception):
    """A principal may not do this. `reason` names the kind of policy that refuses it."""

    def __init__(self, principal_arn: str, action: str, resource: str, reason: str) -> None:
        """Use AWS's message."""
        self.action = action
        self.resource = resource
        subject = f"User: {principal_arn} is not authorized to perform: {action}"
        self.message = f"{subject} on resource: {resource} {reason}"
        super().__init__(self.message)


class InvalidCredentialsError(Exception):
    """The access key does not exist."""

    message = "The security token included in the request is invalid."


class UnsignedRequestError(Exception):
    """The request has no signature, or one of a different version."""

    message = "Request is missing Authentication Token"


class SignatureError(Exception):
    """The request was signed with a different secret, or changed after it was signed."""

    message = (
        "The request signature we calculated does not match the signature you provided."
        " Check your AWS Secret Access Key and signing method."
    )


class ExpiredCredentialsError(Exception):
    """The access key has expired."""


class NotModelledError(Exception):
    """The embedded AWS does not know whether AWS would allow this, so it refuses, with an error."""
