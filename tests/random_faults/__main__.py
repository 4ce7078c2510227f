"""`make random-faults`: drawn rehearsals, each with two to four faults, and what must hold of each.

`python -m tests.random_faults --seed 7 --count 200` tries 200 of seed 7; `--only 17` one of them.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence

from parris_cli.rehearsal.run_rehearsal import virtual_deployment
from parris_cli.terminal.screen import Screen
from tests.random_faults.check import problems_of
from tests.random_faults.draw import draw
from tests.random_faults.rehearse import Rehearsed, rehearse_drawn

DEFAULT_COUNT = 200
_EVERY = 20


def main() -> int:
    """Try drawn rehearsals, print what does not hold and a summary; 1 where something does not."""
    arguments = argparse.ArgumentParser(prog="python -m tests.random_faults", description=__doc__)
    arguments.add_argument("--seed", type=int, required=True, help="of the drawing")
    arguments.add_argument("--count", type=int, default=DEFAULT_COUNT, help="how many are tried")
    arguments.add_argument("--first", type=int, default=0, help="the number of the first")
    arguments.add_argument("--only", type=int, help="the number of one rehearsal, tried alone")
    asked = arguments.parse_args()
    if asked.only is not None:
        return try_numbers(asked.seed, [asked.only], is_each_shown=True)
    return try_numbers(asked.seed, range(asked.first, asked.first + asked.count))


def try_numbers(seed: int, numbers: Sequence[int], *, is_each_shown: bool = False) -> int:
    """Try rehearsals of a seed and return the exit code."""
    began, reasons, wrong, waiting = time.perf_counter(), Counter[str](), list[int](), list(numbers)
    most_events = 0
    while waiting:
        # What went wrong may have left something that would disturb the next one.
        with virtual_deployment(Screen(sys.stderr)) as deployment:
            while waiting:
                number = waiting.pop(0)
                drawn = draw(seed, number)
                try:
                    one = rehearse_drawn(deployment, drawn)
                    problems = problems_of(one)
                    reasons[str(one.reason)] += 1
                    most_events = max(most_events, one.history_events)
                except Exception as err:
                    one, problems = None, [f"broke: {type(err).__name__}: {err}"]
                if problems or is_each_shown:
                    _print(seed, number, one, problems)
                if problems:
                    wrong.append(number)
                    break
                if (len(numbers) - len(waiting)) % _EVERY == 0:
                    print(f"{len(numbers) - len(waiting)} of {len(numbers)} tried", flush=True)
    counts = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    print(
        f"\nseed {seed}: {len(numbers)} rehearsals in {time.perf_counter() - began:.0f} s: {counts}"
    )
    print(f"the longest history has {most_events} events")
    print(f"{len(wrong)} wrong: {', '.join(map(str, wrong))}" if wrong else "all invariants held")
    return 1 if wrong else 0


def _print(seed: int, number: int, one: Rehearsed | None, problems: list[str]) -> None:
    print(f"\n{number}: {draw(seed, number).in_words()}")
    if one is not None:
        print(f"  ended {one.reason}: {one.cause[:300]}")
    if one is not None:
        print(f"  {one.in_figures()}")
    for problem in problems:
        print(f"  WRONG {problem}")
    print(f"  again: make random-faults SEED={seed} ONLY={number}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
