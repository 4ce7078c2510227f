"""What a deployment says to its page: how requests are authorized, and where a user logs in."""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parris.payloads import Payload

_JWT, _IAM = "jwt", "iam"


@dataclass(frozen=True, slots=True)
class PageSettings:
    """The settings. Without a client id, the page has no login.

    `login_origin` is that of the issuer's token endpoint, empty for the issuer's own.
    """

    deployment: str
    authorization: str
    issuer: str
    client_id: str
    login_origin: str

    @classmethod
    def from_environment(cls, deployment: str, environment: Mapping[str, str]) -> Self:
        """Return the settings from the environment of the page's function."""
        return cls(
            deployment=deployment,
            authorization=environment["PARRIS_API_AUTHORIZATION"],
            issuer=environment.get("PARRIS_API_ISSUER", ""),
            client_id=environment.get("PARRIS_API_CLIENT_ID", ""),
            login_origin=environment.get("PARRIS_API_LOGIN_ORIGIN", ""),
        )

    @property
    def has_login(self) -> bool:
        """Return whether users log in on the page."""
        return self.authorization == _JWT and bool(self.client_id)

    @property
    def login_origins(self) -> tuple[str, ...]:
        """Return the origins that the login sends requests to."""
        if not self.has_login:
            return ()
        parts = urllib.parse.urlsplit(self.issuer)
        found = [f"{parts.scheme}://{parts.netloc}", self.login_origin]
        return tuple(dict.fromkeys(one for one in found if one))

    def to_payload(self) -> Payload:
        """Return what the page reads."""
        return page_settings(
            api="",
            uploads="to-bucket",
            login={"issuer": self.issuer, "client_id": self.client_id} if self.has_login else None,
            notice=self._notice(),
        )

    def _notice(self) -> str | None:
        """Return why the page cannot use the API, and what can; None if it can."""
        command = f"parris serve --deployment {self.deployment}"
        if self.authorization == _IAM:
            return (
                "This API takes requests that are signed with AWS credentials, which a web page"
                f" must not have. On your machine, this command serves the same page: {command}"
            )
        if self.authorization == _JWT and not self.has_login:
            return (
                "This API takes tokens, and this deployment has no login for its page:"
                " TrainingApiLoginClientId is not set. On your machine, with a token in"
                f" PARRIS_TOKEN, this command serves the same page: {command}"
            )
        return None


def page_settings(
    *, api: str, uploads: str, login: Payload | None = None, notice: str | None = None
) -> Payload:
    """Return the settings that the page reads.

    Args:
        api: the address of the API, relative to that of the page.
        uploads: `to-bucket` with a form of S3, or `through-server`.
        login: issuer and client id where users log in; None without a login.
        notice: shown instead of everything else.
    """
    return {"api": api, "uploads": uploads, "login": login, "notice": notice}
