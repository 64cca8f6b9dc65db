"""What is counted of lives, how sure that is, and how two ways to work differ on the same consumers.

Consumers are independent, so the error of a total follows from how much consumers differ among each other. For two
ways each consumer is compared with himself: what chance does to both alike falls out of the difference. A measure that
divides two totals, such as contacts for each payment, has the error of a quotient by its linear part (delta method).
"""

from collections.abc import Callable, Sequence
from math import inf, nan, sqrt
from statistics import stdev

from msgspec import Struct

from counterpoint.simulate.lived import Lived

SURE = 1.96
"""So many standard errors on either side hold 95 of 100 times."""
Count = Callable[[Lived], float]


class Measure(Struct, frozen=True):
    """Something that is counted of each consumer; with `per`, all of it is divided by all of that."""

    name: str
    of: Count
    unit: str = ""
    per: Count | None = None


class Estimate(Struct, frozen=True):
    """A total over all consumers, and between which two the average of all such consumers lies, 95 of 100 times."""

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether nought is outside."""
        return not self.low <= 0 <= self.high


def contacts(lived: Lived) -> int:
    """Contacts that went out."""
    return lived.sent.total()


DOLLARS = Measure("dollars paid", lambda lived: lived.paid / 100, "$")
PAYMENTS = Measure("payments", lambda lived: len(lived.payments))
DIGITAL = Measure("  through the portal or by a link", lambda lived: lived.digital)
EXPECTED = Measure("digital payments that are to be expected", lambda lived: lived.expected)
ENGAGED = Measure("consumers who did something of their own accord", lambda lived: lived.engaged)
MINUTES = Measure("agent minutes", lambda lived: lived.minutes)
STOPPED = Measure("consumers who opted out of a channel", lambda lived: bool(lived.opted_out))
COMPLAINTS = Measure("complaints", lambda lived: lived.complaints)
BREAKS = Measure("coordination breaks", lambda lived: lived.breaks.total())
COST = Measure("cost, agents included", lambda lived: lived.cost, "$")
PER_PAYMENT = Measure("contacts for each payment", contacts, per=lambda lived: len(lived.payments))
PER_DOLLAR = Measure("cost of each dollar paid", lambda lived: lived.cost, "c", per=lambda lived: lived.paid / 10_000)
CHANNELS = {"SMS": "texts", "EMAIL": "e-mails", "VOICE": "calls", "LETTER": "letters"}
MEASURES: Sequence[Measure] = (
    Measure("contacts requested", lambda lived: lived.requested),
    Measure("approved", lambda lived: lived.approved),
    Measure("deferred", lambda lived: lived.deferred.total()),
    Measure("vetoed", lambda lived: lived.vetoed.total()),
    Measure("contacts handed over", contacts),
    Measure("noticed by the consumer", lambda lived: lived.noticed),
    Measure("visits to the portal", lambda lived: lived.visits),
    Measure("replies", lambda lived: lived.replies),
    Measure("calls from consumers", lambda lived: lived.calls_in),
    Measure("conversations by telephone", lambda lived: lived.talks),
    ENGAGED,
    STOPPED,
    COMPLAINTS,
    Measure("promises", lambda lived: lived.promises),
    Measure("promises kept", lambda lived: lived.kept),
    Measure("consumers who paid", lambda lived: bool(lived.payments)),
    PAYMENTS,
    DIGITAL,
    DOLLARS,
    MINUTES,
    COST,
    PER_PAYMENT,
    PER_DOLLAR,
    BREAKS,
    Measure("liquidation", lambda lived: lived.paid / 100, "%", per=lambda lived: lived.placed / 10_000),
)
_PARTS = {"deferred": "deferred", "vetoed": "vetoed", "contacts handed over": "sent", "coordination breaks": "breaks"}
"""Measures that are told by rule, by channel or by kind as well, and where that is counted."""


def measures(lives: Sequence[Sequence[Lived]]) -> list[Measure]:
    """All of them, with one for each rule, channel and kind of break that is there."""
    found: list[Measure] = []
    for measure in MEASURES:
        found.append(measure)
        part = _PARTS.get(measure.name)
        if part is not None:
            names = {name for each in lives for lived in each for name in getattr(lived, part)}
            found += [_part(measure.name, part, name) for name in sorted(names)]
    return found


def _part(whole: str, part: str, name: str) -> Measure:
    shown = {"deferred": f"deferred by {name}", "vetoed": f"vetoed by {name}"}.get(whole, CHANNELS.get(name, name))
    return Measure(f"  {shown}", lambda lived: getattr(lived, part)[name])


def estimate(measure: Measure, lives: Sequence[Lived]) -> Estimate:
    """The total, or the quotient."""
    value, parts = _parts(measure, lives)
    return _around(value, parts)


def difference(measure: Measure, lives: Sequence[Lived], others: Sequence[Lived]) -> Estimate:
    """How much less or more it is for the others; both are the same consumers in the same order."""
    value, parts = _parts(measure, lives)
    other, other_parts = _parts(measure, others)
    return _around(other - value, [b - a for a, b in zip(parts, other_parts, strict=True)])


def change(measure: Measure, lives: Sequence[Lived], others: Sequence[Lived]) -> Estimate:
    """How much less or more it is for the others, in percent of what it is: the same consumers in the same order."""
    value, parts = _parts(measure, lives)
    other, other_parts = _parts(measure, others)
    if not value:
        return Estimate(nan, -inf, inf)
    quotient = other / value
    off = [100 * (b - quotient * a) / value for a, b in zip(parts, other_parts, strict=True)]
    return _around(100 * (quotient - 1), off)


def _parts(measure: Measure, lives: Sequence[Lived]) -> tuple[float, list[float]]:
    """The measure, and what each consumer adds to it: of a quotient, by how much each is off the common one."""
    values = [float(measure.of(lived)) for lived in lives]
    if measure.per is None:
        return sum(values), values
    bases = [float(measure.per(lived)) for lived in lives]
    whole = sum(bases)
    if not whole:
        return 0.0, [0.0] * len(values)
    quotient = sum(values) / whole
    return quotient, [(value - quotient * base) / whole for value, base in zip(values, bases, strict=True)]


def _around(total: float, values: Sequence[float]) -> Estimate:
    error = SURE * stdev(values) * sqrt(len(values)) if len(values) > 1 else inf
    return Estimate(total, total - error, total + error)


def by_day(lives: Sequence[Lived], days: int) -> tuple[list[float], list[float]]:
    """Dollars paid and contacts handed over up to the end of each day."""
    dollars, sent = [0.0] * days, [0.0] * days
    for lived in lives:
        for payment in lived.payments:
            dollars[payment.day] += payment.cents / 100
        for day in lived.sent_on:
            sent[day] += 1
    for curve in (dollars, sent):
        for day in range(1, days):
            curve[day] += curve[day - 1]
    return dollars, sent
