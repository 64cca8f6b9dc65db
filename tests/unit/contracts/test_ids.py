"""Ids that follow from other ids: the same always, of the shape that others expect, in the order of their times.

A green run does not prove that no two causes ever share a hash: 74 bits make that unlikely.
"""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import derived_id

TEXT = st.text(max_size=40)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TIMES = st.timedeltas(timedelta(0), timedelta(days=365 * 200)).map(lambda since: EPOCH + since)
NOW = datetime(2026, 10, 19, 16, tzinfo=UTC)


@given(TEXT, TEXT, TIMES)
def test_an_id_is_a_uuid_of_version_7_with_its_time(cause: str, name: str, at: datetime) -> None:
    text = derived_id(cause=cause, name=name, at=at)
    id_ = UUID(text)
    assert str(id_) == text
    assert (id_.version, id_.variant) == (7, RFC_4122)
    assert id_.int >> 80 == (at - EPOCH) // timedelta(milliseconds=1)


@given(TEXT, TEXT, TIMES)
def test_the_same_cause_gives_the_same_id(cause: str, name: str, at: datetime) -> None:
    assert derived_id(cause=cause, name=name, at=at) == derived_id(cause=cause, name=name, at=at)


@given(TEXT, TEXT, TIMES, TIMES)
def test_ids_sort_by_time(cause: str, name: str, one: datetime, other: datetime) -> None:
    early, late = sorted((one, other))
    if late - early >= timedelta(milliseconds=1):
        assert derived_id(cause=cause, name=name, at=early) < derived_id(cause=name, name=cause, at=late)


def test_many_causes_at_one_instant_give_as_many_ids() -> None:
    ids = {derived_id(cause=f"cause-{n}", name=name, at=NOW) for n in range(5000) for name in ("one", "other")}
    assert len(ids) == 10_000


def test_an_id_is_what_it_was_in_every_earlier_version() -> None:
    assert derived_id(cause="cause", name="name", at=NOW) == "01a154e4-2400-7a22-8c22-6a6236255c58"
