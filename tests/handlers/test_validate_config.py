"""ValidateConfig: the layers of a config, its script and its price."""

import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from parris.ec2.parts import INSTANCE, PUBLIC_IPV4, VOLUME
from parris.entrypoint import Deps
from parris.errors import ConfigInvalidError
from parris.job import Job
from parris.payloads import Json, Payload, part_of
from parris.targets.ec2_stack.spec import spec_of
from tests.builders import BUCKET, EXECUTION_ARN
from tests.handlers.conftest import put_json, with_settings
from validate_config import run


def an_event(config: Any) -> dict[str, Any]:
    return {
        "config": config,
        "job_id": "run-1",
        "execution_arn": EXECUTION_ARN,
        "submitted_at": "2026-11-21T00:00:00Z",
    }


# What a config of one's own needs beside a script.
OWN = {"termination-method": "on-complete", "instance-type": "t3.micro"}


def job_of(deps: Deps, config: Any) -> Job:
    return Job.from_payload(part_of(run(an_event(config), deps), "job"))


def violations_of(deps: Deps, config: Any) -> list[str]:
    return violations_of_event(deps, an_event(config))


def violations_of_event(deps: Deps, event: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigInvalidError) as caught:
        run(event, deps)
    return str(caught.value).splitlines()[1:]


def test_an_empty_input_is_the_default_job(deps: Deps) -> None:
    job = job_of(deps, {})
    assert job.training_job_name == "stack"
    assert job.execution_arn == EXECUTION_ARN
    assert job.limits.time_limit_seconds == 3600


def test_the_config_at_the_buckets_root_goes_over_the_packaged_one(
    deps: Deps, aws: EmbeddedAws
) -> None:
    put_json(aws, "training-config.json", {"instance-type": "c5.large"})
    assert spec_of(job_of(deps, {})).instance_type == "c5.large"


def test_the_config_that_config_key_names_goes_over_the_one_at_the_root(
    deps: Deps, aws: EmbeddedAws
) -> None:
    put_json(aws, "training-config.json", {"instance-type": "c5.large", "volume-size-gib": 50})
    put_json(aws, "team/exp-7.json", {"instance-type": "m5.large"})
    job = job_of(deps, {"config-key": "team/exp-7.json"})
    assert spec_of(job).instance_type == "m5.large"
    assert spec_of(job).volume_size_gib == 50


def test_the_input_goes_over_every_other_layer(deps: Deps, aws: EmbeddedAws) -> None:
    put_json(aws, "team/exp-7.json", {"instance-type": "m5.large"})
    config = {"config-key": "team/exp-7.json", "instance-type": "r5.large"}
    assert spec_of(job_of(deps, config)).instance_type == "r5.large"


def test_a_config_of_ones_own_inherits_nothing_from_the_demo(deps: Deps, aws: EmbeddedAws) -> None:
    put_json(aws, "train.sh", b"#!/bin/sh\n")
    job = job_of(deps, {**OWN, "training-script-filename": "train.sh"})
    assert job.hyperparameters == {}
    assert job.limits.time_limit_seconds is None
    assert job.warnings == ()
    assert job.training_job_name == "stack"
    lines = violations_of(deps, {"training-script-filename": "train.sh"})
    assert [line.split(" ")[1] for line in lines] == ["/instance-type:", "/termination-method:"]


def test_the_teams_config_is_the_base_of_an_override_where_it_names_a_script(
    deps: Deps, aws: EmbeddedAws
) -> None:
    put_json(aws, "team.sh", b"#!/bin/sh\n")
    team = {**OWN, "training-script-filename": "team.sh", "instance-type": "c5.large"}
    put_json(aws, "training-config.json", team)
    job = job_of(deps, {"volume-size-gib": 50})
    assert spec_of(job).instance_type == "c5.large"
    assert job.required_script.filename == "team.sh"
    assert job.hyperparameters == {}


def test_a_config_that_the_command_has_uploaded_needs_a_script_of_its_own(
    deps: Deps, aws: EmbeddedAws
) -> None:
    put_json(aws, "uploads/iris-1/job.json", OWN)
    (line,) = violations_of(deps, {"config-key": "uploads/iris-1/job.json"})
    assert "/training-script-filename: found nothing" in line
    (line,) = violations_of_event(deps, {**an_event(OWN), "stands_alone": True})
    assert "/training-script-filename: found nothing" in line


