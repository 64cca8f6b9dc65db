"""How a conversation begins, goes on and ends, event by event.

Green does not prove that the events come: that is the runtime's part.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from contracts.events import (
    AccountPlaced,
    Channel,
    Event,
    OptOutScope,
    PaymentSettled,
    PersonName,
    PlacementFlags,
    Purpose,
    ReplyIntent,
    TimerKind,
)
from contracts.ids import AddressId, DebtId, PaymentId
from services.orchestrator.core.state import FRESH
from services.orchestrator.core.strategy import Strategies
from tests.unit.compliance.factories import (
    CARD,
    LOAN,
    MOBILE,
    a_meta,
    a_phone,
    a_reply,
    an_account,
    opted_in,
    opted_out,
)
from tests.unit.orchestrator.factories import NEW_YORK_NINE, Talk, accepted, approved, shipped

PLACED = NEW_YORK_NINE
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
UNSAID: dict[str, bool | None] = dict.fromkeys(PlacementFlags.__struct_fields__)


def flags(*names: str) -> PlacementFlags:
    """What a client says."""
    return PlacementFlags(**(UNSAID | dict.fromkeys(names, True)))


def placed(**changes: Any) -> AccountPlaced:
    """Ana's card, placed on a Monday morning."""
    return an_account(when=PLACED, **changes)


def a_second_account(after: timedelta = DAY, **changes: Any) -> AccountPlaced:
    """Ana's loan, placed later."""
    when = PLACED + after
    fields: dict[str, Any] = {
        "debt_id": LOAN,
        "current_creditor": "Quay Lending",
        "account_last4": "2002",
        "balance": Decimal("65.44"),
    }
    return an_account("second", when, **(fields | changes))


def paid(amount: str = "10.00", *, debt_id: DebtId = CARD, after: timedelta = DAY, name: str = "p") -> PaymentSettled:
    """Money."""
    when = PLACED + after
    return PaymentSettled(a_meta(f"paid-{name}", when), PaymentId(name), debt_id, Decimal(amount), "USD", "card", when)


def in_the_pause() -> Talk:
    """Ana has had the welcome text, and three days are running."""
    talk = Talk()
    talk.tell(placed())
    request = talk.until_asked()
    at = request.meta.occurred_at
    talk.tell(approved(request, at + MINUTE), accepted(request, at + 2 * MINUTE))
    assert talk.end == "running"
    return talk


def test_a_placement_leads_to_a_text_that_says_all_the_gate_and_the_channel_need() -> None:
    talk = Talk()
    event = placed()
    assert talk.tell(event) == []
    request = talk.until_asked()
    assert request.channel is Channel.SMS
    assert request.purpose is Purpose.OUTREACH
    assert request.address_id == MOBILE
    assert request.debt_ids == (CARD,)
    assert request.template_id == "welcome"
    assert request.language == "en"
    assert request.parameters == {
        "first_name": "Ana",
        "creditor": "Pier Fund",
        "account_last4": "1001",
        "balance": "$1,234.56",
    }
    assert (request.strategy_id, request.step_id) == ("first-contact@1", "welcome")
    assert request.not_after == request.meta.occurred_at + 2 * DAY
    assert request.meta.correlation_id == event.meta.correlation_id
    assert PLACED <= request.meta.occurred_at < PLACED + timedelta(hours=3)


def test_three_days_count_from_when_the_provider_had_the_text() -> None:
    talk = Talk()
    talk.tell(placed())
    first = talk.until_asked()
    at = first.meta.occurred_at + timedelta(hours=1)
    talk.tell(approved(first, at - MINUTE), accepted(first, at))
    assert talk.due == at + 3 * DAY
    second = talk.until_asked()
    assert second.template_id == "follow-up"
    assert second.meta.occurred_at >= at + 3 * DAY
    assert second.contact_id != first.contact_id
    talk.tell(accepted(second, second.meta.occurred_at + MINUTE))
    assert talk.end == "completed"
    assert talk.due is None


def test_an_answer_that_takes_an_hour_or_a_day_changes_nothing_but_the_time() -> None:
    talk = Talk()
    talk.tell(placed())
    first = talk.until_asked()
    at = first.meta.occurred_at
    talk.tell(approved(first, at + timedelta(hours=20)), accepted(first, at + timedelta(hours=40)))
    assert talk.due == at + timedelta(hours=40) + 3 * DAY


