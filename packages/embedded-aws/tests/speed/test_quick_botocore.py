import copy
import time
from typing import Any

import boto3
import pytest
from botocore import endpoint, hooks, useragent, utils
from botocore.exceptions import UnknownServiceError
from botocore.hooks import EVENT_ALIASES, HierarchicalEmitter
from botocore.loaders import Loader

from embedded_aws.speed.quick_botocore import (
    event_names,
    handlers,
    made_once,
    proxies,
    service_names,
    timestamps,
)

EventAliaser: Any = hooks.EventAliaser
_NAMES = (
    *("before-call.ec2.RunInstances", "before-parameter-build.dynamodb", "needs-retry.cloudwatch"),
    *("docs.*.autoscaling.CreateLaunchConfiguration.complete-section", "choose-signer.s3", "other"),
    *("before-sign.elastic load balancing.x", "creating-client-class.iot-data", "a.logs.logs"),
    *("a.streams.dynamodb.b", "a.streams.dynamodbs", "logs.api.pricing", "api.pricing.logs", "api"),
)


def test_names_of_events_are_those_of_botocore() -> None:
    aliaser = EventAliaser(HierarchicalEmitter())
    for name in (*_NAMES, *(f"before-call.{old}.x" for old in EVENT_ALIASES)):
        expected = event_names._original_alias(EventAliaser(None), name)
        assert aliaser._alias_event_name(name) == expected
        assert aliaser._alias_event_name(name) == expected


def test_other_aliases_have_their_own_names() -> None:
    aliaser = EventAliaser(HierarchicalEmitter(), {"logs": "mine"})
    assert aliaser._alias_event_name("before-call.logs.x") == "before-call.mine.x"
    assert EventAliaser(None)._alias_event_name("before-call.logs.x") != "before-call.mine.x"


def test_handlers_are_accepted_or_refused_as_before() -> None:
    class Handlers:
        def good(self, **named: Any) -> None: ...

        def bad(self) -> None: ...

        def __call__(self, **named: Any) -> None: ...

    accepts: Any = vars(hooks)["accepts_kwargs"]
    assert accepts is handlers._accepts_kwargs
    one = Handlers()
    for handler in (one.good, one.bad, one, lambda **named: None, lambda: None):
        for _ in range(2):
            assert accepts(handler) == handlers._original_accepts(handler)


def test_parts_of_user_agents_are_those_of_botocore() -> None:
    sanitize: Any = vars(useragent)["sanitize_user_agent_string_component"]
    assert sanitize is not made_once._original_sanitize
    for text in ("Botocore", "a#b", "a b/c", "é", ""):
        for allow_hash in (True, False, True):
            expected = made_once._original_sanitize(text, allow_hash)
            assert sanitize(text, allow_hash=allow_hash) == expected


def test_clients_of_one_session_share_their_class_model_and_the_rules_of_their_endpoints() -> None:
    session: Any = boto3.session.Session("key", "secret", region_name="us-east-1")
    one, other = session.client("sqs"), session.client("".join("sqs"), region_name="eu-west-1")
    assert type(one) is type(other)
    assert one.meta.service_model is other.meta.service_model
    assert one._ruleset_resolver._provider is other._ruleset_resolver._provider
    assert (one.meta.region_name, other.meta.region_name) == ("us-east-1", "eu-west-1")
    assert one.meta.endpoint_url != other.meta.endpoint_url
    assert type(session.client("sns")) is not type(one)
    assert session.client("sns").meta.service_model.service_name == "sns"


def test_a_handler_that_adds_to_a_class_adds_to_the_classes_of_its_session_only() -> None:
    def add(class_attributes: dict[str, Any], **_: Any) -> None:
        class_attributes["mine"] = lambda self: "mine"

    plain: Any = boto3.session.Session("key", "secret", region_name="us-east-1")
    own: Any = boto3.session.Session("key", "secret", region_name="us-east-1")
    plain.client("sqs")
    own.events.register("creating-client-class.sqs", add)
    assert own.client("sqs").mine() == "mine"
    assert not hasattr(plain.client("sqs"), "mine")