@pytest.mark.parametrize("method", ["at-fixed-time", "around-cost-threshold"])
def test_a_method_without_its_limit_is_a_violation_over_the_demo_too(
    deps: Deps, method: str
) -> None:
    (line,) = violations_of(deps, {"termination-method": method})
    assert "/termination-options/" in line
    assert "found nothing" in line


def test_a_job_over_the_demo_is_not_warned_about_the_demos_limit(deps: Deps) -> None:
    assert job_of(deps, {"termination-method": "on-complete"}).warnings == ()


def test_durations_count_as_what_they_say(deps: Deps) -> None:
    config = {
        "termination-method": "at-fixed-time",
        "termination-options": {"time-limit": "1h30m", "save-grace-seconds": "2m"},
        "boot-timeout-seconds": "20m",
        "silence-timeout-seconds": "3h",
        "sync-interval-seconds": "10 min",
    }
    job = job_of(deps, config)
    assert job.limits.time_limit_seconds == 5400
    assert job.limits.save_grace_seconds == 120
    assert job.boot_timeout_seconds == 1200
    assert job.silence_timeout_seconds == 10_800
    assert job.sync_interval_seconds == 600


@pytest.mark.parametrize("key", ["team/exp-7.yaml", "team/exp-7.yml", "EXP.YAML"])
def test_a_config_key_of_yaml_is_a_violation_that_says_what_to_do(deps: Deps, key: str) -> None:
    (line,) = violations_of(deps, {"config-key": key})
    assert "parris run, which reads YAML and uploads JSON" in line


def test_a_config_key_that_leads_nowhere_is_a_violation(deps: Deps) -> None:
    (line,) = violations_of(deps, {"config-key": "team/none.json"})
    assert "/config-key" in line
    assert "the key of an existing config" in line


@pytest.mark.parametrize(
    "key", [None, 5, True, [], ["team/exp-7.json"], {}, {"a": 1}, "", "x" * 1025, "ä" * 513, "a\0b"]
)
def test_a_config_key_that_no_object_can_have_is_a_violation(deps: Deps, key: Json) -> None:
    (line,) = violations_of(deps, {"config-key": key})
    assert "/config-key: found" in line
    assert "a string of 1 to 1024 bytes" in line


@pytest.mark.parametrize("place", ["training-config.json", "team/exp-7.json"])
def test_a_config_that_names_another_config_is_a_violation(
    deps: Deps, aws: EmbeddedAws, place: str
) -> None:
    put_json(aws, "team/exp-7.json", {"instance-type": "m5.large"})
    put_json(aws, place, {"config-key": "team/other.json"})
    (line,) = violations_of(deps, {"config-key": "team/exp-7.json"})
    assert f"s3://{BUCKET}/{place}" in line
    assert "only the input of an execution can have this key" in line


def test_a_config_that_is_not_json_is_a_violation(deps: Deps, aws: EmbeddedAws) -> None:
    put_json(aws, "team/broken.json", b"{'single': 1}")
    (line,) = violations_of(deps, {"config-key": "team/broken.json"})
    assert "team/broken.json" in line


@pytest.mark.parametrize("config", [[], "text", 7, None])
def test_an_input_that_is_not_an_object_is_a_violation(deps: Deps, config: Any) -> None:
    (line,) = violations_of(deps, config)
    assert "{} runs the default job" in line


def test_violations_of_shape_of_meaning_of_script_and_of_price_come_together(deps: Deps) -> None:
    lines = violations_of(
        deps,
        {
            "termination-method": ["around-cost-threshold"],
            "instance-type": "mac2.metal",
            "training-script-filename": "nowhere.sh",
            "volume-size-gib": 1,
            "colour": "red",
        },
    )
    assert paths_in(lines) == {
        "/termination-options/cost-limit",
        "/instance-type",
        "/training-script-filename",
        "/volume-size-gib",
        "/colour",
    }


def paths_in(lines: list[str]) -> set[str]:
    return {line.split(" ")[1].rstrip(":") for line in lines}


