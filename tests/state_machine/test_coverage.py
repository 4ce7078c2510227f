"""The cases together go through everything that the definition has."""

import copy

from tests.architecture.definition import DEFINITION, STATES
from tests.state_machine.choice_rules import rule_taken, target_of
from tests.state_machine.coverage import places_in, places_visited, rule_matching
from tests.state_machine.histories import Visit


def test_every_state_every_choice_and_every_error_of_each_retry_and_catch_was_gone_through(
    visits: list[Visit],
) -> None:
    assert places_in(DEFINITION) - places_visited(DEFINITION, visits) == set()


def test_a_new_catch_without_a_case_is_missed(visits: list[Visit]) -> None:
    changed = copy.deepcopy(DEFINITION)
    new = {"ErrorEquals": ["PriceUnknownError"], "Next": "LaunchFailed"}
    changed["States"]["CreateStack"]["Catch"].insert(0, new)
    missed = places_in(changed) - places_visited(changed, visits)
    assert "CreateStack/Catch/0/PriceUnknownError" in missed


def test_a_new_rule_of_a_choice_without_a_case_is_missed(visits: list[Visit]) -> None:
    changed = copy.deepcopy(DEFINITION)
    new = {"Variable": "$.outcome.reason", "StringEquals": "NEW", "Next": "JobEnded"}
    rules = changed["States"]["DidJobSucceed"]["Choices"]
    rules.append(new)
    missed = places_in(changed) - places_visited(changed, visits)
    assert missed == {f"DidJobSucceed/Choices/{rules.index(new)}"}


def test_every_choice_led_where_its_rules_say(visits: list[Visit]) -> None:
    for visit in visits:
        state = STATES[visit.state]
        if state["Type"] == "Choice":
            assert visit.led_to == target_of(state, rule_taken(state, visit)), visit


def test_every_task_led_where_its_catch_says_or_on(visits: list[Visit]) -> None:
    for visit in visits:
        state = STATES[visit.state]
        if state["Type"] != "Task":
            continue
        error = visit.attempts[-1].error
        caught = None if error is None else rule_matching(state["Catch"], error)
        assert visit.led_to == (state if caught is None else state["Catch"][caught])["Next"], visit


def test_no_error_was_retried_more_often_than_the_definition_says(visits: list[Visit]) -> None:
    for visit in visits:
        rules = STATES[visit.state].get("Retry", [])
        used = [
            rule_matching(rules, attempt.error)
            for attempt in visit.attempts[:-1]
            if attempt.error is not None
        ]
        for number, rule in enumerate(rules):
            assert used.count(number) <= rule["MaxAttempts"], visit
