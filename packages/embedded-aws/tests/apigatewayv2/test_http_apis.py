"""HTTP APIs: routes, payload format 2.0, authorizers, CORS and throttling."""

import base64
import http.client
import json
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.http_apis.routes import find_route
from embedded_aws_helpers.builders import create_function
from embedded_aws_helpers.roles import allow, make_role
from embedded_aws_helpers.signing_key import SigningKey, encoded
from embedded_aws_helpers.web_server import JsonHandler, serving

ECHO = """
import json
def handle(event, context):
    if event["rawPath"] == "/raw":
        return {"plain": True}
    if event["rawPath"] == "/broken":
        raise RuntimeError("broken")
    return {"statusCode": 201, "headers": {"X-Own": "yes", "Access-Control-Allow-Origin": "own"},
            "cookies": ["a=1", "b=2"], "body": json.dumps(event)}
"""
PAGE = "https://page.example"


class Api:
    """An API of a test, with its function, and requests to it."""

    def __init__(self, aws: EmbeddedAws, function_arn: str, **settings: Any) -> None:
        self.aws = aws
        self.client = aws.client("apigatewayv2")
        self.id = str(self.client.create_api(Name="api", ProtocolType="HTTP", **settings)["ApiId"])
        self.client.create_stage(ApiId=self.id, StageName="$default", AutoDeploy=True)
        made = self.client.create_integration(
            ApiId=self.id,
            IntegrationType="AWS_PROXY",
            IntegrationUri=function_arn,
            PayloadFormatVersion="2.0",
        )
        self.target = f"integrations/{made['IntegrationId']}"
        aws.client("lambda").add_permission(
            FunctionName=function_arn,
            StatementId=self.id,
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=f"arn:aws:execute-api:us-east-1:123456789012:{self.id}/*",
        )

    def route(self, key: str, **settings: Any) -> None:
        self.client.create_route(ApiId=self.id, RouteKey=key, Target=self.target, **settings)

    def url(self, path: str) -> str:
        return f"{self.aws.endpoint_url}/_apis/{self.id}{path}"

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, Any]:
        parts = urllib.parse.urlsplit(self.url(path))
        connection = http.client.HTTPConnection(parts.netloc, timeout=60)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body or None, dict(headers or {}))
        response = connection.getresponse()
        content = response.read()
        connection.close()
        is_json = response.headers.get("Content-Type") != "text/plain"  # the server's own refusal
        return (
            response.status,
            response.headers,
            json.loads(content) if content and is_json else None,
        )


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(Settings(), folder=tmp_path_factory.mktemp("api") / "aws") as running:
        yield running


@pytest.fixture(scope="module")
def function_arn(aws: EmbeddedAws) -> str:
    role = make_role(aws, "echo", allow("logs:*"), trusts={"Service": "lambda.amazonaws.com"})
    return create_function(aws, ECHO, Role=role)


@pytest.fixture
def api(aws: EmbeddedAws, function_arn: str) -> Api:
    return Api(aws, function_arn)


def test_a_function_gets_payload_format_2_0(api: Api) -> None:
    api.route("POST /jobs/{id}/stop")
    status, headers, event = api.ask(
        "POST", "/jobs/a%20b/stop?n=1&n=2&empty=", b'{"x": 1}', {"X-One": "1", "Cookie": "c=1; d=2"}
    )
    assert status == 201
    assert headers["X-Own"] == "yes"
    assert headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert event["version"] == "2.0"
    assert event["routeKey"] == "POST /jobs/{id}/stop"
    assert event["rawPath"] == "/jobs/a b/stop"
    assert event["pathParameters"] == {"id": "a b"}
    assert event["queryStringParameters"] == {"n": "1,2", "empty": ""}
    assert (event["body"], event["isBase64Encoded"]) == ('{"x": 1}', False)
    assert event["headers"]["x-one"] == "1"
    assert event["cookies"] == ["c=1", "d=2"]
    described = event["requestContext"]
    assert (described["apiId"], described["stage"]) == (api.id, "$default")
    assert described["http"]["method"] == "POST"
    assert "authorizer" not in described


def test_what_is_no_text_reaches_the_function_in_base64(api: Api) -> None:
    api.route("PUT /file")
    _, _, event = api.ask("PUT", "/file", b"\xff\x00")
    assert (event["isBase64Encoded"], event["body"]) == (
        True,
        base64.b64encode(b"\xff\x00").decode(),
    )