def test_what_is_wrong_in_one_limit_hides_no_violation_of_another(deps: Deps) -> None:
    guarded = with_settings(deps, allows_unbounded_jobs=False)
    goal: Payload = {"metric": "loss", "direction": "down"}
    lines = violations_of(
        guarded,
        {
            "termination-method": ["at-clock-time", "around-cost-threshold", "at-fixed-time"],
            "termination-options": {
                "clock-time": "Fryday 18:00 Europe/Berlin",
                "time-limit": "1s",
                "save-grace-seconds": -5,
                "metric-goal": goal,
            },
            "metrics": {"bad!name": "x", "loss": "loss=.*"},
            "volume-size-gib": 1,
        },
    )
    assert paths_in(lines) == {
        "/termination-options/clock-time",
        "/termination-options/time-limit",
        "/termination-options/save-grace-seconds",
        "/termination-options/cost-limit",
        "/termination-options/metric-goal",
        "/termination-options/metric-goal/direction",
        "/metrics/bad!name",
        "/metrics/loss",
        "/volume-size-gib",
    }


@pytest.mark.parametrize("method", ["at-clok-time", ["at-clok-time", "at-fixed-time"], None])
def test_a_clock_time_is_read_whose_method_is_misspelled(deps: Deps, method: Json) -> None:
    options: Payload = {"clock-time": "Fryday 18:00 Europe/Berlin"}
    config: Payload = {"termination-method": method, "termination-options": options}
    lines = violations_of(deps, {**OWN, **config, "training-script-filename": "trainer-script.sh"})
    assert "did you mean Friday?" in " ".join(lines)


def test_a_job_without_a_limit_is_refused_whatever_is_wrong_with_its_machine(deps: Deps) -> None:
    guarded = with_settings(deps, allows_unbounded_jobs=False)
    config = {"termination-method": "on-complete", "instance-type": 5}
    assert paths_in(violations_of(guarded, config)) == {"/instance-type", "/termination-method"}


@pytest.mark.parametrize("options", [5, [], None])
def test_options_that_are_no_object_are_one_violation(deps: Deps, options: Json) -> None:
    config: Payload = {"termination-method": "at-fixed-time", "termination-options": options}
    lines = violations_of(deps, {**OWN, **config, "training-script-filename": "trainer-script.sh"})
    assert len(lines) == 1


def test_a_script_in_the_bucket_goes_before_the_packaged_one(deps: Deps, aws: EmbeddedAws) -> None:
    put_json(aws, "trainer-script.sh", b"#!/bin/sh\n")
    script = job_of(deps, {}).required_script
    assert script.source == f"s3://{BUCKET}/trainer-script.sh"
    assert script.sha256 == hashlib.sha256(b"#!/bin/sh\n").hexdigest()


def test_the_packaged_script_is_there_without_any_upload(deps: Deps) -> None:
    script = job_of(deps, {}).required_script
    packaged = Path("config/trainer-script.sh").read_bytes()
    assert script.sha256 == hashlib.sha256(packaged).hexdigest()


def test_a_packaged_name_cannot_lead_out_of_the_package(deps: Deps) -> None:
    (line,) = violations_of(deps, {**OWN, "training-script-filename": "../opt/trainer-script.sh"})
    assert "/training-script-filename" in line


@pytest.mark.parametrize(
    "name", ["team/bootstrap.sh", "job.json", "runner.py", "runner_log.py", "runner.zip"]
)
def test_a_script_with_the_name_of_one_of_the_machines_own_files_is_a_violation(
    deps: Deps, aws: EmbeddedAws, name: str
) -> None:
    put_json(aws, name, b"#!/bin/sh\n")
    (line,) = violations_of(deps, {**OWN, "training-script-filename": name})
    assert "another file name" in line


def test_the_price_comes_from_the_price_list(deps: Deps) -> None:
    rate = job_of(deps, {"instance-type": "c5.large"}).rate
    assert rate is not None
    assert {one.part: str(one.usd_per_unit) for one in rate.components} == {
        INSTANCE: "0.0850000000",
        VOLUME: "0.0800000000",
        PUBLIC_IPV4: "0.0050000000",
    }


def test_a_price_of_the_configs_own_goes_over_the_list(deps: Deps) -> None:
    rate = job_of(deps, {"hourly-price-usd": 1.5}).rate
    assert rate is not None
    instance, volume, _ = rate.components
    assert str(instance.usd_per_hour) == "1.5"
    assert volume.source == "AWS Price List, gp3 storage in us-east-1"


def test_an_unknown_price_refuses_a_cost_limit(deps: Deps) -> None:
    config = {
        "termination-method": "around-cost-threshold",
        "termination-options": {"cost-limit": 5},
        "instance-type": "mac2.metal",
    }
    (line,) = violations_of(deps, config)
    assert "/instance-type" in line
    assert "hourly-price-usd" in line


