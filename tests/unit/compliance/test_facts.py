"""Facts, purposes and late news: what is remembered of them, and what a claim is worth without evidence.

Green does not prove that anybody reports the facts.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from chassis.service import Context, Position
from contracts.calendar import assumed_received, business_days_after, holidays, is_business_day
from contracts.events import (
    AttemptStatus,
    Channel,
    ContactApproved,
    ContactDeferred,
    ContactsReviewed,
    ContactVetoed,
    Event,
    FactKind,
    FactLearned,
    PostalAddress,
    Purpose,
    TextApproved,
)
from contracts.ids import AddressId, DebtId
from services.compliance.core.codes import FACTS, Known
from services.compliance.core.decide import in_full
from services.compliance.core.evolve import evolve
from services.compliance.core.state import encode
from tests.unit.compliance.factories import (
    CARD,
    NOON,
    Conversation,
    a_meta,
    a_payment,
    a_reply,
    a_request,
    an_account,
    opted_out,
    shipped_rules,
    status,
)

DAY = timedelta(days=1)


def a_fact(
    kind: FactKind, when: datetime = NOON, detail: str = "", *, holds: bool = True, debts: Iterable[DebtId] = ()
) -> FactLearned:
    """Something that a client tells us of Ana."""
    meta = a_meta(f"{kind.value}-{holds}", when)
    return FactLearned(meta, kind, holds, detail, tuple(debts), None, when, None, "client")


def talking(*events: Event) -> Conversation:
    """Ana, of whom an account was placed and some things are known."""
    conversation = Conversation()
    conversation.tell(an_account())
    for event in events:
        conversation.tell(event)
    return conversation


def test_numbers_of_facts_are_those_of_the_schema() -> None:
    assert {known.name: int(known) for known in Known} | {"UNKNOWN": 0} == FACTS


def test_a_cease_bars_and_its_end_frees() -> None:
    ana = talking(a_fact(FactKind.CEASED, NOON - DAY))
    assert isinstance(ana.ask("one", NOON), ContactVetoed)
    ana.tell(a_fact(FactKind.CEASED, NOON + timedelta(hours=1), holds=False))
    assert isinstance(ana.ask("two", NOON + timedelta(hours=2)), ContactApproved)


def test_channels_hear_of_a_fact_that_bars() -> None:
    ana = talking()
    assert {type(e).__name__ for e in ana.tell(a_fact(FactKind.CEASED))} == {"SuppressionChanged"}
    assert ana.tell(a_fact(FactKind.CEASED)) == []


@pytest.mark.parametrize(
    "purpose",
    [p for p in Purpose if p not in (Purpose.OUTREACH, Purpose.OPT_OUT_CONFIRMATION, Purpose.CONSENT_REQUEST)],
)
def test_a_purpose_without_evidence_is_judged_as_outreach(purpose: Purpose) -> None:
    ana = talking(a_fact(FactKind.NOTICE_SENT, NOON - DAY, "mail"), status("x", AttemptStatus.DELIVERED))
    if purpose is Purpose.LOCATION:
        pytest.skip("it needs no evidence, and frees from nothing but the rule on third parties")
    verdict = ana.ask("one", NOON, purpose=purpose)
    assert isinstance(verdict, ContactApproved)
    assert verdict.purpose is Purpose.OUTREACH
    second = ana.ask("two", NOON + timedelta(hours=1), purpose=purpose)
    assert isinstance(second, ContactDeferred), "the cap on texts counts it"


def test_a_confirmation_of_nothing_is_vetoed() -> None:
    verdict = talking().ask("one", NOON, purpose=Purpose.OPT_OUT_CONFIRMATION)
    assert isinstance(verdict, ContactVetoed)
    assert verdict.deciding_rule == "us.confirmation.opt-out"


def test_one_confirmation_goes_out_and_the_opt_out_stands() -> None:
    ana = talking(opted_out(NOON))
    soon = NOON + timedelta(minutes=2)
    verdict = ana.ask("one", soon, purpose=Purpose.OPT_OUT_CONFIRMATION)
    assert isinstance(verdict, ContactApproved)
    assert not {"disclose_initial", "optout_notice"} & set(verdict.conditions), "it says nothing but that it stops"
    assert isinstance(ana.ask("two", soon, purpose=Purpose.OPT_OUT_CONFIRMATION), ContactVetoed)
    assert isinstance(ana.ask("three", soon), ContactVetoed)


def test_a_message_may_be_answered_once_even_at_night() -> None:
    night = NOON + timedelta(hours=11)
    ana = talking(a_reply(night))
    answer = {"purpose": Purpose.REPLY, "in_reply_to": a_reply(night).meta.event_id}
    first = ana.ask("one", night + timedelta(minutes=1), **answer)
    assert isinstance(first, ContactApproved)
    assert first.expires_at - first.decided_at <= timedelta(minutes=5)
    assert isinstance(ana.ask("two", night + timedelta(minutes=2), **answer), ContactDeferred)


def test_a_message_that_nobody_sent_cannot_be_answered() -> None:
    night = NOON + timedelta(hours=11)
    verdict = talking().ask("one", night, in_reply_to=a_reply(night).meta.event_id)
    assert isinstance(verdict, ContactDeferred)


def test_a_payment_may_be_confirmed() -> None:
    ana = talking(a_payment(NOON - timedelta(hours=2)))
    verdict = ana.ask("one", NOON, purpose=Purpose.PAYMENT_CONFIRMATION)
    assert isinstance(verdict, ContactApproved)
    assert verdict.purpose is Purpose.PAYMENT_CONFIRMATION


def test_a_disputed_debt_goes_out_marked_or_not_at_all() -> None:
    sent = a_fact(FactKind.NOTICE_SENT, NOON - 10 * DAY, "mail", debts=[CARD])
    oral = talking(sent, a_fact(FactKind.DISPUTED, NOON - DAY, "oral", debts=[CARD]))
    verdict = oral.ask("one", NOON)
    assert isinstance(verdict, ContactApproved)
    assert "mark_disputed" in verdict.conditions
    written = talking(sent, a_fact(FactKind.DISPUTED, NOON - DAY, "written", debts=[CARD]))
    assert isinstance(written.ask("one", NOON), ContactVetoed)


def test_the_channel_hears_what_the_text_must_say() -> None:
    ana = talking()
    outcomes = ana.tell(a_request("one"), NOON)
    approval = outcomes[1]
    assert isinstance(approval, TextApproved)
    assert set(approval.conditions) >= {"disclose_initial", "optout_notice"}


def test_a_fact_learned_late_is_a_finding_and_no_accusation() -> None:
    ana = talking()
    assert isinstance(ana.ask("one", NOON), ContactApproved)
    late = NOON + 3 * DAY
    said = opted_out(NOON - timedelta(hours=1))
    context = Context(late, Position("topic", 3, 99), late, {})
    outcomes = ana.gate.decide(state=ana.state, event=said, context=context)
    (review,) = [e for e in outcomes if isinstance(e, ContactsReviewed)]
    assert {f.rule_id for f in review.findings} == {"us.opt-out.address", "us.opt-out.medium", "us.opt-out.revoked"}
    assert all("Lawful on what was known" in f.reason and len(f.counted) == 2 for f in review.findings)
    assert review.learned_at == late


def test_a_fact_learned_in_time_is_no_finding() -> None:
    ana = talking()
    ana.ask("one", NOON)
    assert not [e for e in ana.tell(opted_out(NOON + DAY), NOON + DAY) if isinstance(e, ContactsReviewed)]


def test_a_consumer_with_thirty_contacts_and_a_consent_takes_less_than_a_kibibyte() -> None:
    ana = talking(a_reply(NOON - DAY))
    approved = ana.ask("first", NOON - 31 * DAY)
    assert isinstance(approved, ContactApproved)
    state = ana.state
    for day in range(29):
        when = NOON - timedelta(days=29 - day)
        channel = Channel.VOICE if day % 2 else Channel.SMS
        name = a_request(f"contact {day}").contact_id
        state = evolve(state, replace(approved, contact_id=name, channel=channel, decided_at=when), 1_000_000 + day)
        state = evolve(state, status(f"contact {day}", AttemptStatus.DELIVERED, when, channel=channel), 2_000_000 + day)
    assert len(state.contacts) == 30
    assert len(encode(state)) < 1024


def test_business_days_leave_out_federal_holidays() -> None:
    def day(text: str) -> int:
        return datetime.fromisoformat(text).toordinal()

    assert business_days_after(day("2026-11-24"), 5) == day("2026-12-02")
    assert assumed_received(day("2026-01-16"), "mail") == day("2026-01-26")
    assert assumed_received(day("2026-01-16"), "in_person") == day("2026-01-16")
    assert {day("2026-07-03"), day("2026-07-04"), day("2026-06-19"), day("2026-05-25")} <= holidays(2026)
    assert not is_business_day(day("2027-12-31")), "the first of January 2028 is a Saturday"
    assert len(holidays(2025)) == 11


def test_where_no_place_is_known_every_places_rules_hold_and_the_verdict_says_so() -> None:

    def rules_asked(conversation: Conversation) -> set[str]:
        verdict = conversation.ask("one", NOON)
        assert isinstance(verdict, ContactApproved)
        return {f.rule_id for f in in_full(verdict, shipped_rules().standard)}

    asked = rules_asked(talking())
    assert {"us-ma.rolling-cap.contacts", "us-nyc.consent.electronic", "us-wa.hours.state", "gate.place"} <= asked
    address = PostalAddress(AddressId("post-1"), ("1 Elm St",), "Toledo", "OH", "43604", "US")
    ohio = Conversation()
    ohio.tell(an_account(postal_addresses=(address,)))
    asked = rules_asked(ohio)
    assert not {rule for rule in asked if rule.startswith(("us-", "gate."))}
    city = Conversation()
    city.tell(an_account(postal_addresses=(replace(address, state="NY", postal_code="11215"),)))
    asked = rules_asked(city)
    assert {"us-nyc.rolling-cap.contacts", "us-ny.consent.electronic"} <= asked
    assert "us-nyc.rolling-cap.contacts-older" not in asked, "it ended in August"
