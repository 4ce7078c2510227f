"""What the comparison of the searches runs, and the rule by which its result chooses the default.

This file and tasks.py, synthetic.py and tables/ were committed before the first run. They change
only together with a new run of everything, and no search was tuned on these tasks: those used
while the searches were written are Hartmann 6, Branin, Ackley 4, Rosenbrock 8, a sphere of 12
dimensions and one function with two categories.

The rule: in each cell (a task with a number of workers) the methods are ranked by the median of
their regrets over all seeds. The method with the lowest median rank over all cells is the default
of `search.method`; the mean rank decides between equal medians. The regret of a sweep is the true
value, without noise, of the trial whose reported value is best, minus the task's best true value.
"""

from dataclasses import dataclass

METHODS = ("random", "tpe", "thompson")
SEEDS = tuple(range(10))


@dataclass(frozen=True, slots=True)
class Load:
    """How many trials run at the same time, and how many there are."""

    workers: int
    trials: int


LOADS = (Load(1, 50), Load(8, 50), Load(32, 96))
# A trial takes 1 on average, as a gamma distribution of this shape has it, so that trials end in
# another order than they began.
DURATION_SHAPE = 4.0
