"""Hours of the consumer's day in every zone of the United States, clock changes drawn more often than other days.

A green run does not prove that a zone is the consumer's: evidence of that is ingest's.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from services.orchestrator.core.hours import Window, aim, in_hours, next_time

INDIANA = ("Indianapolis", "Knox", "Marengo", "Petersburg", "Tell_City", "Vevay", "Vincennes", "Winamac")
ZONES = (
    *("America/New_York", "America/Detroit", "America/Kentucky/Louisville", "America/Kentucky/Monticello"),
    *(f"America/Indiana/{place}" for place in INDIANA),
    *("America/Chicago", "America/Menominee", "America/North_Dakota/Center", "America/North_Dakota/Beulah"),
    *("America/Denver", "America/Boise", "America/Phoenix", "America/Los_Angeles", "America/Anchorage"),
    *("America/Juneau", "America/Sitka", "America/Metlakatla", "America/Yakutat", "America/Nome", "America/Adak"),
    *("Pacific/Honolulu", "America/Puerto_Rico", "America/St_Thomas", "Pacific/Guam", "Pacific/Saipan"),
    "Pacific/Pago_Pago",
)
CHANGES = tuple(
    datetime(*day, 7, tzinfo=UTC)
    for day in ((2026, 3, 8), (2026, 11, 1), (2027, 3, 14), (2027, 11, 7), (2028, 3, 12), (2028, 11, 5))
)
HALF_HOUR, DAY = 1800, 86_400

near_a_change = st.builds(
    lambda change, minutes: int((change + timedelta(minutes=minutes)).timestamp()),
    st.sampled_from(CHANGES),
    st.integers(min_value=-4000, max_value=4000),
)
any_time = st.integers(min_value=int(CHANGES[0].timestamp()), max_value=int(CHANGES[-1].timestamp()))
instants = st.one_of(near_a_change, near_a_change, any_time)
zones = st.sampled_from(ZONES)
times = st.integers(min_value=0, max_value=47).map(lambda n: n * HALF_HOUR)
windows = st.tuples(times, times).filter(lambda w: w[0] + HALF_HOUR < w[1])


def wall(zone: str, at: int) -> tuple[datetime, int]:
    """The local day, and the second of it that a clock on the wall shows."""
    local = datetime.fromtimestamp(at, ZoneInfo(zone))
    return local.replace(hour=0, minute=0, second=0), local.hour * 3600 + local.minute * 60 + local.second


@given(st.lists(zones, min_size=1, max_size=3, unique=True), windows, instants, st.text(max_size=5))
def test_a_contact_is_aimed_at_the_window_in_every_zone_or_no_window_is_shared(
    some: list[str], window: tuple[int, int], at: int, who: str
) -> None:
    hours = Window(*window, spread=3 * 3600)
    due = aim(tuple(some), hours, at, who)
    assert due >= at
    shared = any(
        all(window[0] <= wall(zone, at + n * HALF_HOUR)[1] < window[1] for zone in some) for n in range(4 * 48)
    )
    inside = all(window[0] <= wall(zone, due)[1] < window[1] for zone in some)
    assert inside or not shared
    assert in_hours(tuple(some), hours, due)


@given(zones, times, st.sets(st.integers(min_value=0, max_value=6), min_size=1), instants)
def test_a_time_on_a_weekday_is_the_next_one_that_the_clock_on_the_wall_shows(
    zone: str, second: int, weekdays: set[int], after: int
) -> None:
    found = next_time((zone,), second, frozenset(weekdays), after)
    day, shown = wall(zone, found)
    assert found > after
    assert day.weekday() in weekdays
    on_the_day = [
        found + n * HALF_HOUR for n in range(-52, 53) if wall(zone, found + n * HALF_HOUR)[0].date() == day.date()
    ]
    same = [at for at in on_the_day if wall(zone, at)[1] == second]
    assert (same and found == same[-1]) or (not same and shown == second + 3600), "an hour later if the day lacks it"
    first = after - after % HALF_HOUR + HALF_HOUR
    for at in range(first, found, HALF_HOUR):
        before, said = wall(zone, at)
        repeated = wall(zone, at + 3600) == (before, said)
        assert not (said == second and before.weekday() in weekdays and not repeated), f"{at} would have been sooner"