@pytest.mark.parametrize(
    ("event", "end"),
    [
        (a_reply(PLACED + DAY), "replied"),
        (a_reply(PLACED + DAY, ReplyIntent.HELP), "replied"),
        (a_reply(PLACED + DAY, channel=Channel.EMAIL), "replied"),
        (a_reply(PLACED + DAY, ReplyIntent.OPT_OUT), "opted-out"),
        (opted_out(PLACED + DAY), "opted-out"),
        (opted_out(PLACED + DAY, OptOutScope.ADDRESS), "opted-out"),
        (opted_out(PLACED + DAY, OptOutScope.EVERYTHING, Channel.UNKNOWN, None), "opted-out"),
        (opted_out(PLACED + DAY, OptOutScope.UNKNOWN, Channel.EMAIL), "opted-out"),
        (paid(), "paid"),
        (paid("1234.56"), "paid"),
        (paid(debt_id=DebtId("debt-of-which-nobody-heard")), "paid"),
        *((a_second_account(flags=flags(f)), "restricted") for f in UNSAID if f != "military"),
    ],
    ids=lambda v: v if isinstance(v, str) else type(v).__name__,
)
def test_what_the_consumer_does_ends_it_at_once(event: Event, end: str) -> None:
    talk = in_the_pause()
    assert talk.tell(event) == []
    assert talk.end == end
    assert talk.due is None


def test_before_the_first_text_too() -> None:
    talk = Talk()
    talk.tell(placed())
    timer = talk.timer()
    talk.tell(opted_out(PLACED))
    assert talk.tell(timer) == []
    assert talk.end == "opted-out"


@pytest.mark.parametrize(
    "event",
    [
        opted_out(PLACED + DAY, OptOutScope.MEDIUM, Channel.EMAIL),
        opted_in(PLACED + DAY),
        a_second_account(flags=flags("military")),
    ],
    ids=lambda e: type(e).__name__,
)
def test_what_is_no_concern_of_the_strategy_changes_nothing(event: Event) -> None:
    talk = in_the_pause()
    due = talk.due
    talk.tell(event)
    assert talk.end == "running"
    assert talk.due == due


@pytest.mark.parametrize(
    "changes",
    [
        {"phones": ()},
        {"phones": (replace(a_phone(), line_type="landline"),)},
        {"phones": (replace(a_phone(), line_type="what is this"),)},
        {"phones": (replace(a_phone(), consented=False),)},
        {"balance": Decimal("0.00")},
        {"balance": Decimal("-5.00")},
        {"flags": flags("deceased")},
        {"flags": flags("disputed")},
    ],
)
def test_nothing_begins_without_a_number_a_debt_or_leave(changes: dict[str, Any]) -> None:
    talk = Talk()
    assert talk.tell(placed(**changes)) == []
    assert talk.end == "not-entered"
    assert talk.due is None


@pytest.mark.parametrize(
    "event",
    [opted_out(PLACED - DAY), opted_out(PLACED + DAY), a_reply(PLACED + DAY), paid(), paid("1234.56")],
    ids=lambda e: type(e).__name__,
)
def test_what_would_have_ended_it_keeps_it_from_beginning_if_it_is_heard_of_first(event: Event) -> None:
    talk = Talk()
    talk.tell(event, now=PLACED)
    talk.tell(placed(), now=PLACED)
    assert talk.end == "not-entered"


@pytest.mark.parametrize("event", [a_reply(PLACED - DAY), paid(after=-DAY)], ids=["reply", "payment"])
def test_what_came_before_the_placement_does_not_keep_it_from_beginning(event: Event) -> None:
    talk = Talk()
    talk.tell(event, placed())
    assert talk.until_asked().parameters["balance"] == "$1,234.56"


def test_an_opt_in_after_the_opt_out_lets_a_new_placement_begin() -> None:
    talk = Talk()
    talk.tell(opted_out(PLACED - 2 * DAY), opted_in(PLACED - DAY), placed())
    assert talk.end == "running"
    talk = Talk()
    talk.tell(opted_in(PLACED - DAY), opted_out(PLACED - 2 * DAY), placed())
    assert talk.end == "running"
    talk = Talk()
    talk.tell(opted_out(PLACED - DAY), opted_in(PLACED - DAY), placed())
    assert talk.end == "not-entered"


def test_a_second_account_joins_the_conversation() -> None:
    talk = in_the_pause()
    due = talk.due
    assert talk.tell(a_second_account()) == []
    assert talk.due == due
    request = talk.until_asked()
    assert request.template_id == "follow-up"
    assert request.debt_ids == (CARD, LOAN)
    assert request.parameters["creditor"] == "Pier Fund and Quay Lending"
    assert request.parameters["account_last4"] == "1001 and 2002"
    assert request.parameters["balance"] == "$1,300.00"


def test_an_account_that_brings_the_first_mobile_number_begins_it_for_all() -> None:
    talk = Talk()
    talk.tell(placed(phones=()))
    assert talk.end == "not-entered"
    talk.tell(a_second_account())
    assert talk.until_asked().debt_ids == (CARD, LOAN)


def test_a_paid_account_drops_out_and_a_later_one_begins_anew() -> None:
    talk = in_the_pause()
    talk.tell(paid("1234.56"))
    assert talk.end == "paid"
    talk.tell(a_second_account(2 * DAY))
    request = talk.until_asked()
    assert request.template_id == "welcome"
    assert request.debt_ids == (LOAN,)


def test_after_a_reply_a_new_account_is_left_to_a_person() -> None:
    talk = in_the_pause()
    talk.tell(a_reply(PLACED + DAY), a_second_account(2 * DAY))
    assert talk.end == "replied"


