"""Uploads the local files that a template refers to, and replaces the paths."""

import copy
import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from embedded_aws.packaging.archive import zip_folder
from embedded_aws.packaging.build_layer import build_layer, layer_to_build

Upload = Callable[[str, bytes], None]
_REMOTE = ("s3://", "http://", "https://")
_LOCAL_PROPERTIES = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}


def local_sources(template: Mapping[str, Any], folder: Path) -> Iterator[Path]:
    """Yield each file and folder on this disk that a template packages.

    Args:
        template: as `read_template` returns it.
        folder: the template's folder.
    """
    common = template.get("Globals", {}).get("Function", {}).get("CodeUri")
    resources = [(one["Type"], one.get("Properties", {})) for one in template["Resources"].values()]
    found = (properties.get(_LOCAL_PROPERTIES.get(kind, "")) for kind, properties in resources)
    places = (local_path(value, folder) for value in (common, *found))
    yield from sorted({place for place in places if place is not None})


def local_path(value: object, folder: Path) -> Path | None:
    """Return the path that a property names; None if it is not one of this disk."""
    if not isinstance(value, str) or value.startswith(_REMOTE):
        return None
    return (folder / value).resolve()


class Packager:
    """Packages one template, as `sam build` and `sam package` would."""

    def __init__(self, folder: Path, bucket: str, upload: Upload) -> None:
        """Store the base folder of local paths, and how to upload.

        Args:
            folder: the template's folder.
            bucket: the bucket that `upload` puts into.
            upload: stores bytes under a key.
        """
        self._folder = folder
        self._bucket = bucket
        self._upload = upload
        self._packaged: dict[Path, str] = {}

    def package(self, template: dict[str, Any]) -> dict[str, Any]:
        """Return the template with every local path replaced by the place of its upload."""
        packaged = copy.deepcopy(template)
        global_function = packaged.get("Globals", {}).get("Function", {})
        self._package_code(global_function, "CodeUri")
        for logical_id, resource in packaged["Resources"].items():
            self._package_resource(logical_id, resource)
        return packaged

    def _package_resource(self, logical_id: str, resource: dict[str, Any]) -> None:
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            self._package_code(properties, "CodeUri")
        elif resource["Type"] == "AWS::Serverless::LayerVersion":
            self._package_layer(logical_id, resource)
        elif resource["Type"] == "AWS::Serverless::StateMachine":
            self._package_definition(properties)

    def _package_code(self, properties: dict[str, Any], name: str) -> None:
        source = local_path(properties.get(name), self._folder)
        if source is not None:
            if (source / "requirements.txt").is_file():
                raise NotImplementedError(
                    f"{source} has a requirements.txt: the embedded AWS copies functions as they "
                    "are, and builds layers with BuildMethod makefile only"
                )
            properties[name] = self._store_once(source, lambda: zip_folder(source))

    def _package_layer(self, logical_id: str, resource: dict[str, Any]) -> None:
        properties = resource["Properties"]
        source = local_path(properties.get("ContentUri"), self._folder)
        if source is None:
            return
        metadata = resource.get("Metadata", {})
        method = metadata.get("BuildMethod")
        if method not in (None, "makefile"):
            raise NotImplementedError(f"{logical_id}: BuildMethod {method} is not modelled")
        if method == "makefile" and metadata.get("EmbeddedAws") == "build-when-used":
            properties["ContentUri"] = self._store(layer_to_build(logical_id, source), ".zip")
        elif method == "makefile":
            properties["ContentUri"] = self._store(build_layer(logical_id, source), ".zip")
        else:
            properties["ContentUri"] = self._store_once(source, lambda: zip_folder(source))

    def _package_definition(self, properties: dict[str, Any]) -> None:
        source = local_path(properties.get("DefinitionUri"), self._folder)
        if source is not None:
            uri = self._store(source.read_bytes(), source.suffix)
            properties["DefinitionUri"] = uri

    def _store_once(self, source: Path, read: Callable[[], bytes]) -> str:
        if source not in self._packaged:
            self._packaged[source] = self._store(read(), ".zip")
        return self._packaged[source]

    def _store(self, content: bytes, suffix: str) -> str:
        key = f"{hashlib.sha256(content).hexdigest()[:32]}{suffix}"
        self._upload(key, content)
        return f"s3://{self._bucket}/{key}"