def test_an_unknown_price_does_not_refuse_a_time_limit(deps: Deps) -> None:
    assert job_of(deps, {"instance-type": "mac2.metal"}).rate is None


MINIMAL_TEMPLATE = {
    "Parameters": {"BucketName": {"Type": "String"}},
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
}


@pytest.mark.parametrize(
    "key", ["cloudformation-template-filename", "cloudformation_template_filename"]
)
def test_a_template_of_ones_own_is_taken_in_both_spellings(
    deps: Deps, aws: EmbeddedAws, key: str
) -> None:
    put_json(aws, "mine.json", MINIMAL_TEMPLATE)
    template = spec_of(job_of(deps, {key: "mine.json"})).template
    assert template is not None
    assert template.source == f"s3://{BUCKET}/mine.json"


def test_input_data_that_the_machine_cannot_read_is_a_violation(deps: Deps) -> None:
    configured = with_settings(deps, shared_folders=("team",))
    uris = [f"s3://{BUCKET}/team/x", f"s3://{BUCKET}/own/x", "s3://elsewhere/x"]
    lines = violations_of(configured, {"input-data": uris})
    assert [line.split(":")[0].split()[-1] for line in lines] == ["/input-data/1", "/input-data/2"]
    own = with_settings(configured, {"PARRIS_JOB_BOUNDARY_ARN": "arn:aws:iam::1:policy/boundary"})
    (line,) = violations_of(own, {"input-data": uris})
    assert "InputBuckets=elsewhere" in line


def test_an_input_that_is_no_uri_is_one_violation(deps: Deps) -> None:
    (line,) = violations_of(deps, {"input-data": ["s3://other-bucket/x\n"]})
    assert line.startswith('1. /input-data/0: found "s3://other-bucket/x\\n", expected an S3 URI')


def test_a_template_that_needs_what_nobody_gives_is_a_violation(
    deps: Deps, aws: EmbeddedAws
) -> None:
    template = {**MINIMAL_TEMPLATE, "Parameters": {"Colour": {"Type": "String"}}}
    put_json(aws, "mine.json", template)
    (line,) = violations_of(deps, {"cloudformation-template-filename": "mine.json"})
    assert "Colour" in line


def test_a_template_that_is_too_long_is_a_violation(deps: Deps, aws: EmbeddedAws) -> None:
    put_json(aws, "mine.json", {**MINIMAL_TEMPLATE, "Description": "x" * 52_000})
    (line,) = violations_of(deps, {"cloudformation-template-filename": "mine.json"})
    assert "at most 51200 bytes" in line


def test_a_template_that_is_not_there_is_a_violation(deps: Deps) -> None:
    (line,) = violations_of(deps, {"cloudformation-template-filename": "none.json"})
    assert "/cloudformation-template-filename" in line


def test_a_role_that_is_not_on_the_list_is_a_violation(deps: Deps) -> None:
    (line,) = violations_of(deps, {"instance-iam-role-name": "admin"})
    assert "AllowedTrainerRoleArns" in line


def test_an_allowed_role_is_taken(deps: Deps, aws: EmbeddedAws) -> None:
    allowing = with_settings(deps, {"PARRIS_ALLOWED_ROLE_ARNS": "arn:aws:iam::1:role/trainers"})
    assert spec_of(job_of(allowing, {"instance-iam-role-name": "trainers"})).role_name == "trainers"


def test_an_allowed_role_without_an_instance_profile_is_a_violation(deps: Deps) -> None:
    allowing = with_settings(deps, {"PARRIS_ALLOWED_ROLE_ARNS": "arn:aws:iam::1:role/stack-role"})
    (line,) = violations_of(allowing, {"instance-iam-role-name": "stack-role"})
    assert "instance profile" in line


ALIAS = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


def test_an_image_can_be_named_by_its_alias(deps: Deps) -> None:
    assert spec_of(job_of(deps, {"ami": ALIAS})).ami == ALIAS


def test_an_image_can_be_named_by_its_id(deps: Deps, aws: EmbeddedAws) -> None:
    image_id = aws.client("ssm").get_parameters(Names=[ALIAS])["Parameters"][0]["Value"]
    assert spec_of(job_of(deps, {"ami": image_id})).ami == image_id


