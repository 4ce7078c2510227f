"""An AWS on 127.0.0.1, for tests and for people without an account.

Importing the package imports neither moto nor boto3, which takes most of a second: what can start
before them starts meanwhile.
"""

from typing import TYPE_CHECKING, Any

from embedded_aws.speed import lean_imports
from embedded_aws.speed.garbage import importing

if TYPE_CHECKING:
    from embedded_aws.context import Settings
    from embedded_aws.server import EmbeddedAws

__version__ = "0.2.0"
__all__ = ["EmbeddedAws", "Settings"]

lean_imports.install()


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with importing():
        lean_imports.import_lean()
        from embedded_aws.context import Settings
        from embedded_aws.server import EmbeddedAws

    globals().update(EmbeddedAws=EmbeddedAws, Settings=Settings)
    return globals()[name]
