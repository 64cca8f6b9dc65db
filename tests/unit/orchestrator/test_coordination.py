"""Contacts that fall out of the one conversation are found, each kind for its own reason; and few are let happen.

Green does not prove that channels look at what was withdrawn: theirs and the gate's tests do.
"""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from contracts.events import (
    BreakKind,
    Channel,
    ContactRequested,
    CoordinationBroken,
    Event,
    FactKind,
    FactLearned,
    Purpose,
)
from contracts.ids import AddressId, DebtId
from services.orchestrator.core.coordination import stated, why
from services.orchestrator.core.strategy import Strategies
from tests.unit.compliance.factories import CARD, LOAN, a_contact_id, a_meta, an_account, opted_out
from tests.unit.orchestrator.factories import NEW_YORK_NINE, Talk, accepted, approved, shipped
from tests.unit.orchestrator.test_promises import agreed, paid, recalled, together

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
PLACED = NEW_YORK_NINE


def breaks(talk: Talk) -> list[BreakKind]:
    """What was found, in order."""
    return [e.kind for e in talk.said if isinstance(e, CoordinationBroken)]


def by_the_desk(name: str, talk: Talk, days: float = 0.2, **changes: Any) -> ContactRequested:
    """Somebody else asks for a contact, which the gate approves."""
    at = PLACED + days * DAY
    request = ContactRequested(
        replace(a_meta(f"desk-{name}", at), producer="desk"), a_contact_id(name), Channel.SMS, AddressId("tel-x"),
        (CARD,), Purpose.OUTREACH, "desk-text", "en", {"balance": "$1,234.56"}, at + DAY, "", "",
    )  # fmt: skip
    request = replace(request, **changes)
    talk.tell(request, approved(request, at + MINUTE))
    return request


def asked(strategies: Strategies | None = None) -> tuple[Talk, ContactRequested]:
    """Ana is to be written to, and the gate has approved."""
    talk = Talk(strategies)
    talk.tell(an_account(when=PLACED, phones=an_account().phones[:1]))
    request = talk.until_asked()
    talk.tell(approved(request, request.meta.occurred_at))
    return talk, request


def a_fact(kind: FactKind, at: Any) -> FactLearned:
    """Somebody tells us something."""
    return FactLearned(a_meta(f"{kind}", at), kind, True, "", (), None, at, None, "consumer")


STOPS: dict[BreakKind, Any] = {
    BreakKind.AFTER_PAYMENT: lambda at: replace(paid("10.00", 1), settled_at=at),
    BreakKind.AFTER_DISPUTE: lambda at: a_fact(FactKind.DISPUTED, at),
    BreakKind.AFTER_OPT_OUT: lambda at: opted_out(at),
    BreakKind.AFTER_RECALL: lambda at: replace(recalled(1), recalled_at=at),
}


@pytest.mark.parametrize("kind", STOPS)
def test_a_contact_that_goes_out_after_what_should_have_stopped_it_is_a_break(kind: BreakKind) -> None:
    talk, request = asked()
    at = request.meta.occurred_at
    talk.tell(STOPS[kind](at + MINUTE), now=at + MINUTE)
    assert talk.end != "running"
    late = accepted(request, at + HOUR)
    talk.tell(late)
    assert breaks(talk) == [kind]
    (broken,) = [e for e in talk.said if isinstance(e, CoordinationBroken)]
    assert (broken.contact_id, broken.known_at, broken.made_at) == (request.contact_id, at + MINUTE, at + HOUR)
    talk.tell(late)
    assert breaks(talk) == [kind], "told again it is no other break"


@pytest.mark.parametrize("kind", STOPS)
def test_what_was_on_its_way_when_we_learned_of_it_is_none(kind: BreakKind) -> None:
    talk, request = asked()
    at = request.meta.occurred_at
    talk.tell(STOPS[kind](at + MINUTE), now=at + MINUTE)
    talk.tell(accepted(request, at + MINUTE + timedelta(seconds=5)))
    assert breaks(talk) == [], "nobody at the channel could know within that time"


def test_a_step_that_was_overtaken_and_made_all_the_same_is_a_break() -> None:
    talk, request = asked(together("steady", "promise-to-pay"))
    at = request.meta.occurred_at
    talk.tell(agreed((10, "100.00")), now=at + MINUTE)
    talk.tell(accepted(request, at + HOUR))
    assert breaks(talk) == [BreakKind.OVERTAKEN]


