"""Where a sweep's files are in the training bucket."""

from __future__ import annotations

from dataclasses import dataclass

SWEEPS = "sweeps"
"""Only functions write to this folder."""


@dataclass(frozen=True, slots=True)
class SweepFolder:
    """The keys of one sweep."""

    bucket: str
    sweep_name: str
    sweep_id: str

    @property
    def prefix(self) -> str:
        """Return `sweeps/<sweep-name>/<sweep-id>`, without a trailing slash."""
        return f"{SWEEPS}/{self.sweep_name}/{self.sweep_id}"

    @property
    def config_key(self) -> str:
        """Return the key of the sweep's config."""
        return f"{self.prefix}/sweep.json"

    @property
    def trials_key(self) -> str:
        """Return the key of the list of trials that the map state reads."""
        return f"{self.prefix}/trials.json"

    @property
    def map_prefix(self) -> str:
        """Return the prefix where the map state writes its results, without a trailing slash."""
        return f"{self.prefix}/map"

    @property
    def record_key(self) -> str:
        """Return the key of the sweep's record, which lists all trials."""
        return f"{self.prefix}/record.json"

    @property
    def best_config_key(self) -> str:
        """Return the key of the training config of the best trial, ready to run."""
        return f"{self.prefix}/best-config.json"

    @property
    def uri(self) -> str:
        """Return the S3 URI of the folder, with a trailing slash."""
        return f"s3://{self.bucket}/{self.prefix}/"
