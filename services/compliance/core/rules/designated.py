"""Times that the consumer called inconvenient, or that a client's file does: no magic words are needed.

12 CFR 1006.6(b)(1) and comment 6(b)(1)-1. A kind of its own, beside the hours: what is closed comes from the consumer
and not from the rule, differs by the day of the week, and has an end.
"""

from contracts.events import Finding, FindingResult
from services.compliance.core.codes import DAY, Known
from services.compliance.core.rules.ask import Ask
from services.compliance.core.rules.rule import Definition, Rule, about_fact, make_rule
from services.compliance.core.state import Fact
from services.compliance.core.zones import Zone, at_wall, local_day, midnight, wall_time

NAME = "designated"
WEEK = 7


def build(definition: Definition) -> Rule:
    """A rule without parameters. A fact's detail is days, start, end: `31 15:00 17:00`, Monday being 1, Sunday 64.

    Where the words could not be read as times, the day on which they were said is closed, for a person to ask.
    """
    allowed = definition.standard("The consumer named no time that would be inconvenient now.")
    answer = definition.standard("The consumer wrote at this time: one answer is allowed.")

    def judge(ask: Ask, at: int) -> Finding:
        said = [f for f in ask.state.facts if f.kind == Known.INCONVENIENT_TIME and f.is_so(at)]
        held = [(free_at(f, ask, at), f) for f in said]
        held = [(free, f) for free, f in held if free > at]
        if not held:
            return allowed
        if ask.purpose.answers is not None and any(free_at(f, ask, ask.purpose.answers.at) > at for _, f in held):
            return answer
        free = max(free for free, _ in held)
        return definition.finding(
            FindingResult.DEFERRED,
            "The consumer called this time inconvenient.",
            earliest=free,
            counted=[f.counted(ask.partition) for _, f in held],
        )

    def closing(ask: Ask, at: int) -> int:
        starts = [f for f in ask.state.facts if f.kind == Known.INCONVENIENT_TIME]
        return min((starts_at(f, ask, at) for f in starts), default=at + DAY)

    return make_rule(definition, NAME, about_fact(Known.INCONVENIENT_TIME), judge, allowed, closing)


def free_at(fact: Fact, ask: Ask, at: int) -> int:
    """When a time that was called inconvenient ends, if it runs in any plausible zone; else the instant itself."""
    days, start, end = read_times(fact.detail)
    if not days:
        closed = midnight(ask.zones, max(local_day(zone, fact.since) for zone in ask.zones) + 1)
        return closed if at < closed else at
    return max(_end_in(zone, at, days, start, end) for zone in ask.zones)


def _end_in(zone: Zone, at: int, days: int, start: int, end: int) -> int:
    day, second = wall_time(zone, at)
    if start < end:
        return max(at, at_wall(zone, day, end)) if _is(day, days) and start <= second < end else at
    if _is(day, days) and second >= start:  # over midnight
        return max(at, at_wall(zone, day + 1, end))
    return max(at, at_wall(zone, day, end)) if _is(day - 1, days) and second < end else at


def starts_at(fact: Fact, ask: Ask, at: int) -> int:
    """When the time next begins in any plausible zone; a week away if it does not."""
    days, start, _ = read_times(fact.detail)
    found = [at + WEEK * DAY]
    for zone in ask.zones:
        today, _second = wall_time(zone, at)
        begins = (at_wall(zone, today + n, start) for n in range(WEEK + 1) if _is(today + n, days))
        found += [b for b in begins if b > at][:1]
    return min(found)


def _is(day: int, days: int) -> bool:
    return bool(days >> (day - 1) % WEEK & 1)  # the ordinal of a Monday leaves 1


def read_times(detail: str) -> tuple[int, int, int]:
    """Days as bits, and the seconds of the day at which the time starts and ends; no day if it cannot be read."""
    try:
        days, start, end = detail.split(" ")
        return int(days), _second_of_day(start), _second_of_day(end)
    except ValueError:
        return 0, 0, 0


def _second_of_day(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 3600 + int(minutes) * 60
