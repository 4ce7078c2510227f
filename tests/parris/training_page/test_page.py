"""The page as a deployment serves it: its files, its policy, and what it says to its visitors."""

import re

import pytest

from parris.training_page.files import PAGE, find_page_file, page_headers
from parris.training_page.settings import PageSettings

ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/pool"
DOMAIN = "https://example.auth.eu-central-1.amazoncognito.com"


def settings(authorization: str, **variables: str) -> PageSettings:
    given = {"PARRIS_API_AUTHORIZATION": authorization, **variables}
    return PageSettings.from_environment("lab", given)


def with_login() -> PageSettings:
    return settings(
        "jwt",
        PARRIS_API_ISSUER=ISSUER,
        PARRIS_API_CLIENT_ID="client",
        PARRIS_API_LOGIN_ORIGIN=DOMAIN,
    )


def test_each_file_that_the_page_loads_is_served() -> None:
    waiting, seen = [PAGE], set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        file = find_page_file(name)
        assert file is not None, name
        loaded = re.findall(r'(?:href|src)="page/([a-z.]+)"|from "\./([a-z.]+)"', file.content)
        waiting.extend({one or other for one, other in loaded} - seen)
    assert seen == {PAGE, "page.css", "page.js", "api.js", "drawing.js", "login.js"}


@pytest.mark.parametrize("name", ["", "files.py", "../job.py", "page.html/", "settings.json"])
def test_no_other_file_is_served(name: str) -> None:
    assert find_page_file(name) is None


def test_a_file_is_as_old_as_its_content() -> None:
    files = [find_page_file(name) for name in ("page.js", "page.css", "page.js")]
    tags = [one.tag for one in files if one is not None]
    assert tags[0] == tags[2] != tags[1]


def test_the_page_connects_to_what_the_deployment_names_and_to_nothing_else() -> None:
    policy = page_headers(("https://bucket.example",))["content-security-policy"]
    assert "connect-src 'self' https://bucket.example;" in policy
    assert "script-src 'self';" in policy
    assert with_login().login_origins == ("https://cognito-idp.eu-central-1.amazonaws.com", DOMAIN)
    assert settings("open-to-everyone").login_origins == ()


def test_a_user_logs_in_where_the_deployment_says() -> None:
    assert with_login().to_payload() == {
        "api": "",
        "uploads": "to-bucket",
        "login": {"issuer": ISSUER, "client_id": "client"},
        "notice": None,
    }


def test_a_page_that_is_open_to_everyone_needs_no_login() -> None:
    found = settings("open-to-everyone").to_payload()
    assert (found["login"], found["notice"]) == (None, None)


@pytest.mark.parametrize("authorization", ["iam", "jwt"])
def test_a_page_that_cannot_authorize_its_requests_says_what_can(authorization: str) -> None:
    found = settings(authorization).to_payload()
    assert found["login"] is None
    assert "parris serve --deployment lab" in str(found["notice"])
