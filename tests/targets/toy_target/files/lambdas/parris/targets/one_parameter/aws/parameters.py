"""Systems Manager: the parameters that this target's jobs run on, with their tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_ssm import SSMClient

_KIND: Final = "Parameter"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter, its value and its tags."""

    name: str
    value: str
    tags: Mapping[str, str]


class Parameters:
    """The parameters below one path."""

    def __init__(self, client: SSMClient) -> None:
        self._client = client

    @translates_errors
    def find(self, name: str) -> Parameter | None:
        """Return the parameter of that name, None where there is none."""
        try:
            value = self._client.get_parameter(Name=name)["Parameter"]["Value"]
            return Parameter(name, value, self._tags(name))
        except ClientError as err:
            if code_of(err) in ("ParameterNotFound", "InvalidResourceId"):
                return None
            raise

    @translates_errors
    def below(self, path: str) -> tuple[Parameter, ...]:
        """Return every parameter below a path."""
        return tuple(found for name in self._names(path) if (found := self.find(name)))

    def _names(self, path: str) -> Iterator[str]:
        pages = self._client.get_paginator("get_parameters_by_path")
        for page in pages.paginate(Path=path, Recursive=True):
            yield from (one["Name"] for one in page["Parameters"])

    @translates_errors
    def create(self, name: str, value: str, tags: Mapping[str, str]) -> None:
        """Make a parameter; one that is there already stays as it is."""
        try:
            self._client.put_parameter(
                Name=name,
                Value=value,
                Type="String",
                Tags=[{"Key": key, "Value": tag} for key, tag in tags.items()],
            )
        except ClientError as err:
            if code_of(err) != "ParameterAlreadyExists":
                raise

    @translates_errors
    def write(self, name: str, value: str) -> None:
        """Change what a parameter says."""
        self._client.put_parameter(Name=name, Value=value, Overwrite=True)

    @translates_errors
    def tag(self, name: str, key: str, value: str) -> None:
        """Put a tag on a parameter."""
        tags = [{"Key": key, "Value": value}]
        self._client.add_tags_to_resource(ResourceType=_KIND, ResourceId=name, Tags=tags)

    @translates_errors
    def untag(self, name: str, key: str) -> None:
        """Take a tag off a parameter."""
        self._client.remove_tags_from_resource(ResourceType=_KIND, ResourceId=name, TagKeys=[key])

    @translates_errors
    def delete(self, name: str) -> None:
        """Delete a parameter; "already gone" is success."""
        try:
            self._client.delete_parameter(Name=name)
        except ClientError as err:
            if code_of(err) != "ParameterNotFound":
                raise

    def _tags(self, name: str) -> dict[str, str]:
        listed = self._client.list_tags_for_resource(ResourceType=_KIND, ResourceId=name)
        return {tag["Key"]: tag["Value"] for tag in listed.get("TagList", [])}