@pytest.mark.parametrize("ami", ["ami-0123456789abcdef0", "/aws/service/none/such"])
def test_an_image_that_does_not_exist_is_a_violation(deps: Deps, ami: str) -> None:
    (line,) = violations_of(deps, {"ami": ami})
    assert "/ami" in line


def test_an_image_for_another_processor_is_a_violation(deps: Deps) -> None:
    (line,) = violations_of(deps, {"ami": ALIAS, "instance-type": ["t3.micro", "t4g.micro"]})
    assert "t4g.micro" in line
    assert "x86_64" in line


def test_a_config_that_would_burst_the_payload_is_a_violation(deps: Deps) -> None:
    (line,) = violations_of(deps, {"hyperparameters": {"table": "x" * 40_000}})
    assert "at most 32768 bytes" in line


def test_a_spot_job_pays_at_most_the_on_demand_price(deps: Deps) -> None:
    job = job_of(deps, {"purchase-option": "spot", "instance-type": "c5.large"})
    assert spec_of(job).is_spot
    assert job.has_variable_price
    assert job.rate is not None
    instance = job.rate.component(INSTANCE)
    assert instance is not None
    assert f"{instance.usd_per_hour:f}".startswith("0.085")


def test_a_spot_job_without_a_known_price_has_no_bid_and_is_refused(deps: Deps) -> None:
    (line,) = violations_of(deps, {"purchase-option": "spot", "instance-type": "mac2.metal"})
    assert "hourly-price-usd" in line


def test_a_spot_job_that_is_to_be_stopped_is_refused(deps: Deps) -> None:
    config = {"purchase-option": "spot", "on-termination": "stop-instance"}
    (line,) = violations_of(deps, config)
    assert "/on-termination" in line


def test_a_template_that_knows_no_spot_instances_is_refused_for_one(
    deps: Deps, aws: EmbeddedAws
) -> None:
    put_json(aws, "mine.json", MINIMAL_TEMPLATE)
    config = {"cloudformation-template-filename": "mine.json", "purchase-option": "spot"}
    (line,) = violations_of(deps, config)
    assert "PurchaseOption and SpotMaxPriceUsd" in line


def test_the_quote_comes_with_the_job(deps: Deps) -> None:
    config = {"instance-type": "t3.micro", "termination-method": "on-complete"}
    quote: Any = run(an_event(config), deps)["quote"]
    assert quote["is_bounded"] is False
    assert quote["machines"][0]["instance_type"] == "t3.micro"
    assert quote["words"].startswith("no limit set (the maximum of 8700 h applies): at most ")


def test_an_estimate_needs_no_script_in_the_bucket(deps: Deps) -> None:
    config = {**OWN, "training-script-filename": "on-my-disk.sh"}
    assert run({**an_event(config), "is_estimate": True}, deps)["quote"]
    assert len(violations_of(deps, config)) == 1


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("time-limit", 0),
        ("time-limit", -1),
        ("time-limit", "10"),
        ("time-limit", 8700.1),
        ("time-limit", 0.0001),
        ("time-limit", float("nan")),
        ("time-limit", float("inf")),
        ("cost-limit", 0),
        ("cost-limit", -1),
        ("cost-limit", "300"),
        ("cost-limit", 0.0001),
        ("cost-limit", float("nan")),
        ("cost-limit", 1e300),
        ("cost-limit", float("inf")),
    ],
)
def test_a_limit_that_is_none_is_refused_in_its_place(deps: Deps, option: str, value: Any) -> None:
    methods = {"time-limit": "at-fixed-time", "cost-limit": "around-cost-threshold"}
    config = {"termination-method": methods[option], "termination-options": {option: value}}
    lines = violations_of(deps, config)
    assert {line.split(" ")[1] for line in lines} == {f"/termination-options/{option}:"}


def test_a_ceiling_needs_a_price_whatever_the_method(deps: Deps) -> None:
    guarded = with_settings(deps, most_job_cost_usd=Decimal(5), allows_unbounded_jobs=False)
    config = {"termination-method": "on-complete", "instance-type": "mac2.metal"}
    paths = [line.split(" ")[1] for line in violations_of(guarded, config)]
    assert paths == ["/instance-type:", "/termination-method:"]


def test_a_job_over_the_deployments_ceiling_is_refused(deps: Deps) -> None:
    guarded = with_settings(deps, most_job_cost_usd=Decimal(5))
    (line,) = violations_of(guarded, {"termination-method": "on-complete"})
    assert "at most 5 USD for one job" in line


