"""moto's server compiles what builds a URL from a route only when a URL is built.

werkzeug writes and compiles two functions for each route. moto reads requests with its routes, and
never builds a URL with most of them.
"""

from typing import Any

from werkzeug.routing import Rule

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the routes."""
    wrap(Rule, "_compile_builder", _make_compile_builder)


def _make_compile_builder(original: Any) -> Any:
    def compile_builder(self: Rule, append_unknown: bool = True) -> Any:
        def build(rule: Rule, **named: Any) -> Any:
            built = original(self, append_unknown).__get__(rule, None)
            setattr(rule, "_build_unknown" if append_unknown else "_build", built)
            return built(**named)

        return build

    return compile_builder
