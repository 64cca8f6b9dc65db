"""Promises, payments that went back, breaks and profiles, as the read model's views show them.

Green does not prove that the orchestrator says them: its own tests do.
"""

from datetime import timedelta
from decimal import Decimal

from msgspec import structs

from contracts.events import (
    ArrangementAgreed,
    ArrangementBroken,
    ArrangementKept,
    BreakKind,
    CallFinding,
    ConsumerProfileChanged,
    ContactHeld,
    ContactReleased,
    ContactWithheld,
    CoordinationBroken,
    Instalment,
    PaymentReversed,
    PaymentSettled,
)
from contracts.ids import ArrangementId, ContactId, PaymentId, RuleId
from tests.integration.reporting.harness import NOON, ask
from tests.integration.reporting.test_reading import an, kept


async def test_arrangements_are_kept_broken_or_open(database: str) -> None:
    parts = (Instalment(NOON.date(), Decimal("40.00")), Instalment(NOON.date(), Decimal("2.00")))
    one, two, three = (
        an(ArrangementAgreed, f"agreed-{n}", arrangement_id=ArrangementId(f"arr-{n}"), instalments=parts)
        for n in range(3)
    )
    events = [
        one,
        two,
        three,
        an(ArrangementKept, "kept", arrangement_id=ArrangementId("arr-0"), kept_at=NOON),
        an(ArrangementBroken, "broken", arrangement_id=ArrangementId("arr-1"), missing=Decimal("40.00")),
    ]
    await kept(database, [*events, *events])
    asked = "select arrangement_id, amount, kept_at is not null, missing from reporting.arrangements order by 1"
    amount = Decimal("42.00")
    assert ask(database, asked) == [
        ("arr-0", amount, True, None),
        ("arr-1", amount, False, Decimal("40.00")),
        ("arr-2", amount, False, None),
    ]


async def test_held_contacts_wait_until_a_person_has_decided(database: str) -> None:
    held = [an(ContactHeld, f"held-{n}", contact_id=ContactId(f"c-{n}")) for n in range(3)]
    released = an(ContactReleased, "released", contact_id=ContactId("c-0"), by="casey")
    withheld = an(ContactWithheld, "withheld", contact_id=ContactId("c-1"), by="casey", reason="wrong words")
    await kept(database, [released, *held, withheld, *held])
    asked = "select contact_id, state, decided_by, reason from reporting.held_contacts order by 1"
    assert ask(database, asked) == [
        ("c-0", "released", "casey", None),
        ("c-1", "withheld", "casey", "wrong words"),
        ("c-2", "waiting", None, None),
    ]


async def test_what_our_people_said_on_calls_is_one_row_for_each_rule_and_call(database: str) -> None:
    one, two = (
        an(CallFinding, f"finding-{n}", call_id=f"call-{n}", rule_id=RuleId("profane-language")) for n in range(2)
    )
    other = structs.replace(
        an(CallFinding, "other", call_id="call-0", rule_id=RuleId("disclosure")), must=True, contact_id=None
    )
    await kept(database, [one, two, other, one])
    asked = "select call_id, rule_id, must, contact_id is null from reporting.call_findings order by 1, 2"
    assert ask(database, asked) == [
        ("call-0", "disclosure", True, True),
        ("call-0", "profane-language", False, False),
        ("call-1", "profane-language", False, False),
    ]


async def test_a_payment_that_went_back_says_when(database: str) -> None:
    paid, stays = (an(PaymentSettled, f"paid-{n}", payment_id=PaymentId(f"p-{n}")) for n in range(2))
    back = an(PaymentReversed, "back", payment_id=PaymentId("p-0"), reversed_at=NOON)
    await kept(database, [back, paid, stays, back])
    asked = "select payment_id, reversed_at is not null from reporting.payments order by 1"
    assert ask(database, asked) == [("p-0", True), ("p-1", False)]


async def test_breaks_are_counted_once_by_kind_and_there_are_none_without_any(database: str) -> None:
    await kept(database, [])
    assert ask(database, "select breaks, by_kind from reporting.coordination") == [(0, {})]
    one = structs.replace(an(CoordinationBroken, "one"), kind=BreakKind.AFTER_PAYMENT)
    two = structs.replace(an(CoordinationBroken, "two"), kind=BreakKind.OVERTAKEN)
    await kept(database, [one, one, two])
    assert ask(database, "select breaks, by_kind from reporting.coordination") == [
        (2, {"AFTER_PAYMENT": 1, "OVERTAKEN": 1})
    ]


async def test_the_newest_profile_counts_and_says_no_name(database: str) -> None:
    first = an(ConsumerProfileChanged, "first", contacts_before=1)
    last = an(ConsumerProfileChanged, "last", contacts_before=2)
    meta = structs.replace(last.meta, occurred_at=last.meta.occurred_at + timedelta(days=1))
    await kept(database, [first, structs.replace(last, meta=meta)])
    ((profile,),) = ask(database, "select profile from reporting.profiles")
    assert profile["contacts_before"] == 2
    assert "first_name" not in profile