def test_responses_of_functions_and_of_the_api_itself(api: Api) -> None:
    for path in ("/raw", "/broken"):
        api.route(f"GET {path}")
    assert api.ask("GET", "/raw")[::2] == (200, {"plain": True})
    assert api.ask("GET", "/broken")[::2] == (500, {"message": "Internal Server Error"})
    assert api.ask("GET", "/other")[::2] == (404, {"message": "Not Found"})
    assert api.ask("POST", "/raw")[::2] == (404, {"message": "Not Found"})


def test_an_api_that_a_function_does_not_let_in_fails(aws: EmbeddedAws, function_arn: str) -> None:
    api = Api(aws, function_arn)
    aws.client("lambda").remove_permission(FunctionName=function_arn, StatementId=api.id)
    api.route("GET /")
    assert api.ask("GET", "/")[::2] == (500, {"message": "Internal Server Error"})


class Route:
    def __init__(self, key: str) -> None:
        self.route_key = key


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/pets", "GET /pets"),
        ("/pets/dog/1", "GET /pets/dog/1"),
        ("/pets/dog/2", "GET /pets/dog/{id}"),
        ("/pets/cat/2", "GET /pets/{kind}/{id}"),
        ("/pets/cat/2/3", "ANY /{proxy+}"),
    ],
)
def test_the_most_specific_route_responds(path: str, key: str) -> None:
    keys = ["$default", "ANY /{proxy+}", "GET /pets/{kind}/{id}", "GET /pets/dog/{id}"]
    routes = [Route(one) for one in [*keys, "ANY /pets", "GET /pets", "GET /pets/dog/1"]]
    match = find_route(routes, "GET", path)
    assert match is not None
    assert match.route.route_key == key


def signed(aws: EmbeddedAws, method: str, url: str, credentials: Credentials) -> dict[str, str]:
    request = AWSRequest(method, url)
    SigV4Auth(credentials, "execute-api", "us-east-1").add_auth(request)
    return dict(request.headers.items())


def session_of(aws: EmbeddedAws, name: str, *statements: Any) -> Credentials:
    role = make_role(aws, name, *statements)
    found = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])


def test_iam_lets_in_who_may_invoke_this_route(api: Api) -> None:
    for path in ("/mine", "/theirs"):
        api.route(f"GET {path}", AuthorizationType="AWS_IAM")
    arn = f"arn:aws:execute-api:us-east-1:123456789012:{api.id}/*/GET/mine"
    caller = session_of(api.aws, f"caller-{api.id}", allow("execute-api:Invoke", arn))
    headers = signed(api.aws, "GET", api.url("/mine"), caller)
    status, _, event = api.ask("GET", "/mine", headers=headers)
    assert status == 201
    assert event["requestContext"]["authorizer"]["iam"]["userArn"].endswith("/test")
    forbidden = (403, {"message": "Forbidden"})
    assert api.ask("GET", "/mine")[::2] == forbidden
    assert api.ask("GET", "/theirs", headers=headers)[::2] == forbidden
    theirs = signed(api.aws, "GET", api.url("/theirs"), caller)
    assert api.ask("GET", "/theirs", headers=theirs)[::2] == forbidden


class Issuer:
    """A server of an issuer's keys, and tokens with its signature."""

    def __init__(self) -> None:
        self.key = SigningKey()
        self.url = ""

    def token(self, **changes: Any) -> str:
        claims = {"iss": self.url, "aud": "trainer", "exp": int(time.time()) + 60, "sub": "ada"}
        return self.key.token({**claims, **changes})

    def answer(self, path: str) -> Any:
        if path.endswith("openid-configuration"):
            return {"jwks_uri": f"{self.url}/keys"}
        return self.key.public_keys()


@contextmanager
def issuing() -> Iterator[Issuer]:
    issuer = Issuer()

    class Handler(JsonHandler):
        def do_GET(self) -> None:
            self.send_json(200, issuer.answer(self.path))

    with serving(Handler) as issuer.url:
        yield issuer


