"""A small OpenID Connect issuer, whose only user is logged in: authorization codes with PKCE."""

import hashlib
import secrets
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from embedded_aws_helpers.signing_key import SigningKey, encoded
from embedded_aws_helpers.web_server import JsonHandler, serving

CLIENT_ID, USER = "training-page", "ada@example.com"
TOKEN_SECONDS = 3600


class Issuer:
    """The issuer: its key, the codes that it has given, and whether it refuses logins."""

    def __init__(self) -> None:
        self.url = ""
        self.refuses = False
        self.key = SigningKey()
        self._codes: dict[str, dict[str, str]] = {}

    def discovery(self) -> dict[str, str]:
        """Return the document at .well-known/openid-configuration."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }

    def redirect(self, query: dict[str, str]) -> str:
        """Return where a request for authorization leads to."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT_ID
        assert query["code_challenge_method"] == "S256"
        if self.refuses:
            given = {"error": "access_denied", "error_description": "the user has no account"}
        else:
            code = secrets.token_urlsafe()
            self._codes[code] = query
            given = {"code": code}
        return (
            f"{query['redirect_uri']}?{urllib.parse.urlencode({**given, 'state': query['state']})}"
        )

    def exchange(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Return the response to a request for a token. A code is taken once."""
        asked = self._codes.pop(form.get("code", ""), None)
        challenge = encoded(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or any(asked[name] != form.get(name) for name in ("redirect_uri", "client_id"))
        ):
            return 400, {"error": "invalid_grant"}
        return 200, {
            "access_token": self.token(),
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
        }

    def token(self) -> str:
        """Return a token of the user for the client."""
        claims = {
            "iss": self.url,
            "client_id": CLIENT_ID,
            "sub": "1",
            "email": USER,
            "token_use": "access",
            "iat": int(time.time()),
            "exp": int(time.time()) + TOKEN_SECONDS,
        }
        return self.key.token(claims)


@contextmanager
def oidc_issuer() -> Iterator[Issuer]:
    """Serve an issuer on a free port."""
    issuer = Issuer()

    class Handler(JsonHandler):
        def do_GET(self) -> None:
            path, _, text = self.path.partition("?")
            if path == "/authorize":
                self.send_response(302)
                self.send_header("Location", issuer.redirect(dict(urllib.parse.parse_qsl(text))))
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                found = {
                    "/.well-known/openid-configuration": issuer.discovery,
                    "/keys": issuer.key.public_keys,
                }
                self._send(200, found[path]())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._send(*issuer.exchange(dict(urllib.parse.parse_qsl(body))))

        def _send(self, status: int, content: dict[str, Any]) -> None:
            self.send_json(status, content, Access_Control_Allow_Origin="*")

    with serving(Handler) as issuer.url:
        yield issuer
