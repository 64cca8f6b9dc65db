"""Calling hours at their edges.

Green does not prove that a consumer's zones are right, nor that a channel sends when it was allowed to.
"""

import pytest

from contracts.events import FindingResult
from services.compliance.core.codes import instant
from services.compliance.core.rules.rule import Rule
from tests.unit.compliance.factories import NEW_YORK, an_ask, an_hours_rule, at, in_zones

RULE = an_hours_rule()
HALF_PAST = an_hours_rule(opens="08:30", closes="20:15")


def earliest(zones: tuple[str, ...], when: str, rule: Rule = RULE) -> str | None:
    """When the rule opens, or None if it is open."""
    finding = rule.judge(an_ask(in_zones(*zones)), at(when))
    if finding.result is FindingResult.ALLOWED:
        return None
    assert finding.earliest_at is not None
    return finding.earliest_at.isoformat()


@pytest.mark.parametrize(
    ("when", "opens"),
    [
        ("2026-06-10T07:59:59-04:00", "2026-06-10T12:00:00+00:00"),
        ("2026-06-10T08:00:00-04:00", None),
        ("2026-06-10T20:59:59-04:00", None),
        ("2026-06-10T20:59:59.999999-04:00", None),
        ("2026-06-10T21:00:00-04:00", "2026-06-11T12:00:00+00:00"),
        ("2026-06-10T21:00:00.000001-04:00", "2026-06-11T12:00:00+00:00"),
        ("2026-06-10T07:59:59.999999-04:00", "2026-06-10T12:00:00+00:00"),
        ("2026-06-10T00:00:00-04:00", "2026-06-10T12:00:00+00:00"),
    ],
)
def test_opens_at_eight_and_closes_before_nine(when: str, opens: str | None) -> None:
    assert earliest((NEW_YORK,), when) == opens


@pytest.mark.parametrize(
    ("when", "opens"),
    [
        ("2026-03-08T11:59:59+00:00", "2026-03-08T12:00:00+00:00"),  # 7:59:59 EDT, the morning after the change
        ("2026-03-08T12:00:00+00:00", None),
        ("2026-03-09T00:59:59+00:00", None),
        ("2026-03-09T01:00:00+00:00", "2026-03-09T12:00:00+00:00"),
        ("2026-11-01T12:59:59+00:00", "2026-11-01T13:00:00+00:00"),  # 7:59:59 EST
        ("2026-11-01T13:00:00+00:00", None),
        ("2026-11-02T01:59:59+00:00", None),
        ("2026-11-02T02:00:00+00:00", "2026-11-02T13:00:00+00:00"),
    ],
)
def test_follows_the_wall_clock_over_both_changes(when: str, opens: str | None) -> None:
    assert earliest((NEW_YORK,), when) == opens


@pytest.mark.parametrize(
    ("zones", "when", "opens"),
    [
        ((NEW_YORK, "America/Los_Angeles"), "2026-06-10T20:30:00-04:00", None),
        ((NEW_YORK, "America/Los_Angeles"), "2026-06-10T10:30:00-04:00", "2026-06-10T15:00:00+00:00"),
        ((NEW_YORK, "America/Los_Angeles"), "2026-06-10T18:30:00-07:00", "2026-06-11T15:00:00+00:00"),
        (("America/Phoenix", "America/Denver"), "2026-07-01T07:30:00-07:00", "2026-07-01T15:00:00+00:00"),
        (("America/Phoenix", "America/Denver"), "2026-12-01T08:00:00-07:00", None),
        ((NEW_YORK, "Pacific/Honolulu", "Pacific/Guam"), "2026-12-01T12:00:00-05:00", "2026-12-01T22:00:00+00:00"),
        ((NEW_YORK, "Pacific/Honolulu", "Pacific/Guam"), "2026-12-01T20:00:00-05:00", None),
        (("Europe/London",), "2026-12-01T08:00:00+00:00", None),
    ],
)
def test_must_be_open_in_every_plausible_zone(zones: tuple[str, ...], when: str, opens: str | None) -> None:
    assert earliest(zones, when) == opens