def test_a_token_must_be_valid_for_its_authorizer(api: Api) -> None:
    with issuing() as issuer:
        configuration = {"Issuer": issuer.url, "Audience": ["trainer"]}
        made = api.client.create_authorizer(
            ApiId=api.id,
            AuthorizerType="JWT",
            IdentitySource=["$request.header.Authorization"],
            JwtConfiguration=configuration,
            Name="tokens",
        )
        secured = {"AuthorizationType": "JWT", "AuthorizerId": made["AuthorizerId"]}
        api.route("GET /", **secured)
        api.route("GET /admin", **secured, AuthorizationScopes=["admin"])

        def status_with(token: str, path: str = "/") -> int:
            return api.ask("GET", path, headers={"Authorization": f"Bearer {token}"})[0]

        good = issuer.token()
        _, _, event = api.ask("GET", "/", headers={"Authorization": f"Bearer {good}"})
        assert event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] == "ada"
        status, headers, body = api.ask("GET", "/")
        assert (status, body) == (401, {"message": "Unauthorized"})
        assert headers["www-authenticate"] == "Bearer"
        assert status_with(issuer.token(client_id="trainer", aud=None)) == 401
        assert status_with(good[:-4] + "AAAA") == 401
        assert status_with(Issuer.token(issuer, exp=1)) == 401
        assert status_with(issuer.token(nbf=int(time.time()) + 600)) == 401
        assert status_with(issuer.token(aud="other")) == 401
        assert status_with(issuer.token(iss="https://other.example")) == 401
        none = encoded(b'{"alg": "none"}') + "." + good.split(".")[1] + "."
        assert status_with(none) == 401
        assert status_with(good, "/admin") == 403
        assert status_with(issuer.token(scope="read admin"), "/admin") == 201


CORS = {"AllowOrigins": [PAGE], "AllowMethods": ["POST"], "AllowHeaders": ["x-one"], "MaxAge": 60}


def test_pages_of_a_named_origin_may_use_an_api_and_no_others(
    aws: EmbeddedAws, function_arn: str
) -> None:
    api = Api(aws, function_arn, CorsConfiguration=CORS)
    api.route("POST /")
    asks = {"Origin": PAGE, "Access-Control-Request-Method": "POST", "Sec-Fetch-Site": "cross-site"}
    status, headers, body = api.ask("OPTIONS", "/", headers=asks)
    assert (status, body) == (204, None)
    assert headers["Access-Control-Allow-Origin"] == PAGE
    assert headers["Access-Control-Allow-Methods"] == "POST"
    assert headers["Access-Control-Allow-Headers"] == "x-one"
    assert headers["Access-Control-Max-Age"] == "60"
    status, headers, _ = api.ask("POST", "/", headers={"Origin": PAGE})
    assert (status, headers.get_all("Access-Control-Allow-Origin")) == (201, [PAGE])
    assert api.ask("POST", "/", headers={"Origin": "https://evil.example"})[0] == 403


def test_an_api_for_all_origins_is_closed_to_pages_on_this_machine(
    aws: EmbeddedAws, function_arn: str
) -> None:
    api = Api(aws, function_arn, CorsConfiguration={"AllowOrigins": ["*"]})
    api.route("POST /")
    assert api.ask("POST", "/", headers={"Origin": "https://evil.example"})[0] == 403


def test_a_stage_limits_the_rate_of_requests(api: Api) -> None:
    api.route("GET /raw")
    api.client.create_stage(
        ApiId=api.id,
        StageName="$default",
        AutoDeploy=True,
        DefaultRouteSettings={"ThrottlingBurstLimit": 2, "ThrottlingRateLimit": 0.01},
    )
    answers = [api.ask("GET", "/raw") for _ in range(3)]
    assert [one[0] for one in answers] == [200, 200, 429]
    assert answers[2][2] == {"message": "Too Many Requests"}


def test_a_page_of_another_site_may_lead_to_an_api_but_send_it_nothing(api: Api) -> None:
    api.route("GET /")
    led = {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }
    assert api.ask("GET", "/", headers=led)[0] == 201
    for other in (
        {"Sec-Fetch-Mode": "cors"},
        {"Sec-Fetch-Dest": "iframe"},
        {"Origin": PAGE},
        {"Host": "evil.example"},
    ):
        assert api.ask("GET", "/", headers={**led, **other})[0] == 403
    assert api.ask("POST", "/", headers=led)[0] == 403