def test_a_copy_of_handlers_is_apart_from_the_original() -> None:
    def one(**_: Any) -> None: ...
    def other(**_: Any) -> None: ...

    original = HierarchicalEmitter()
    original.register_first("before-call.s3", one)
    original.register("before-call", one)
    copied = copy.copy(original)
    copied.register_last("before-call.s3", other)
    original.unregister("before-call", one)
    assert _handlers_of(original, "before-call.s3.Get") == [one]
    assert _handlers_of(copied, "before-call.s3.Get") == [one, other, one]


def test_copies_of_copies_and_their_originals_change_apart() -> None:
    def one(**_: Any) -> None: ...
    def other(**_: Any) -> None: ...

    first = HierarchicalEmitter()
    first.register("a.b", one)
    second = copy.copy(first)
    third = copy.copy(second)
    first.register("a.b.c", other)
    second.register("a.b", other)
    third.register_first("a.*", other)
    third.unregister("a.b", one)
    assert _handlers_of(first, "a.b.c") == [other, one]
    assert _handlers_of(second, "a.b.c") == [one, other]
    assert _handlers_of(third, "a.b.c") == [other]
    third.register("a.b", one)
    assert _handlers_of(third, "a.b.c") == [other, one]
    assert _handlers_of(second, "a.b.c") == [one, other]
    with pytest.raises(ValueError, match="not in trie"):
        vars(third)["_handlers"].remove_item("a.x", one)


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"HTTP_PROXY": "http://one:1"},
        {"https_proxy": "http://one:1", "NO_PROXY": "127.0.0.1"},
        {"http_proxy": "http://one:1", "no_proxy": "other.example"},
        {"ALL_Proxy": "http://one:1"},
    ],
)
def test_proxies_are_those_of_botocore(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    creator: Any = endpoint.EndpointCreator(HierarchicalEmitter())
    for url in ("http://127.0.0.1:80", "https://s3.amazonaws.com"):
        assert creator._get_proxies(url) == proxies._original_get_proxies(creator, url)


@pytest.mark.parametrize(
    "text",
    [
        *("2031-05-01T08:30:00Z", "2031-05-01T08:30:00.123Z", "2031-05-01T08:30:00.123456Z"),
        *("2031-05-01T08:30:00.5Z", "2031-05-01T08:30:00+01:00", "2031-05-01", "20310501T083000Z"),
        *("2031-02-30T08:30:00Z", "2031-05-01T24:00:00Z", "2031-05-01T08:30:60Z", "soon", ""),
        *("Thu, 01 May 2031 08:30:00 GMT", "1900000000", 1900000000, 1900000000.25),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_timestamps_are_those_of_botocore(
    text: Any, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "tzname", {"UTC": ("UTC", "UTC")}.get(zone, ("CET", "CEST")))

    def read(parse: Any) -> Any:
        try:
            found = parse(text, timestamps._tz.tzutc)
            return found, repr(found.tzinfo)
        except Exception as error:
            return type(error), str(error)

    parse: Any = vars(utils)["_parse_timestamp_with_tzinfo"]
    assert parse is not timestamps._original_parse
    assert read(parse) == read(timestamps._original_parse)


def _handlers_of(emitter: Any, event: str) -> list[Any]:
    return [handler for handler, _ in emitter.emit(event)]


@pytest.mark.parametrize("type_name", ["service-2", "paginators-1", "no-such-type"])
def test_the_services_of_a_loader_are_those_of_botocore(type_name: str) -> None:
    loader = Loader()
    known = service_names._original(loader, type_name)
    names = loader.list_available_services(type_name)
    assert list(names) == known
    asked = [*known, "ec2", "accessanalyzer", "no-such-service", "", ".", "../data/ec2", 7]
    assert [name for name in asked if name in names] == [name for name in asked if name in known]


def test_an_unknown_service_is_refused_with_the_names_of_the_known_ones() -> None:
    with pytest.raises(UnknownServiceError) as refused:
        Loader().load_service_model("no-such-service", "service-2")
    assert "cloudformation, cloudfront" in str(refused.value)
