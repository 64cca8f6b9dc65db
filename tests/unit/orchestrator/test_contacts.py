"""What becomes of a contact: deferred, vetoed, rejected, lost, undelivered, and what is tried next.

Green does not prove that a channel gives its failures the right class.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from contracts.events import AttemptStatus, ContactRequested, Event, ReasonClass, TimerKind
from contracts.ids import AddressId
from tests.unit.compliance.factories import MOBILE, a_phone, a_reply, an_account
from tests.unit.orchestrator.factories import (
    NEW_YORK_NINE,
    Talk,
    accepted,
    approved,
    deferred,
    in_doubt,
    rejected,
    started,
    status,
    vetoed,
)

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
SECOND = AddressId("tel-000000000000000000000002")
Failure = Callable[[ContactRequested, datetime], list[Event]]


def asked(numbers: int = 2) -> tuple[Talk, ContactRequested]:
    """Ana, and the first contact that is asked for."""
    phones = (a_phone(), a_phone(SECOND, "+12125550102"))[:numbers]
    talk = Talk()
    talk.tell(an_account(when=NEW_YORK_NINE, phones=phones))
    return talk, talk.until_asked()


def undelivered(reason: ReasonClass) -> Failure:
    """The provider took it on, and it did not arrive."""
    return lambda r, at: [
        approved(r, at),
        accepted(r, at + MINUTE),
        status(r, at + 2 * MINUTE, AttemptStatus.UNDELIVERED, reason),
    ]


def refused(reason: ReasonClass) -> Failure:
    """The provider did not take it on."""
    return lambda r, at: [approved(r, at), started(r, at), rejected(r, at + MINUTE, reason)]


def test_deferred_it_is_asked_for_again_when_it_may_be_as_another_contact() -> None:
    talk, first = asked()
    at = first.meta.occurred_at
    until = at + DAY
    assert talk.tell(deferred(first, at + MINUTE, until)) == []
    assert talk.timer().kind is TimerKind.CONTACT_RETRY
    second = talk.until_asked()
    assert second.meta.occurred_at >= until
    assert second.contact_id != first.contact_id
    assert (second.address_id, second.step_id) == (first.address_id, first.step_id)


def test_deferred_to_the_night_it_waits_for_the_window() -> None:
    talk, first = asked()
    talk.tell(deferred(first, first.meta.occurred_at, datetime.fromisoformat("2026-10-21T04:00:00+00:00")))
    second = talk.until_asked().meta.occurred_at
    assert datetime.fromisoformat("2026-10-21T13:00:00+00:00") <= second
    assert second < datetime.fromisoformat("2026-10-21T16:00:00+00:00")


def test_not_before_the_gates_time_even_by_a_part_of_a_second() -> None:
    talk, first = asked()
    until = first.meta.occurred_at + HOUR + timedelta(microseconds=1)
    talk.tell(deferred(first, first.meta.occurred_at, until))
    assert talk.until_asked().meta.occurred_at >= until


def test_a_deferral_beyond_all_sense_is_not_waited_for() -> None:
    talk, first = asked()
    talk.tell(deferred(first, first.meta.occurred_at, datetime.fromisoformat("9999-12-31T23:59:59.999999+00:00")))
    due = talk.due
    assert due is not None
    assert due <= first.meta.occurred_at + timedelta(days=400)


def test_deferred_again_and_again_it_gives_up() -> None:
    talk, request = asked()
    for _ in range(7):
        talk.tell(deferred(request, request.meta.occurred_at + MINUTE, request.meta.occurred_at + DAY))
        request = talk.until_asked()
    talk.tell(deferred(request, request.meta.occurred_at + MINUTE, request.meta.occurred_at + DAY))
    assert talk.end == "gave-up"
    assert len(talk.requests) == 8
    assert len({r.contact_id for r in talk.requests}) == 8


@pytest.mark.parametrize(
    ("rule", "end"),
    [
        ("us.opt-out.medium", "opted-out"),
        ("us.opt-out.address", "opted-out"),
        ("us.stop.cease", "restricted"),
        ("house.stop.minor", "restricted"),
        ("gate.service", "vetoed"),
        ("a.rule.nobody-knows", "vetoed"),
    ],
)
def test_a_veto_ends_it_as_the_strategy_says(rule: str, end: str) -> None:
    talk, request = asked()
    assert talk.tell(vetoed(request, request.meta.occurred_at, rule)) == []
    assert talk.end == end


def test_an_address_that_the_gate_does_not_know_gives_way_to_the_next() -> None:
    talk, request = asked()
    talk.tell(vetoed(request, request.meta.occurred_at, "gate.address"))
    second = talk.requests[1] if len(talk.requests) > 1 else talk.until_asked()
    assert (request.address_id, second.address_id) == (MOBILE, SECOND)
    talk.tell(vetoed(second, second.meta.occurred_at, "gate.address"))
    assert talk.end == "no-number"


@pytest.mark.parametrize("make", [undelivered, refused])
@pytest.mark.parametrize(
    ("reason", "then"),
    [
        (ReasonClass.PERMANENT_ADDRESS, SECOND),
        (ReasonClass.EXPIRED, MOBILE),
        (ReasonClass.NOT_SENT, MOBILE),
        (ReasonClass.TECHNICAL, MOBILE),
        (ReasonClass.TEMPORARY, MOBILE),
        (ReasonClass.OPTED_OUT, "opted-out"),
        (ReasonClass.CONTENT_OR_REPUTATION, "undeliverable"),
        (ReasonClass.CONFIGURATION, "misconfigured"),
    ],
)
def test_a_failure_leads_to_the_next_number_another_try_or_the_end(
    make: Callable[[ReasonClass], Failure], reason: ReasonClass, then: str
) -> None:
    talk, request = asked()
    talk.tell(*make(reason)(request, request.meta.occurred_at))
    if not then.startswith("tel-"):
        assert talk.end == then
        return
    second = talk.requests[1] if len(talk.requests) > 1 else talk.until_asked()
    assert (second.step_id, second.address_id) == ("welcome", then)


@pytest.mark.parametrize("make", [undelivered, refused])
@pytest.mark.parametrize("reason", [ReasonClass.UNKNOWN, ReasonClass.NONE])
def test_a_failure_of_which_nobody_knows_the_meaning_leaves_the_step(
    make: Callable[[ReasonClass], Failure], reason: ReasonClass
) -> None:
    talk, request = asked()
    talk.tell(*make(reason)(request, request.meta.occurred_at))
    assert talk.until_asked().step_id == "follow-up"


@pytest.mark.parametrize("make", [undelivered, refused])
def test_with_the_last_number_gone_it_ends_and_the_number_is_not_used_again(
    make: Callable[[ReasonClass], Failure],
) -> None:
    talk, request = asked(numbers=1)
    talk.tell(*make(ReasonClass.PERMANENT_ADDRESS)(request, request.meta.occurred_at))
    assert talk.end == "no-number"
    assert talk.state.phones[0].bad


def test_what_did_not_arrive_is_not_tried_again_once_the_next_contact_is_asked_for() -> None:
    talk, first = asked()
    at = first.meta.occurred_at
    talk.tell(approved(first, at), accepted(first, at))
    second = talk.until_asked()
    talk.tell(status(first, second.meta.occurred_at, AttemptStatus.FAILED, ReasonClass.EXPIRED))
    assert len(talk.requests) == 2
    talk.tell(accepted(second, second.meta.occurred_at))
    assert talk.end == "completed"


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0), (2, 0, 1), (1, 2, 0)])
def test_in_whatever_order_the_news_comes_the_text_counts_once(order: tuple[int, ...]) -> None:
    talk, request = asked()
    at = request.meta.occurred_at
    news = [approved(request, at), accepted(request, at), status(request, at, AttemptStatus.DELIVERED)]
    talk.tell(*(news[n] for n in order))
    talk.tell(*news)
    assert len(talk.requests) == 1
    assert talk.due == at + 3 * DAY


def test_a_late_verdict_on_a_contact_that_failed_moves_nothing() -> None:
    talk, request = asked()
    at = request.meta.occurred_at
    talk.tell(rejected(request, at, ReasonClass.TECHNICAL))
    before = talk.due
    talk.tell(approved(request, at + MINUTE), started(request, at))
    assert talk.due == before


@pytest.mark.parametrize("heard", [(), (approved,)], ids=["no-verdict", "no-attempt"])
def test_without_any_answer_it_is_asked_for_again(heard: tuple[Callable[..., Event], ...]) -> None:
    talk, request = asked()
    at = request.meta.occurred_at
    talk.tell(*(news(request, at) for news in heard))
    second = talk.until_asked()
    assert second.step_id == "welcome"
    assert second.meta.occurred_at >= at + 3 * DAY, "two days that it is valid, and one of patience"


@pytest.mark.parametrize("news", [started, in_doubt])
def test_a_text_that_was_begun_and_never_settled_counts_as_sent(news: Callable[..., Event]) -> None:
    talk, request = asked()
    talk.tell(approved(request, request.meta.occurred_at), news(request, request.meta.occurred_at))
    assert talk.until_asked().step_id == "follow-up"
    assert len(talk.requests) == 2


@pytest.mark.parametrize("news", [accepted, started])
def test_an_attempt_that_is_heard_of_after_it_was_given_up_is_followed_again(news: Callable[..., Event]) -> None:
    talk, request = asked()
    at = request.meta.occurred_at
    talk.wake()
    if len(talk.requests) > 1:
        pytest.skip("its moment was at once")
    talk.tell(news(request, at + DAY), now=at + 4 * DAY)
    assert talk.until_asked().step_id == "follow-up"
    assert len(talk.requests) == 2


def test_whatever_comes_after_the_end_asks_for_nothing() -> None:
    talk, request = asked()
    at = request.meta.occurred_at
    talk.tell(a_reply(at))
    talk.tell(
        approved(request, at),
        rejected(request, at, ReasonClass.PERMANENT_ADDRESS),
        status(request, at, AttemptStatus.UNDELIVERED, ReasonClass.PERMANENT_ADDRESS),
    )
    assert talk.end == "replied"
    assert len(talk.requests) == 1


def test_a_number_that_is_gone_stays_gone_when_it_is_placed_again() -> None:
    talk, request = asked(numbers=1)
    talk.tell(rejected(request, request.meta.occurred_at, ReasonClass.PERMANENT_ADDRESS))
    later = an_account("again", NEW_YORK_NINE + DAY, placement_sequence=2, phones=(replace(a_phone(), consented=True),))
    talk.tell(later)
    assert talk.end == "no-number"