def test_another_amount_than_is_owed_is_a_break() -> None:
    talk = Talk()
    talk.tell(an_account(when=PLACED, phones=()))
    by_the_desk("right", talk)
    by_the_desk("silent", talk, 2, parameters={})
    by_the_desk("unreadable", talk, 4, parameters={"balance": "much"})
    assert breaks(talk) == []
    by_the_desk("wrong", talk, 6, parameters={"balance": "$1,300.00"})
    assert breaks(talk) == [BreakKind.AMOUNT_DIFFERS]


def test_two_offers_by_two_channels_must_be_one() -> None:
    talk = Talk()
    talk.tell(an_account(when=PLACED, phones=()))
    by_the_desk("text", talk, parameters={"offer": "$600.00"})
    by_the_desk("other text", talk, 2, parameters={"offer": "$550.00"})
    assert breaks(talk) == [], "a new offer by the same medium takes the place of the old one"
    by_the_desk("e-mail", talk, 3, channel=Channel.EMAIL, parameters={"offer": "$700.00"})
    assert set(breaks(talk)) == {BreakKind.OFFER_DIFFERS}
    found = len(breaks(talk))
    by_the_desk("much later", talk, 30, channel=Channel.LETTER, parameters={"offer": "$700.00"})
    assert len(breaks(talk)) == found


def test_two_purposes_on_one_day_are_a_break_and_what_the_consumer_asked_for_is_none() -> None:
    talk, request = asked()
    talk.tell(accepted(request, request.meta.occurred_at))
    by_the_desk("answer", talk, purpose=Purpose.REPLY, parameters={})
    by_the_desk("tomorrow", talk, 1.2, parameters={})
    assert breaks(talk) == []
    by_the_desk("today", talk, 0.3, parameters={})
    assert breaks(talk) == [BreakKind.TWO_PURPOSES]
    (broken,) = [e for e in talk.said if isinstance(e, CoordinationBroken)]
    assert broken.other_contact_id == request.contact_id


def test_the_orchestrator_itself_waits_for_another_day() -> None:
    talk = Talk()
    talk.tell(an_account(when=PLACED - 3 * HOUR, phones=an_account().phones[:1]), now=PLACED - 3 * HOUR)
    by_the_desk("first", talk, -0.05, parameters={})
    request = talk.until_asked()
    assert request.meta.occurred_at.date() == (PLACED + DAY).date()
    talk.tell(approved(request, request.meta.occurred_at))
    assert breaks(talk) == []


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        (BreakKind.AFTER_PAYMENT, paid("1234.56", 1)),
        (BreakKind.AFTER_RECALL, recalled(1)),
        (BreakKind.AFTER_DISPUTE, a_fact(FactKind.DISPUTED, PLACED + DAY)),
        (BreakKind.AFTER_OPT_OUT, opted_out(PLACED + DAY)),
    ],
)
def test_what_others_ask_for_is_looked_at_too(kind: BreakKind, event: Event) -> None:
    talk = Talk()
    talk.tell(an_account(when=PLACED, phones=()), event)
    by_the_desk("late", talk, 2, parameters={})
    assert breaks(talk) == [kind]
    by_the_desk("thanks", talk, 4, parameters={}, purpose=Purpose.PAYMENT_CONFIRMATION)
    assert breaks(talk) == [kind]


def test_a_contact_of_whom_nobody_asked_and_debts_nobody_knows_break_nothing() -> None:
    talk = Talk()
    talk.tell(an_account(when=PLACED, phones=()))
    request = by_the_desk("known", talk, debt_ids=(CARD, LOAN, DebtId("other")))
    talk.tell(request, accepted(replace(request, contact_id=a_contact_id("unasked")), PLACED + DAY))
    assert breaks(talk) == []


def test_amounts_are_read_as_contacts_state_them() -> None:
    said = ["$1,234.56", "12", "0.05", "", "much", "1.5", "-3.00", "1.2x"]
    assert [stated(s) for s in said] == [123456, 1200, 5, -1, -1, -1, -1, -1]


def test_versions_of_a_strategy_are_one_purpose_and_what_was_asked_for_competes_with_nothing() -> None:
    assert why(Purpose.OUTREACH, "steady@1") == why(Purpose.OUTREACH, "steady@2") != why(Purpose.OUTREACH, "other@1")
    assert why(Purpose.REPLY, "steady@1") == why(Purpose.VALIDATION_NOTICE, "steady@1") == 0
    assert shipped().notice == 5
