"""What is said when a request is refused."""


class NotAuthorizedError(Exception):
    """A principal may not do this. `reason` says which kind of policy is to blame."""

    def __init__(self, principal_arn: str, action: str, resource: str, reason: str) -> None:
        """Say it in AWS's words."""
        self.action = action
        self.resource = resource
        subject = f"User: {principal_arn} is not authorized to perform: {action}"
        self.message = f"{subject} on resource: {resource} {reason}"
        super().__init__(self.message)


class InvalidCredentialsError(Exception):
    """The access key belongs to nobody."""

    message = "The security token included in the request is invalid."


class UnsignedRequestError(Exception):
    """The request has no signature, or one of another version."""

    message = "Request is missing Authentication Token"


class SignatureError(Exception):
    """The request was signed with another secret, or changed after it was signed."""

    message = (
        "The request signature we calculated does not match the signature you provided."
        " Check your AWS Secret Access Key and signing method."
    )


class ExpiredCredentialsError(Exception):
    """The access key was somebody's, and its time is over."""


class NotModelledError(Exception):
    """The embedded AWS cannot tell whether AWS would allow this, so it says no, loudly."""
