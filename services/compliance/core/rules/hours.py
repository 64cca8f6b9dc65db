"""Calling hours: allowed only where the wall clock is between two times in every plausible zone.

12 CFR 1006.6(b)(1)(i) and 15 USC 1692c(a)(1): not before 8 a.m. and not after 9 p.m. where the consumer is. Where that
is uncertain, the hour must be convenient in all places that the information indicates (comment 6(b)(1)(i)-2).
"""

from functools import lru_cache

from contracts.events import Finding, FindingResult
from services.compliance.core.rules.ask import Ask
from services.compliance.core.rules.rule import About, Definition, Rule, make_rule
from services.compliance.core.zones import Zones, clock_times, next_hours, zone_code

NAME = "hours"
ANSWERED_WITHIN = 300
"""Seconds for which an answer outside the hours stays lawful."""
NAMED = 3
"""So many zones are named in a reason."""


def build(definition: Definition) -> Rule:
    """A rule with the parameters `opens` and `closes`, as HH:MM: allowed from the one, up to but not at the other.

    With `zone` set the hours are of that zone, wherever the consumer is. A message that came outside the hours may be
    answered at once, by the same medium (comment 6(b)(1)-2).
    """
    fixed = (zone_code(definition.parameters["zone"]),) if "zone" in definition.parameters else ()
    opens, closes = (second_of_day(definition.parameters[name]) for name in ("opens", "closes"))
    span = f"between {definition.parameters['opens']} and {definition.parameters['closes']}"
    allowed = definition.standard(f"It is {span} in every plausible time zone of the consumer.")
    answer = definition.standard("The consumer wrote at this hour: one answer is allowed.")
    never = definition.finding(
        FindingResult.VETOED, f"In the coming days no hour is {span} in every plausible time zone of the consumer."
    )

    @lru_cache(maxsize=4096)
    def outside(zones: Zones, located: bool, at: int, opening: int) -> Finding:
        return definition.finding(FindingResult.DEFERRED, reason(zones, located, at, span), earliest=opening)

    def judge(ask: Ask, at: int) -> Finding:
        zones = fixed or ask.zones
        hours = next_hours(zones, at, opens, closes)
        if hours is None:
            return never
        if hours[0] <= at:
            return allowed
        written = ask.purpose.answers
        if written is not None and next_hours(zones, written.at, opens, closes) == hours:  # in these same hours of rest
            return answer
        return outside(zones, ask.located, at, hours[0])

    def closing(ask: Ask, at: int) -> int:
        hours = next_hours(fixed or ask.zones, at, opens, closes)
        if hours is None:
            return at
        return hours[1] if hours[0] <= at else at + ANSWERED_WITHIN

    return make_rule(definition, NAME, About.CLOCK, judge, allowed, closing)


def reason(zones: Zones, located: bool, at: int, span: str) -> str:
    """What time it is where, and what time it must be."""
    times = [f"{time} in {name}" for name, time in clock_times(zones, at)]
    more = f" and {len(times) - NAMED} more zones" if len(times) > NAMED else ""
    whose = "every plausible time zone of the consumer"
    if not located:
        whose = "every time zone of the United States, since the consumer's own is not known"
    return f"It is {', '.join(times[:NAMED])}{more}; it must be {span} in {whose}."


def second_of_day(time: str) -> int:
    """Seconds from midnight to a time written HH:MM."""
    return int(time[:2]) * 3600 + int(time[3:]) * 60
