from embedded_aws import EmbeddedAws


def test_images_for_instances_are_there_and_those_for_ecs_are_not(aws: EmbeddedAws) -> None:
    names = [one.get("Name", "") for one in aws.client("ec2").describe_images()["Images"]]
    assert any(name.startswith("al2023-ami-") for name in names)
    assert any(name.startswith("ubuntu/images/") for name in names)
    assert not any("ecs" in name for name in names)
