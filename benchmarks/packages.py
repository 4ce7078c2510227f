"""The zipped sizes of the uploaded packages."""

from dataclasses import dataclass

from benchmarks.bench_aws import BenchAws

# The embedded AWS builds it when it is first used. docs/sweeps.md has its size.
_BUILT_WHEN_USED = "SearchLayer"


@dataclass(frozen=True, slots=True)
class Package:
    """One upload and its zipped size in bytes."""

    name: str
    zipped_bytes: int


def measure_packages(bench: BenchAws) -> list[Package]:
    """Return the package that all functions share, and their layers."""
    found: dict[str, int] = {}
    for name in bench.functions.values():
        configuration = bench.account.functions.get_function(FunctionName=name)["Configuration"]
        found[f"functions, {configuration['CodeSha256'][:6]}"] = configuration["CodeSize"]
        for layer in configuration.get("Layers", []):
            layer_name = layer["Arn"].split(":")[-2]
            if not layer_name.startswith(_BUILT_WHEN_USED):
                found[layer_name] = layer["CodeSize"]
    return [Package(name, size) for name, size in sorted(found.items())]
