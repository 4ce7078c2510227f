import copy
from typing import Any

import boto3
from botocore import hooks, useragent
from botocore.hooks import EVENT_ALIASES, HierarchicalEmitter

from embedded_aws.speed import quick_botocore

EventAliaser: Any = hooks.EventAliaser
_NAMES = (
    *("before-call.ec2.RunInstances", "before-parameter-build.dynamodb", "needs-retry.cloudwatch"),
    *("docs.*.autoscaling.CreateLaunchConfiguration.complete-section", "choose-signer.s3", "other"),
    *("before-sign.elastic load balancing.x", "creating-client-class.iot-data", "a.logs.logs"),
)


def test_names_of_events_are_those_of_botocore() -> None:
    aliaser = EventAliaser(HierarchicalEmitter())
    for name in (*_NAMES, *(f"before-call.{old}.x" for old in EVENT_ALIASES)):
        expected = quick_botocore._original_alias(EventAliaser(None), name)
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
    assert accepts is quick_botocore._accepts_kwargs
    handlers = Handlers()
    for handler in (handlers.good, handlers.bad, handlers, lambda **named: None, lambda: None):
        for _ in range(2):
            assert accepts(handler) == quick_botocore._original_accepts(handler)


def test_parts_of_user_agents_are_those_of_botocore() -> None:
    sanitize: Any = vars(useragent)["sanitize_user_agent_string_component"]
    assert sanitize is not quick_botocore._original_sanitize
    for text in ("Botocore", "a#b", "a b/c", "é", ""):
        for allow_hash in (True, False, True):
            expected = quick_botocore._original_sanitize(text, allow_hash)
            assert sanitize(text, allow_hash=allow_hash) == expected


def test_clients_of_one_session_share_their_class_and_the_rules_of_their_endpoints() -> None:
    session: Any = boto3.session.Session("key", "secret", region_name="us-east-1")
    one, other = session.client("sqs"), session.client("sqs", region_name="eu-west-1")
    assert type(one) is type(other)
    assert one._ruleset_resolver._provider is other._ruleset_resolver._provider
    assert (one.meta.region_name, other.meta.region_name) == ("us-east-1", "eu-west-1")
    assert one.meta.endpoint_url != other.meta.endpoint_url
    assert type(session.client("sns")) is not type(one)


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
    assert [handler for handler, _ in original.emit("before-call.s3.Get")] == [one]
    assert [handler for handler, _ in copied.emit("before-call.s3.Get")] == [one, other, one]