def test_the_same_account_placed_again_has_a_new_balance() -> None:
    talk = in_the_pause()
    again = an_account("again", PLACED + DAY, placement_sequence=2, balance=Decimal("99.00"))
    talk.tell(replace(again, name=PersonName("Anna", None, "Example", None)), placed())
    request = talk.until_asked()
    assert request.parameters["balance"] == "$99.00"
    assert request.parameters["first_name"] == "Anna"


@pytest.mark.parametrize(
    "event",
    [placed(), a_second_account(), opted_in(PLACED + DAY), opted_out(PLACED + DAY, channel=Channel.EMAIL)],
    ids=lambda e: type(e).__name__,
)
def test_the_same_event_again_changes_nothing(event: Event) -> None:
    talk = in_the_pause()
    talk.tell(event)
    before = talk.state
    talk.tell(event)
    assert talk.state == before


@pytest.mark.parametrize("event", [a_reply(PLACED + DAY), paid(), opted_out(PLACED + DAY)], ids=["reply", "pay", "out"])
def test_news_of_long_ago_that_comes_again_does_not_end_a_later_conversation(event: Event) -> None:
    talk = in_the_pause()
    talk.tell(event, opted_in(PLACED + 2 * DAY))
    ended = talk.state.place
    assert ended is not None
    talk.state = replace(talk.state, place=replace(ended, reason=1))
    talk.tell(a_second_account(3 * DAY))
    assert talk.end == "running"
    talk.tell(event)
    assert talk.end == "running"


def test_events_for_a_consumer_of_whom_nobody_heard_are_kept_and_ask_for_nothing() -> None:
    talk = Talk()
    request = in_the_pause().requests[0]
    talk.tell(approved(request, PLACED), accepted(request, PLACED), a_reply(PLACED - DAY), in_the_pause().timer())
    assert talk.requests == []
    assert talk.due is None
    state = talk.state
    known = ("replied_at", "reply_id", "reply_address", "statements", "segments", "sorted_by")
    said = {n: getattr(state, n) for n in known}
    assert state == replace(FRESH, **said)


def test_a_timer_that_comes_twice_moves_once_and_an_old_one_not_at_all() -> None:
    talk = Talk()
    talk.tell(placed())
    timer = talk.timer()
    assert timer.kind is TimerKind.STRATEGY_STEP
    due = talk.due
    assert due is not None
    assert len(talk.tell(timer, timer, now=due)) == 1
    assert talk.tell(timer, now=due + 5 * DAY) == []


def test_a_timer_is_the_same_however_often_it_is_asked_for() -> None:
    talk = Talk()
    talk.tell(placed())
    assert talk.timer() == talk.timer()
    assert talk.timer().meta.occurred_at == talk.timer().due_at == talk.due


def test_a_timer_that_comes_after_the_hours_waits_for_the_next_ones() -> None:
    talk = Talk()
    talk.tell(placed())
    assert talk.tell(talk.timer(), now=PLACED + timedelta(hours=12)) == []
    assert talk.end == "running"
    due = talk.due
    assert due is not None
    assert PLACED + DAY <= due < PLACED + DAY + timedelta(hours=3)
    assert len(talk.wake()) == 1


def test_nothing_is_asked_for_when_nothing_is_owed_any_more() -> None:
    talk = in_the_pause()
    correction = an_account("corrected", PLACED + DAY, placement_sequence=2, balance=Decimal("0.00"))
    talk.tell(correction)
    assert talk.end == "nothing-owed"


def test_a_strategy_that_is_gone_contacts_nobody() -> None:
    talk = in_the_pause()
    timer = talk.timer()
    gone = Talk(Strategies((), {}))
    gone.state = talk.state
    assert gone.tell(timer) == []
    assert gone.end == "withdrawn"


def test_a_consumer_stays_on_the_version_that_was_entered() -> None:
    first = shipped().every["first-contact@1"]
    newer = replace(first, version=2, steps=first.steps[:1], order=(None,))
    talk = in_the_pause()
    both = Strategies((newer,), {"first-contact@1": first, "first-contact@2": newer})
    later = Talk(both)
    later.state = talk.state
    assert later.until_asked().strategy_id == "first-contact@1"
    fresh = Talk(both)
    fresh.tell(placed())
    assert fresh.state.place is not None
    assert fresh.state.place.strategy == "first-contact@2"


def test_a_number_with_consent_comes_before_one_of_which_nobody_knows() -> None:
    other = AddressId("tel-000000000000000000000009")
    talk = Talk()
    talk.tell(placed(phones=(replace(a_phone(), consented=None), a_phone(other, "+12125550109"))))
    assert talk.until_asked().address_id == other


def test_spanish_is_written_to_those_who_want_it_and_english_to_all_others() -> None:
    for given, written in (("es", "es"), ("ES-MX", "es"), ("en", "en"), ("fr", "en"), ("", "en")):
        talk = Talk()
        talk.tell(placed(language=given))
        assert talk.until_asked().language == written
