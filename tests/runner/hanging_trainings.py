"""Simulated trainings that print, pause and hang: seeded, in virtual time."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from statistics import median

WARM_UP_SECONDS = 3600.0
FEWEST_OF_A_KIND, FEWEST_LINES = 5, 60
STRAGGLER_TIMES = 10.0
_RECENT, _RECENT_GROWING = 51, 9
MOST_GROWTH = 4.0


@dataclass
class Pauses:
    """Pauses of one kind: after so many steps, after so much time, or at random.

    Args:
        name: of what they are.
        seconds: their usual length.
        steps: after so many steps each, or 0.
        every_seconds: after so much time each, or 0.
        from_end: whether that time counts from the end of the last one.
        chance: with this probability after each step.
        growth: by which share of that each one is longer than the one before.
        says_before: what is printed when one begins; `#` is its number.
        says_after: what is printed when one ends.
    """

    name: str
    seconds: float
    steps: int = 0
    every_seconds: float = 0.0
    from_end: bool = True
    chance: float = 0.0
    growth: float = 0.0
    says_before: str = ""
    says_after: str = ""
    next_at: float = 0.0
    lengths: list[float] = field(default_factory=list)

    def length_after(self, step: int, now: float, draw: random.Random) -> float:
        """Return how long the pause is that follows a step; 0 if none does."""
        is_due = bool(self.steps) and step % self.steps == 0
        is_due = is_due or (bool(self.every_seconds) and now >= self.next_at)
        is_due = is_due or draw.random() < self.chance
        if not is_due:
            return 0.0
        usual = self.seconds * min(MOST_GROWTH, 1 + self.growth * len(self.lengths))
        length = usual * draw.uniform(0.8, 1.25)
        self.lengths.append(length)
        self.next_at = now + self.every_seconds + (length if self.from_end else 0.0)
        return length

    @property
    def usual_seconds(self) -> float:
        """Return the median length of the last ones."""
        return median(self.lengths[-(_RECENT_GROWING if self.growth else _RECENT) :])

    @property
    def is_announced(self) -> bool:
        """Return whether a line says that one begins."""
        return bool(self.says_before)


@dataclass
class Silence:
    """What follows a line until the next one: steps, and pauses of some kinds."""

    at: float
    lines: list[str]
    pauses: list[Pauses] = field(default_factory=list)
    is_of_steps: bool = False


@dataclass
class Training:
    """A training.

    Args:
        seed: of all that is drawn while it runs.
        step_seconds: the usual time of a step.
        noise: of that time.
        log_steps: it prints after so many steps.
        says: what it prints then.
        speaks: what it says of its pauses.
        loading_seconds: before its first step.
        straggler_chance: that a step takes ten times as long.
        warning_chance: that a warning follows what it prints at a step.
        pauses: its pauses.
        hangs_at: when it hangs.
        hangs_in_pause: whether it hangs in the next pause after that.
    """

    seed: int
    step_seconds: float
    noise: float
    log_steps: int
    says: list[str]
    speaks: str
    loading_seconds: float
    straggler_chance: float
    warning_chance: float
    pauses: list[Pauses]
    hangs_at: float
    hangs_in_pause: bool
    straggler_count: int = 0

    @property
    def has_pattern(self) -> bool:
        """Return whether each pause recurs after so many steps or so much time, or is announced."""
        return not self.has_slow_stragglers and not any(
            one.chance and not one.is_announced for one in self.pauses
        )

    @property
    def has_slow_stragglers(self) -> bool:
        """Return whether a step that takes ten times as long may be longer than a hang may be."""
        extra_seconds = (STRAGGLER_TIMES * 1.5 - 1) * self.step_seconds
        return bool(self.straggler_chance) and extra_seconds > self.usual_seconds + 30

    @property
    def is_announced(self) -> bool:
        """Return whether a line says that a pause begins, at each of its pauses."""
        return all(one.is_announced for one in self.pauses)

    @property
    def usual_seconds(self) -> float:
        """Return the usual time between two lines of steps."""
        return self.step_seconds * self.log_steps

    def silences(self) -> Iterator[Silence]:
        """Yield the lines, each with the pauses that follow; the last one hangs."""
        draw, now = random.Random(self.seed), 0.0
        for _ in range(draw.randint(0, 8)):
            yield Silence(now, [f"loaded module {draw.randint(1, 99)}"] * draw.randint(1, 5))
            now += draw.uniform(0.0, 2.0)
        now += self.loading_seconds
        pauses = [replace(one, next_at=now + one.every_seconds, lengths=[]) for one in self.pauses]
        self.pauses, self.straggler_count = pauses, 0
        waiting = Silence(now, ["training begins"])
        step = 0
        while True:
            step += 1
            seconds = self.step_seconds * math.exp(draw.gauss(0.0, self.noise))
            if draw.random() < self.straggler_chance:
                seconds *= STRAGGLER_TIMES
                self.straggler_count += 1
            if now + seconds >= self.hangs_at and not self.hangs_in_pause:
                yield waiting
                return
            now += seconds
            if step % self.log_steps == 0:
                yield waiting
                waiting = Silence(now, self._lines(step, draw), is_of_steps=True)
            has_hung = False
            for one in pauses:
                length = one.length_after(step, now, draw)
                if not length:
                    continue
                if has_hung and one.says_before:
                    break
                if one.says_before:
                    text = _numbered(one.says_before, step, len(one.lengths))
                    yield waiting
                    waiting = Silence(now, [text])
                waiting.pauses.append(one)
                has_hung = has_hung or now + length >= self.hangs_at
                now += length
                if has_hung and one.says_after:
                    break
                if one.says_after:
                    yield waiting
                    waiting = Silence(now, [_numbered(one.says_after, step, len(one.lengths))])
            if has_hung:
                yield waiting
                return

    def _lines(self, step: int, draw: random.Random) -> list[str]:
        values = {"step": step, "loss": round(5 / step**0.5 * draw.uniform(0.9, 1.1), 6)}
        lines = [one.format(**values) for one in self.says]
        if draw.random() < self.warning_chance:
            lines.append(f"warning: gradients overflow, the scale is now {draw.randint(1, 99)}")
        return lines


def _numbered(text: str, step: int, count: int) -> str:
    return text.format(step=step, count=count)


# What a training says of its pauses: nothing at all, something of some, when each begins, or
# its phases.
SILENT, PARTLY, ANNOUNCED, PHASES = "silent", "partly", "announced", "phases"
_STEP_LINES = (
    ["step={step} loss={loss}"],
    ["Epoch 1 [{step}/100000] loss {loss}"],
    ["loss: {loss}"],
    ["step {step}", "  learning rate 0.001", "  loss {loss}"],
    [" 45%|####      | {step}/9000 [01:02<03:04,  1.21it/s]"],
)
_SAYS = {
    "evaluation": ("Evaluating on 5000 samples", "eval loss={count}.5"),
    "epoch": ("epoch {count} ends, evaluating", "epoch {count} begins"),
    "checkpoint": ("Saving model to checkpoint-{step}", "Saved checkpoint-{step}"),
    "loading": ("Loading shard {count} of the data", "Loaded shard {count}"),
}


def a_training(seed: int) -> Training:
    """Return one of many trainings, whose warm-up has each kind of pause five times."""
    draw = random.Random(seed)
    while True:
        found = _drawn(seed, draw)
        warm_up = replace(found, hangs_at=WARM_UP_SECONDS, hangs_in_pause=False)
        lines = sum(len(one.lines) for one in warm_up.silences())
        counts = [len(one.lengths) for one in warm_up.pauses]
        if found.has_slow_stragglers:
            counts.append(warm_up.straggler_count)
        if lines >= FEWEST_LINES and all(one >= FEWEST_OF_A_KIND for one in counts):
            return found


def _drawn(seed: int, draw: random.Random) -> Training:
    log_steps = draw.choice([1, 1, 1, 5, 10, 50])
    step_seconds = _between(draw, max(0.5, 0.3 * log_steps), 60.0) / log_steps
    most_steps = max(6, int(WARM_UP_SECONDS / 5 / step_seconds))
    pauses = _drawn_pauses(draw, log_steps, max(most_steps, 6 * log_steps))
    speaks = draw.choices([SILENT, PARTLY, ANNOUNCED, PHASES], [50, 20, 15, 15])[0]
    return Training(
        seed=seed,
        step_seconds=step_seconds,
        noise=draw.uniform(0.02, 0.3),
        log_steps=log_steps,
        says=draw.choice(_STEP_LINES),
        speaks=speaks,
        loading_seconds=draw.choice([0.0, draw.uniform(10, 900)]),
        straggler_chance=draw.uniform(0.001, 0.02) if draw.random() < 0.15 else 0.0,
        warning_chance=draw.uniform(0.005, 0.05) if draw.random() < 0.3 else 0.0,
        pauses=[_with_lines(one, speaks, draw) for one in pauses],
        hangs_at=draw.uniform(1.5, 4.0) * WARM_UP_SECONDS,
        hangs_in_pause=bool(pauses) and draw.random() < 0.3,
    )


def _drawn_pauses(draw: random.Random, log_steps: int, most_steps: int) -> list[Pauses]:
    found = []
    kind = draw.random()
    if kind < 0.6:
        found.append(Pauses("evaluation", _between(draw, 5, 400)))
        found[0].steps = _steps(draw, log_steps, most_steps)
    elif kind < 0.9:  # at the end of an epoch, whose length is any number
        found.append(Pauses("epoch", _between(draw, 5, 400), steps=draw.randint(5, most_steps)))
        if draw.random() < 0.3:
            loading = Pauses("loading", draw.uniform(5, 200), steps=found[0].steps)
            found.append(loading)
    if found and draw.random() < 0.2:
        found[0].growth = draw.uniform(0.0, 0.05)
    kind = draw.random()
    if kind < 0.5:
        checkpoint = Pauses("checkpoint", _between(draw, 2, 200))
        checkpoint.steps = _steps(draw, log_steps, most_steps)
        found.append(checkpoint)
    elif kind < 0.8:
        every_seconds = draw.choice([600.0, draw.uniform(200, 720)])
        checkpoint = Pauses("checkpoint", _between(draw, 2, 200), every_seconds=every_seconds)
        checkpoint.from_end = draw.random() < 0.5
        found.append(checkpoint)
    if draw.random() < 0.15:
        found.append(Pauses("loading", draw.uniform(5, 200), chance=draw.uniform(0.005, 0.03)))
    return found


def _steps(draw: random.Random, log_steps: int, most_steps: int) -> int:
    """Return after how many steps something is done: most often, when the step is printed, too."""
    steps = draw.randint(5, most_steps)
    return max(1, steps // log_steps) * log_steps if draw.random() < 0.75 else steps


def _with_lines(pauses: Pauses, speaks: str, draw: random.Random) -> Pauses:
    before, after = _SAYS[pauses.name]
    if speaks == PHASES:
        return replace(pauses, says_before=f"phase={pauses.name}", says_after="phase=training")
    if speaks == ANNOUNCED:
        return replace(pauses, says_before=before, says_after=draw.choice(["", after]))
    if speaks == PARTLY:
        before, after = draw.choice([("", ""), (before, ""), ("", after), (before, after)])
        return replace(pauses, says_before=before, says_after=after)
    return pauses


def _between(draw: random.Random, least: float, most: float) -> float:
    return math.exp(draw.uniform(math.log(least), math.log(most)))
