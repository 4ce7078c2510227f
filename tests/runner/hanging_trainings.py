"""Simulated trainings that print, pause and hang: seeded, in virtual time."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

WARM_UP_SECONDS = 3600.0
FEWEST_OF_A_KIND = 5


@dataclass
class Pauses:
    """Pauses of one kind: after so many steps, after so much time, or at random.

    `count` is how many of them there have been.
    """

    seconds: float
    steps: int = 0
    every_seconds: float = 0.0
    chance: float = 0.0
    next_at: float = 0.0
    count: int = 0

    def length_after(self, step: int, now: float, draw: random.Random) -> float:
        """Return how long the pause is that follows a step; 0 if none does."""
        is_due = bool(self.steps) and step % self.steps == 0
        is_due = is_due or (bool(self.every_seconds) and now >= self.next_at)
        is_due = is_due or draw.random() < self.chance
        if not is_due:
            return 0.0
        self.count += 1
        length = self.seconds * draw.uniform(0.8, 1.25)
        self.next_at = now + length + self.every_seconds
        return length


@dataclass
class Training:
    """A training. It prints so many `lines` after each step, and hangs from `hangs_at` on."""

    seed: int
    step_seconds: float
    noise: float
    lines: int
    loading_seconds: float
    pauses: list[Pauses]
    hangs_at: float

    @property
    def has_pattern(self) -> bool:
        """Return whether all of its pauses recur after so many steps, or so much time."""
        return not any(one.chance for one in self.pauses)

    def signs(self) -> Iterator[tuple[float, int, float]]:
        """Yield when it prints, how many lines, and how long the pause is that would follow."""
        draw, now = random.Random(self.seed), 0.0
        for _ in range(draw.randint(0, 8)):
            yield now, draw.randint(1, 5), 0.0
            now += draw.uniform(0.0, 2.0)
        now += self.loading_seconds
        pauses = [replace(one, next_at=now + one.every_seconds) for one in self.pauses]
        step = 0
        while now < self.hangs_at:
            step += 1
            now += self.step_seconds * math.exp(draw.gauss(0.0, self.noise))
            pause = sum(one.length_after(step, now, draw) for one in pauses)
            yield now, self.lines, pause
            now += pause
        self.pauses = pauses


def a_training(seed: int) -> Training:
    """Return one of many trainings, whose warm-up has each kind of pause five times."""
    draw = random.Random(seed)
    while True:
        found = _drawn(seed, draw)
        warm_up = replace(found, hangs_at=WARM_UP_SECONDS)
        for _ in warm_up.signs():
            pass
        if all(one.count >= FEWEST_OF_A_KIND for one in warm_up.pauses):
            return found


def _drawn(seed: int, draw: random.Random) -> Training:
    step_seconds = _between(draw, 0.5, 60.0)
    most_steps = max(6, int(WARM_UP_SECONDS / 5 / step_seconds))
    pauses = []
    if draw.random() < 0.9:  # evaluation
        pauses.append(Pauses(_between(draw, 5, 400), steps=draw.randint(5, most_steps)))
    kind = draw.random()
    if kind < 0.5:  # a checkpoint after so many steps
        pauses.append(Pauses(_between(draw, 2, 200), steps=draw.randint(5, most_steps)))
    elif kind < 0.8:  # a checkpoint after so much time
        pauses.append(Pauses(_between(draw, 2, 200), every_seconds=draw.uniform(200, 720)))
    if draw.random() < 0.15:  # data that is loaded now and then
        pauses.append(Pauses(draw.uniform(5, 200), chance=draw.uniform(0.005, 0.03)))
    return Training(
        seed=seed,
        step_seconds=step_seconds,
        noise=draw.uniform(0.02, 0.3),
        lines=draw.randint(1, 3),
        loading_seconds=draw.choice([0.0, draw.uniform(10, 900)]),
        pauses=pauses,
        hangs_at=draw.uniform(1.5, 4.0) * WARM_UP_SECONDS,
    )


def _between(draw: random.Random, least: float, most: float) -> float:
    return math.exp(draw.uniform(math.log(least), math.log(most)))