@pytest.mark.parametrize("body", [b"", "#!/bin/sh\n".encode("utf-16")])
def test_a_script_that_cannot_run_is_one_of_the_violations(
    deps: Deps, aws: EmbeddedAws, body: bytes
) -> None:
    put_json(aws, "team/train.sh", body)
    (violation,) = violations_of(deps, {**OWN, "training-script-filename": "team/train.sh"})
    assert violation.startswith("1. /training-script-filename: ")


def test_a_template_with_too_much_user_data_is_refused(deps: Deps, aws: EmbeddedAws) -> None:
    template = Path("templates/ec2-stack/training-stack.yaml").read_text()
    line = "          #!/bin/bash\n"
    put_json(
        aws, "own.yaml", template.replace(line, line + f"          # {'x' * 16_384}\n").encode()
    )
    (violation,) = violations_of(deps, {"cloudformation-template-filename": "own.yaml"})
    assert "user data of at most 16384 bytes" in violation


def test_a_goal_of_a_metric_says_which_values_end_the_job(deps: Deps) -> None:
    goal: Payload = {"metric": "loss", "direction": "minimize"}
    config: Payload = {"instance-type": "t3.micro", "termination-method": "on-metric"}
    (line,) = violations_of(deps, config)
    assert "/termination-options/metric-goal: found nothing" in line
    (line,) = violations_of(deps, {**config, "termination-options": {"metric-goal": goal}})
    assert "expected a target, patience-reports, or both" in line
    goal["target"] = 0.1
    job = job_of(deps, {**config, "termination-options": {"metric-goal": goal}})
    assert job.metric_goal == goal
    unused: Payload = {"metric-goal": goal}
    other = job_of(deps, {"termination-method": "on-complete", "termination-options": unused})
    assert other.metric_goal == {}
    assert "metric-goal is set to" in other.warnings[0]


def test_a_goal_whose_metric_is_nearly_one_of_the_configs_is_warned_about(deps: Deps) -> None:
    goal: Payload = {"metric": "vall_loss", "direction": "minimize", "target": 0.1}
    config: Payload = {
        "termination-method": "on-metric",
        "termination-options": {"metric-goal": goal},
        "metrics": {"val_loss": "loss ([0-9.]+)"},
    }
    (warning,) = job_of(deps, config).warnings
    assert "did you mean val_loss?" in warning
    goal["metric"] = "accuracy"
    assert job_of(deps, config).warnings == ()


def test_a_clock_time_is_read_once_when_the_run_starts(deps: Deps) -> None:
    options: Payload = {"clock-time": "Friday 18:00 Europe/Berlin"}
    config: Payload = {"termination-method": ["at-clock-time"], "termination-options": options}
    job = job_of(deps, config)
    assert job.limits.clock_time == "2026-11-27T17:00:00.000Z"
    assert job.limits.clock_limit_seconds == 6 * 86_400 + 17 * 3600
    assert job.config["termination-options"] == options
    options["clock-time"] = "2026-11-20 18:00 Europe/Berlin"
    (line,) = violations_of(deps, config)
    assert "a time after 2026-11-21 00:00:00 UTC, which is now" in line
    del options["clock-time"]
    (line,) = violations_of(deps, config)
    assert "/termination-options/clock-time: found nothing" in line


def test_a_hang_has_defaults_for_what_the_config_leaves_out(deps: Deps) -> None:
    config: Payload = {"termination-method": ["no-progress", "on-complete"]}
    defaults = {"step_intervals": 3, "floor_seconds": 60, "warm_up_seconds": 3600}
    assert job_of(deps, config).no_progress == {**defaults, "is_retried": False}
    config["termination-options"] = {"no-progress": {"floor-seconds": "5m", "retry": True}}
    found = job_of(deps, config).no_progress
    assert found == {**defaults, "floor_seconds": 300, "is_retried": True}
    other = job_of(deps, {**config, "termination-method": "on-complete"})
    assert other.no_progress == {}
    assert "no-progress is set to" in other.warnings[0]


def test_metrics_in_cloudwatch_are_warned_about_since_they_cost(deps: Deps) -> None:
    assert job_of(deps, {"cloudwatch-metrics": False}).warnings == ()
    (warning,) = job_of(deps, {"cloudwatch-metrics": True}).warnings
    assert "0.30 USD for each metric and month" in warning
