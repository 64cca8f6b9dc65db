"""What is counted of lives, how sure that is, and how two strategies differ on the same consumers.

Consumers are independent, so the error of a total follows from how much consumers differ among each other. For two
strategies each consumer is compared with himself: what chance does to both alike falls out of the difference.
"""

from collections.abc import Callable, Sequence
from math import sqrt
from statistics import stdev

from msgspec import Struct

from counterpoint.simulate.behaviour import PRICE
from counterpoint.simulate.life import Lived

SURE = 1.96
"""So many standard errors on either side hold 95 of 100 times."""


class Measure(Struct, frozen=True):
    """Something that is counted of each consumer; with `share`, all of it is divided by what was placed."""

    name: str
    of: Callable[[Lived], float]
    unit: str = ""
    share: bool = False


class Estimate(Struct, frozen=True):
    """A total over all consumers, and between which two the average of all such consumers lies, 95 of 100 times."""

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether nought is outside."""
        return not self.low <= 0 <= self.high


def paid(lived: Lived) -> int:
    """Cents that one consumer paid."""
    return sum(cents for _, cents in lived.paid_on)


def cost(lived: Lived) -> float:
    """Dollars that one consumer's texts cost."""
    return lived.segments * float(PRICE)


DOLLARS = Measure("dollars paid", lambda lived: paid(lived) / 100, "$")
MEASURES: Sequence[Measure] = (
    Measure("contacts requested", lambda lived: lived.requested),
    Measure("approved", lambda lived: lived.approved),
    Measure("deferred", lambda lived: lived.deferred.total()),
    Measure("vetoed", lambda lived: lived.vetoed.total()),
    Measure("texts handed over", lambda lived: len(lived.sent_on)),
    Measure("texts delivered", lambda lived: lived.delivered),
    Measure("replies", lambda lived: lived.replies),
    Measure("consumers who opted out", lambda lived: lived.opted_out),
    Measure("consumers who paid", lambda lived: float(bool(lived.paid_on))),
    Measure("payments", lambda lived: len(lived.paid_on)),
    DOLLARS,
    Measure("cost of texts", cost, "$"),
    Measure("liquidation", lambda lived: paid(lived) / 100, "%", share=True),
)


def measures(lives: Sequence[Sequence[Lived]]) -> list[Measure]:
    """All of them, with one for each rule that deferred or vetoed anything."""
    found: list[Measure] = []
    for measure in MEASURES:
        found.append(measure)
        if measure.name in ("deferred", "vetoed"):
            name = measure.name
            rules = {rule for each in lives for lived in each for rule in getattr(lived, name)}
            found += [_by_rule(name, rule) for rule in sorted(rules)]
    return found


def _by_rule(name: str, rule: str) -> Measure:
    return Measure(f"  {name} by {rule}", lambda lived: getattr(lived, name)[rule])


def estimate(measure: Measure, lives: Sequence[Lived]) -> Estimate:
    """The total, or the share."""
    return _sum([measure.of(lived) for lived in lives], measure, lives)


def difference(measure: Measure, lives: Sequence[Lived], others: Sequence[Lived]) -> Estimate:
    """How much less or more it is for the others; both are the same consumers in the same order."""
    return _sum([measure.of(b) - measure.of(a) for a, b in zip(lives, others, strict=True)], measure, lives)


def _sum(values: Sequence[float], measure: Measure, lives: Sequence[Lived]) -> Estimate:
    total = sum(values)
    if not measure.share:
        return _around(total, values)
    placed = [lived.placed / 100 for lived in lives]
    owed = sum(placed) or 1.0
    share = total / owed
    # Who owes more may pay more: what counts is by how much each consumer is off the common share.
    off = [100 * (value - share * debt) / owed for value, debt in zip(values, placed, strict=True)]
    return _around(100 * share, off)


def _around(total: float, values: Sequence[float]) -> Estimate:
    error = SURE * stdev(values) * sqrt(len(values)) if len(values) > 1 else float("inf")
    return Estimate(total, total - error, total + error)


def by_day(lives: Sequence[Lived], days: int) -> tuple[list[float], list[float]]:
    """Dollars paid and texts handed over up to the end of each day."""
    dollars, texts = [0.0] * days, [0.0] * days
    for lived in lives:
        for day, cents in lived.paid_on:
            dollars[day] += cents / 100
        for day in lived.sent_on:
            texts[day] += 1
    for curve in (dollars, texts):
        for day in range(1, days):
            curve[day] += curve[day - 1]
    return dollars, texts