@pytest.mark.parametrize("zones", [(), ("Mars/Olympus",), ("Etc/Unknown",), ("America",), ("../etc/passwd",)])
def test_takes_all_zones_where_none_is_known(zones: tuple[str, ...]) -> None:
    assert earliest(zones, "2026-07-15T13:59:59-04:00") == "2026-07-15T18:00:00+00:00"
    assert earliest(zones, "2026-07-15T14:00:00-04:00") is None
    assert earliest(zones, "2026-12-15T13:00:00-05:00") is None
    assert earliest(zones, "2026-12-15T21:00:00-05:00") == "2026-12-16T18:00:00+00:00"
    reason = RULE.judge(an_ask(in_zones(*zones)), at("2026-07-15T12:00:00-04:00")).reason
    assert "not known" in reason


def test_one_unknown_zone_among_known_ones_widens_to_all() -> None:
    assert earliest((NEW_YORK, "Mars/Olympus"), "2026-07-15T13:59:59-04:00") == "2026-07-15T18:00:00+00:00"


def test_respects_minutes() -> None:
    assert earliest((NEW_YORK,), "2026-06-10T08:29:59-04:00", HALF_PAST) == "2026-06-10T12:30:00+00:00"
    assert earliest((NEW_YORK,), "2026-06-10T20:14:59-04:00", HALF_PAST) is None
    assert earliest((NEW_YORK,), "2026-06-10T20:15:00-04:00", HALF_PAST) == "2026-06-11T12:30:00+00:00"


@pytest.mark.parametrize(
    ("opens", "closes", "when", "opening"),
    [
        # 2:30 does not exist on 8 March; the later reading opens, the earlier closes.
        ("02:30", "12:00", "2026-03-08T06:00:00+00:00", "2026-03-08T07:30:00+00:00"),
        ("00:30", "02:30", "2026-03-08T06:30:00+00:00", "2026-03-09T04:30:00+00:00"),
        # 1:30 is twice on 1 November.
        ("01:30", "12:00", "2026-11-01T05:45:00+00:00", "2026-11-01T06:30:00+00:00"),
        ("00:30", "01:30", "2026-11-01T05:45:00+00:00", "2026-11-02T05:30:00+00:00"),
    ],
)
def test_takes_the_stricter_reading_of_a_missing_or_doubled_time(
    opens: str, closes: str, when: str, opening: str
) -> None:
    assert earliest((NEW_YORK,), when, an_hours_rule(opens=opens, closes=closes)) == opening


def test_refuses_where_no_hour_is_common_to_all_zones() -> None:
    ask = an_ask(in_zones("Pacific/Guam", NEW_YORK))
    narrow = an_hours_rule(opens="12:00", closes="13:00")
    finding = narrow.judge(ask, at("2026-06-10T12:00:00-04:00"))
    assert finding.result is FindingResult.VETOED
    assert finding.earliest_at is None
    assert narrow.closes is not None
    assert narrow.closes(ask, 5) == 5


def test_says_until_when_it_stays_open() -> None:
    assert RULE.closes is not None
    ask = an_ask(in_zones(NEW_YORK, "America/Los_Angeles"))
    assert instant(RULE.closes(ask, at("2026-06-10T12:00:00-04:00"))).isoformat() == "2026-06-11T01:00:00+00:00"


def test_names_a_few_zones_and_their_times() -> None:
    zones = (NEW_YORK, "America/Chicago", "America/Denver", "America/Los_Angeles")
    finding = RULE.judge(an_ask(in_zones(*zones)), at("2026-06-10T09:15:00-04:00"))
    assert finding.reason == (
        "It is 09:15 in America/New_York, 08:15 in America/Chicago, 07:15 in America/Denver and 1 more zones; "
        "it must be between 08:00 and 21:00 in every plausible time zone of the consumer."
    )


def test_gives_the_same_finding_to_all_that_are_allowed() -> None:
    ask = an_ask(in_zones(NEW_YORK))
    noon = at("2026-06-10T12:00:00-04:00")
    assert RULE.judge(ask, noon) is RULE.judge(ask, noon + 60) is RULE.allowed
