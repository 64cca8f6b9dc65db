"""Hours of a consumer's day: every zone at once, both clock changes, and a moment of their own for each consumer.

Green does not prove that the zones which a placement names are right.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from services.orchestrator.core.codes import time_of_day
from services.orchestrator.core.hours import ANYWHERE, Window, aim, in_hours, is_zone, next_time, plausible

NINE_TO_FIVE = Window(9 * 3600, 17 * 3600, 0)
NEW_YORK, CHICAGO, PHOENIX = "America/New_York", "America/Chicago", "America/Phoenix"
LOS_ANGELES, HONOLULU = "America/Los_Angeles", "Pacific/Honolulu"


def at(text: str) -> int:
    """An instant with its offset, in seconds."""
    return round(datetime.fromisoformat(text).timestamp())


def shown(seconds: int) -> str:
    """Seconds as an instant in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().removesuffix(":00+00:00")


@pytest.mark.parametrize(
    ("zones", "when", "expected"),
    [
        ((NEW_YORK,), "2026-06-10T08:59:59-04:00", "2026-06-10T13:00"),
        ((NEW_YORK,), "2026-06-10T09:00:00-04:00", "2026-06-10T13:00"),
        ((NEW_YORK,), "2026-06-10T12:34:00-04:00", "2026-06-10T16:34"),
        ((NEW_YORK,), "2026-06-10T17:00:00-04:00", "2026-06-11T13:00"),
        ((HONOLULU,), "2026-06-10T16:59:00-10:00", "2026-06-11T02:59"),
        ((NEW_YORK, LOS_ANGELES), "2026-06-10T06:00:00-04:00", "2026-06-10T16:00"),
        ((NEW_YORK, LOS_ANGELES), "2026-06-10T17:00:00-04:00", "2026-06-11T16:00"),
        # Arizona keeps standard time: an hour from Denver in summer, none in winter.
        ((PHOENIX, "America/Denver"), "2026-06-10T08:30:00-06:00", "2026-06-10T16:00"),
        ((PHOENIX, "America/Denver"), "2026-12-10T08:30:00-07:00", "2026-12-10T16:00"),
        # The night of the spring change is an hour shorter, that of the autumn change an hour longer.
        ((CHICAGO,), "2026-03-07T18:00:00-06:00", "2026-03-08T14:00"),
        ((CHICAGO,), "2026-10-31T18:00:00-05:00", "2026-11-01T15:00"),
        # Nothing known: New York to Honolulu, five hours apart in winter and six in summer.
        ((), "2026-12-10T00:00:00-05:00", "2026-12-10T19:00"),
        ((), "2026-06-10T00:00:00-04:00", "2026-06-10T19:00"),
    ],
)
def test_the_next_moment_within_the_hours_of_every_zone(zones: tuple[str, ...], when: str, expected: str) -> None:
    assert shown(aim(zones, NINE_TO_FIVE, at(when), "anybody")) == expected


@pytest.mark.parametrize(
    ("opens", "closes", "when", "expected"),
    [
        # 02:30 does not exist on this date; the window opens when the later of its two readings has come.
        ("02:30", "05:00", "2026-03-08T00:00:00-05:00", "2026-03-08T07:30"),
        # 01:30 comes twice on this date; it opens with the second, and closes with the first.
        ("01:30", "05:00", "2026-11-01T00:00:00-04:00", "2026-11-01T06:30"),
        ("00:30", "01:30", "2026-11-01T01:29:00-04:00", "2026-11-01T05:29"),
        ("00:30", "01:30", "2026-11-01T01:29:00-05:00", "2026-11-02T05:30"),
    ],
)
def test_where_a_clock_change_skips_or_doubles_an_hour_the_window_is_the_shorter(
    opens: str, closes: str, when: str, expected: str
) -> None:
    window = Window(time_of_day(opens), time_of_day(closes), 0)
    assert shown(aim((NEW_YORK,), window, at(when), "anybody")) == expected


def test_consumers_are_spread_over_the_window_and_each_always_the_same() -> None:
    window = Window(9 * 3600, 17 * 3600, 3 * 3600)
    early = at("2026-06-10T05:00:00-04:00")
    opens = at("2026-06-10T09:00:00-04:00")
    moments = {n: aim((NEW_YORK,), window, early, f"con-{n}") for n in range(1000)}
    assert all(opens <= m < opens + 3 * 3600 for m in moments.values())
    assert len(set(moments.values())) > 900
    assert all(aim((NEW_YORK,), window, early, f"con-{n}") == m for n, m in moments.items())


def test_near_the_end_of_the_window_the_spread_is_half_of_what_is_left_of_it() -> None:
    window = Window(9 * 3600, 17 * 3600, 3 * 3600)
    late, half = at("2026-06-10T16:50:00-04:00"), at("2026-06-10T16:55:00-04:00")
    moments = [aim((NEW_YORK,), window, late, f"con-{n}") for n in range(200)]
    assert all(late <= m < half for m in moments)
    last = at("2026-06-10T16:59:59-04:00")
    assert aim((NEW_YORK,), window, last, "anybody") == last


def test_where_no_hour_suits_every_zone_the_gate_decides_when() -> None:
    zones = (NEW_YORK, "Pacific/Guam")
    when = at("2026-06-10T12:00:00-04:00")
    assert aim(zones, NINE_TO_FIVE, when, "anybody") == when
    assert in_hours(zones, NINE_TO_FIVE, when) is True


@pytest.mark.parametrize("name", ["Nowhere/At_All", "", "../etc", "Etc/Unknown", "x" * 300, "\0"])
def test_a_zone_that_means_nothing_means_anywhere(name: str) -> None:
    assert not is_zone(name)
    assert plausible((name,)) == ANYWHERE
    assert plausible((NEW_YORK, name))[0] == NEW_YORK
    assert set(plausible((NEW_YORK, name))) == set(ANYWHERE)


@pytest.mark.parametrize(
    ("zones", "time", "days", "after", "expected"),
    [
        ((NEW_YORK,), "10:00", (1, 2, 3), "2026-10-19T09:00:00-04:00", "2026-10-20T14:00"),
        ((NEW_YORK,), "10:00", (0,), "2026-10-19T09:59:59-04:00", "2026-10-19T14:00"),
        ((NEW_YORK,), "10:00", (0,), "2026-10-19T10:00:00-04:00", "2026-10-26T14:00"),
        ((HONOLULU,), "23:00", (6,), "2026-10-19T00:00:00-10:00", "2026-10-26T09:00"),
        ((NEW_YORK, LOS_ANGELES), "10:00", range(7), "2026-10-19T08:00:00-04:00", "2026-10-19T17:00"),
        # Over the autumn change the wall clock counts; a time that comes twice counts the second time.
        ((NEW_YORK,), "10:00", (6,), "2026-10-31T10:00:00-04:00", "2026-11-01T15:00"),
        ((NEW_YORK,), "01:30", (6,), "2026-10-31T10:00:00-04:00", "2026-11-01T06:30"),
        # A time that is left out comes an hour later by the clock.
        ((NEW_YORK,), "02:30", (6,), "2026-03-07T10:00:00-05:00", "2026-03-08T07:30"),
    ],
)
def test_the_next_time_of_day_on_a_weekday(
    zones: tuple[str, ...], time: str, days: Iterable[int], after: str, expected: str
) -> None:
    assert shown(next_time(zones, time_of_day(time), frozenset(days), at(after))) == expected
