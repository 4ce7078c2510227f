"""One engine beside the embedded one: what differs, and what of it the ledger does not explain."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.second_engine.deployment import DEPLOYMENT_CASES, layers_root, observe_deployment
from tests.second_engine.engines import Engine, client_of, running_engine
from tests.second_engine.ledger import Ledger, unexplained
from tests.second_engine.observe import Observation, differences_between, observe_cases
from tests.second_engine.suites import MOCK_CASES
from tests.second_engine.traits import without_traits


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was compared, what differs by case, and the lines that need attention."""

    what: str
    seen: Mapping[str, Mapping[str, str]]
    unexplained: list[str]

    @property
    def agreeing(self) -> int:
        """Return in how many cases nothing differs."""
        return sum(not one for one in self.seen.values())


def compare_cases(
    engine: Engine, expected: Mapping[str, Observation], ledger: Ledger, folder: Path
) -> list[Comparison]:
    """Run the mock cases on an engine and compare what was seen.

    A case that is not as the ledger says is run once more, alone: an engine on a busy machine
    answers late, and a task of it then times out.
    """
    known, traits = ledger.known_of(engine.name), ledger.traits_of(engine.name)
    with running_engine(engine, folder) as address:
        client = client_of(address, "stepfunctions")
        observed = observe_cases(client, MOCK_CASES, engine.at_once)
        seen = _differing(expected, observed, traits)
        again = [case for case in seen if dict(known.get(case, {})) != seen[case]]
        observed |= observe_cases(client, again, at_once=1)
    seen = _differing(expected, observed, traits)
    lines = unexplained(known, seen)
    for trait in traits:
        others = tuple(one for one in traits if one != trait)
        if _differing(expected, observed, others) == seen:
            lines.append(f"vanished: {trait}: nothing shows it any more; take it out")
    return [Comparison(f"{engine.name}, mock cases", seen, lines)]


def compare_deployment(engine: Engine, ledger: Ledger, folder: Path) -> Comparison:
    """Deploy the template into an engine, run it and compare what was seen with AWS's own way."""
    settings = {"LAMBDA_LAYERS_ROOT": str(layers_root(folder / "layers"))}
    with running_engine(engine, folder / "engine", settings) as address:
        observed = observe_deployment(engine, address, folder / "sam")
    seen = {
        case: {} if observed.get(case) == wanted else {"seen": observed.get(case, "nothing")}
        for case, wanted in DEPLOYMENT_CASES.items()
    }
    known = ledger.known_of(engine.name)
    return Comparison(f"{engine.name}, deployment", seen, unexplained(known, seen))


def _differing(
    expected: Mapping[str, Observation],
    observed: Mapping[str, Observation],
    traits: tuple[str, ...],
) -> dict[str, dict[str, str]]:
    return {
        case: differences_between(
            without_traits(expected[case], traits), without_traits(observed[case], traits)
        )
        for case in expected
    }
