"""Times that consumers name: over midnight, on days of a clock change, in several zones, and unreadable ones.

Green does not prove that what a consumer said was read rightly.
"""

import pytest

from contracts.events import FindingResult
from services.compliance.core.codes import ALL_DEBTS, Known, instant
from services.compliance.core.rules.designated import read_times
from services.compliance.core.state import Fact
from tests.unit.compliance.factories import NEW_YORK, a_rule, an_ask, at, in_zones

RULE = a_rule("designated")
SAID = at("2026-01-05T12:00:00-05:00")


def named(detail: str, until: int = 0) -> Fact:
    """Times that the consumer named in January."""
    return Fact(int(Known.INCONVENIENT_TIME), SAID, until, SAID, ALL_DEBTS, "", detail, 1, 7)


def free(detail: str, when: str, *zones: str) -> str | None:
    """When the rule lets go, None if it does not hold."""
    state = in_zones(*(zones or (NEW_YORK,)), facts=(named(detail),))
    finding = RULE.judge(an_ask(state), at(when))
    return None if finding.earliest_at is None else finding.earliest_at.isoformat()


@pytest.mark.parametrize(
    ("detail", "when", "lets_go"),
    [
        ("31 15:00 17:00", "2026-09-16T14:59:59-04:00", None),
        ("31 15:00 17:00", "2026-09-16T15:00:00-04:00", "2026-09-16T21:00:00+00:00"),
        ("31 15:00 17:00", "2026-09-16T16:59:59-04:00", "2026-09-16T21:00:00+00:00"),
        ("31 15:00 17:00", "2026-09-16T17:00:00-04:00", None),
        ("31 15:00 17:00", "2026-09-19T15:30:00-04:00", None),  # a Saturday
        ("64 00:00 24:00", "2026-09-20T11:00:00-04:00", "2026-09-21T04:00:00+00:00"),
        ("2 19:00 10:00", "2026-09-15T23:00:00-04:00", "2026-09-16T14:00:00+00:00"),  # Tuesday night
        ("2 19:00 10:00", "2026-09-16T09:00:00-04:00", "2026-09-16T14:00:00+00:00"),
        ("2 19:00 10:00", "2026-09-16T19:30:00-04:00", None),
        ("64 01:00 02:00", "2026-11-01T05:30:00+00:00", "2026-11-01T07:00:00+00:00"),  # 1:30 for the first time
        ("64 01:00 02:00", "2026-11-01T06:30:00+00:00", "2026-11-01T07:00:00+00:00"),  # and for the second
        ("64 02:30 03:30", "2026-03-08T07:00:00+00:00", "2026-03-08T07:30:00+00:00"),  # 3:00, where 2:30 is missing
    ],
)
def test_closes_by_the_clock_on_the_wall(detail: str, when: str, lets_go: str | None) -> None:
    assert free(detail, when) == lets_go


def test_holds_while_it_runs_in_any_plausible_zone() -> None:
    both = (NEW_YORK, "America/Los_Angeles")
    assert free("127 08:00 14:00", "2026-09-16T15:00:00-04:00", *both) == "2026-09-16T21:00:00+00:00"
    assert free("127 08:00 14:00", "2026-09-16T17:00:00-04:00", *both) is None


@pytest.mark.parametrize("detail", ["", "when I work", "x 08:00 09:00", "31 8 9", "31 08:00"])
def test_what_cannot_be_read_closes_the_day_on_which_it_was_said(detail: str) -> None:
    assert read_times(detail)[0] == 0
    assert free(detail, "2026-01-05T13:00:00-05:00") == "2026-01-06T05:00:00+00:00"
    assert free(detail, "2026-01-06T00:00:00-05:00") is None


def test_says_until_when_it_stays_free() -> None:
    assert RULE.closes is not None
    ask = an_ask(in_zones(NEW_YORK, facts=(named("31 15:00 17:00"),)))
    assert instant(RULE.closes(ask, at("2026-09-16T12:00:00-04:00"))).isoformat() == "2026-09-16T19:00:00+00:00"
    assert instant(RULE.closes(ask, at("2026-09-18T18:00:00-04:00"))).isoformat() == "2026-09-21T19:00:00+00:00"


def test_is_over_when_the_consumer_took_it_back() -> None:
    state = in_zones(NEW_YORK, facts=(named("127 08:00 20:00", until=at("2026-09-01T00:00:00-04:00")),))
    assert RULE.judge(an_ask(state), at("2026-09-16T12:00:00-04:00")).result is FindingResult.ALLOWED
