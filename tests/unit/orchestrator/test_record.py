"""What is remembered of a consumer: little, bounded, and readable from its bytes.

Green does not prove that what was remembered by an earlier release can be read: structures only grow at their ends.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from contracts.events import (
    AttemptStatus,
    Event,
    FactKind,
    FactLearned,
    PaymentSettled,
    ReasonClass,
    ZoneEvidence,
    ZoneSource,
)
from contracts.ids import ContactId, PaymentId
from services.orchestrator.core.codes import PROGRESS_OF_STATUS, Flag, Progress
from services.orchestrator.core.record import learn
from services.orchestrator.core.state import FRESH, MOST_PAYMENTS, Consumer, decode, encode, hash_of, key_of
from services.orchestrator.core.steps.wait import Wait
from services.orchestrator.core.strategy import Strategies
from tests.unit.compliance.factories import CARD, MOBILE, a_contact_id, a_meta, a_phone, a_reply, an_account
from tests.unit.orchestrator.factories import NEW_YORK_NINE, Talk, accepted, approved, rejected, shipped

PLACED = NEW_YORK_NINE
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def a_fact(fact: FactKind, *, holds: bool = True, until: timedelta | None = None) -> FactLearned:
    """Something learned a day after the placement."""
    at = PLACED + DAY
    end = None if until is None else at + until
    return FactLearned(a_meta(f"{fact}/{holds}", at), fact, holds, "", (), None, at, end, "client")


def a_part(n: int, amount: str = "1.00") -> PaymentSettled:
    """The nth part of a payment."""
    at = PLACED + n * MINUTE
    return PaymentSettled(a_meta(f"part/{n}", at), PaymentId(f"{n}"), CARD, Decimal(amount), "USD", "ach", at)


def after(*events: Event, state: Consumer = FRESH) -> Consumer:
    """What is known after events."""
    for event in events:
        state = learn(state, event)
    return state


@pytest.mark.parametrize("encoded", [b"", b"\x00", b"\xff", encode(FRESH)[:-1], b"\x91\xa1x"])
def test_bytes_that_are_no_record_are_refused(encoded: bytes) -> None:
    with pytest.raises(ValueError, match="not a consumer's record"):
        decode(encoded)


def test_a_typical_record_is_small() -> None:
    talk = Talk()
    talk.tell(an_account(when=PLACED, phones=(a_phone(), a_phone(MOBILE), a_phone())))
    for _ in range(2):
        request = talk.until_asked()
        at = request.meta.occurred_at
        talk.tell(approved(request, at), accepted(request, at))
    assert talk.end == "completed"
    assert len(encode(talk.state)) < 400


def test_payments_are_kept_one_by_one_up_to_a_limit_and_the_balance_stays_right() -> None:
    many = MOST_PAYMENTS + 10
    state = after(an_account(when=PLACED), *(a_part(n) for n in range(many)))
    (account,) = state.accounts
    assert len(account.payments) == MOST_PAYMENTS
    assert account.owed == 123456 - 100 * many
    assert after(a_part(many - 1), state=state) == state


def test_more_than_is_owed_is_nothing_owed_and_other_money_is_not_counted() -> None:
    (account,) = after(an_account(when=PLACED), a_part(1, "9999.00")).accounts
    assert account.owed == 0
    foreign = PaymentSettled(a_meta("x"), PaymentId("x"), CARD, Decimal("5.00"), "CAD", "ach", PLACED)
    (account,) = after(an_account(when=PLACED), foreign, a_part(1, "-5.00")).accounts
    assert account.owed == 123456
    assert len(account.payments) == 2


@pytest.mark.parametrize("fact", [FactKind.CEASED, FactKind.ATTORNEY_REPRESENTED, FactKind.BANKRUPT, FactKind.DECEASED])
def test_a_restriction_that_is_learned_ends_the_conversation(fact: FactKind) -> None:
    talk = Talk()
    talk.tell(an_account(when=PLACED), a_fact(fact))
    assert talk.end == "restricted"
    assert talk.state.restrictions == Flag[fact.value]
    before = talk.state
    talk.tell(a_fact(fact), a_fact(fact, holds=False))
    assert talk.state == before, "to lift a restriction is for a person to decide"


@pytest.mark.parametrize(
    "fact",
    [
        a_fact(FactKind.BANKRUPT, holds=False),
        a_fact(FactKind.BANKRUPT, until=-DAY),
        a_fact(FactKind.RIGHT_PARTY),
        a_fact(FactKind.UNKNOWN),
    ],
)
def test_what_does_not_restrict_does_not_end_it(fact: FactLearned) -> None:
    talk = Talk()
    talk.tell(an_account(when=PLACED), fact)
    assert talk.end == "running"


def test_a_number_that_turned_out_bad_before_its_moment_is_not_used() -> None:
    talk = Talk()
    talk.tell(an_account(when=PLACED))
    somebody_elses = Talk()
    somebody_elses.tell(an_account(when=PLACED))
    other = somebody_elses.until_asked()
    talk.tell(rejected(other, PLACED, ReasonClass.PERMANENT_ADDRESS))
    assert talk.wake() == []
    assert talk.end == "no-number"


@pytest.mark.parametrize(
    ("fact", "detail", "end"),
    [
        (FactKind.LINE_TYPE, "landline", "no-number"),
        (FactKind.LINE_TYPE, "invalid", "no-number"),
        (FactKind.NUMBER_CHECKED, "reassigned", "no-number"),
        (FactKind.LINE_TYPE, "mobile", "running"),
        (FactKind.LINE_TYPE, "unknown", "running"),
        (FactKind.NUMBER_CHECKED, "no-data", "running"),
    ],
)
def test_a_number_that_was_found_to_take_no_texts_of_ours_is_not_used(fact: FactKind, detail: str, end: str) -> None:
    talk = Talk()
    talk.tell(an_account(when=PLACED))
    at = PLACED + timedelta(seconds=1)
    talk.tell(FactLearned(a_meta("found", at), fact, True, detail, (), MOBILE, at, None, "database"))
    talk.wake()
    assert talk.end == end


def test_where_no_hour_suits_every_zone_the_gate_is_asked_at_once() -> None:
    zones = tuple(ZoneEvidence(z, ZoneSource.PHONE_NUMBER, None) for z in ("America/New_York", "Pacific/Guam"))
    talk = Talk()
    assert len(talk.tell(an_account(when=PLACED, zones=zones))) == 1


def test_every_status_has_its_place_on_the_ladder() -> None:
    assert {s.value for s in AttemptStatus} <= set(PROGRESS_OF_STATUS), "unknown ones count as accepted"
    assert Progress.ACCEPTED < Progress.FAILED < Progress.DELIVERED


def test_ids_are_shortened_alike_and_what_is_no_id_is_nobodys() -> None:
    one = a_contact_id("one")
    assert key_of(one) == key_of(str(one)) != key_of(a_contact_id("two"))
    assert 0 < key_of(one) < 1 << 64
    assert key_of(ContactId("")) == key_of("no id at all") == -1
    assert hash_of("a") != hash_of("b")


def test_a_strategy_may_end_with_a_contact_or_with_waits_that_are_over() -> None:
    first = shipped().every["first-contact@1"]
    short = replace(first, steps=(first.steps[0], Wait("a", 0), Wait("b", 0)), order=(1, 2, None))
    talk = Talk(Strategies((short,), {short.name: short}))
    talk.tell(an_account(when=PLACED))
    request = talk.until_asked()
    talk.tell(accepted(request, request.meta.occurred_at))
    assert talk.end == "completed"
    only = replace(first, steps=first.steps[:1], order=(None,))
    talk = Talk(Strategies((only,), {only.name: only}))
    talk.tell(an_account(when=PLACED))
    request = talk.until_asked()
    talk.tell(accepted(request, request.meta.occurred_at), a_reply(request.meta.occurred_at))
    assert talk.end == "completed"
