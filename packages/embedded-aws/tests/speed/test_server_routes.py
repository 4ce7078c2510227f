from typing import Any

import pytest
from werkzeug.routing import Map, Rule

from embedded_aws import EmbeddedAws


@pytest.fixture
def routes(aws: EmbeddedAws) -> Any:
    with aws.context.at_work("test"):
        rules = [
            Rule("/<bucket>/<path:key>", endpoint="object"),
            Rule("/<int(min=1):number>", endpoint="number", defaults={"page": 1}),
        ]
        yield Map(rules).bind("example.com")


def test_requests_find_their_routes(routes: Any) -> None:
    assert routes.match("/one/two/three") == ("object", {"bucket": "one", "key": "two/three"})


def test_urls_are_built_as_before(routes: Any) -> None:
    for _ in range(2):  # the first one compiles the function
        assert routes.build("object", {"bucket": "a b", "key": "c/d"}) == "/a%20b/c/d"
        assert routes.build("object", {"bucket": "a", "key": "b", "more": "c"}) == "/a/b?more=c"
        assert routes.build("number", {"number": 3}, append_unknown=False) == "/3"


def test_what_builds_a_url_is_compiled_when_one_is_built(
    aws: EmbeddedAws, routes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError("compiled")

    monkeypatch.setattr(Rule, "_get_func_code", refuse)
    with aws.context.at_work("test"):
        bound = Map([Rule("/<name>", endpoint="named")]).bind("example.com")
    assert bound.match("/one") == ("named", {"name": "one"})
    with pytest.raises(AssertionError, match="compiled"):
        bound.build("named", {"name": "one"})
