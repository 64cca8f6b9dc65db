"""Numbers are looked up before they are texted, through real HTTP to the simulator and a real database.

A green run does not prove that Twilio's Lookup, or the database of reassigned numbers behind it, is right.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chassis.failures import Halted
from contracts.events import (
    AttemptAccepted,
    AttemptRejected,
    FactKind,
    FactLearned,
    ReasonClass,
)
from tests.integration.sms.harness import PHONE, Sms, a_world, until
from tests.integration.sms.test_hearing import placed, says

LANDLINE, NOBODYS, REASSIGNED, UNSURE = "+13125550189", "+13125550183", "+13125550187", "+13125550186"
CONSENTED = date(2026, 9, 1)


def looking_up(dsn: str, *, rate: float = 600.0, **own: object) -> Any:
    """A world in which an answer holds for 45 days."""
    return a_world(dsn, rate=rate, lookup_days=45.0, **own)


def place(sms: Sms, number: str, **changes: Any) -> None:
    """An account of a consumer who consented to texts at a number."""
    event = placed(sms, "con-1", number)
    known = {"consented": True, "consent_to": "us", "consented_on": CONSENTED, **changes}
    sms.runtime.publish(replace(event, phones=tuple(replace(p, **known) for p in event.phones)))


@pytest.fixture
async def lookups(database: str) -> Any:
    """A world that looks numbers up."""
    async with looking_up(database) as sms:
        yield sms


def learned(sms: Sms) -> list[tuple[FactKind, str]]:
    """What the gate was told."""
    return [(f.fact, f.detail) for f in sms.events(FactLearned)]


async def test_a_number_with_consent_is_looked_up_once_and_then_texted(lookups: Sms) -> None:
    async with lookups.running():
        place(lookups, PHONE)
        await until(lambda: len(lookups.events(FactLearned)) == 2)
        assert set(learned(lookups)) == {(FactKind.LINE_TYPE, "mobile"), (FactKind.NUMBER_CHECKED, "same")}
        lookups.approve()
        lookups.approve()
        await until(lambda: len(lookups.events(AttemptAccepted)) == 2)
        assert lookups.simulator.lookups.asked == {PHONE: 1}
    assert len(lookups.received()) == 2


@pytest.mark.parametrize("consented", [None, False])
async def test_nothing_is_paid_for_numbers_that_may_not_be_texted(lookups: Sms, consented: bool | None) -> None:
    async with lookups.running():
        place(lookups, PHONE, consented=consented)
        place(lookups, "+13125550102")
        await until(lambda: lookups.events(FactLearned))
        assert list(lookups.simulator.lookups.asked) == ["+13125550102"]


async def test_a_client_who_has_just_checked_a_number_spares_the_question(lookups: Sms) -> None:
    async with lookups.running():
        place(lookups, PHONE, checked_on=lookups.now.date() - timedelta(days=2))
        place(lookups, "+13125550102", checked_on=lookups.now.date() - timedelta(days=50))
        await until(lambda: lookups.events(FactLearned))
        lookups.approve()
        await until(lambda: lookups.events(AttemptAccepted))
        assert list(lookups.simulator.lookups.asked) == ["+13125550102"]


@pytest.mark.parametrize(
    ("number", "reason", "ahead"),
    [
        (LANDLINE, "landline", True),
        (NOBODYS, "number-not-valid", False),
        (REASSIGNED, "number-reassigned", True),
    ],
)
async def test_no_text_goes_where_it_would_reach_nobody_or_somebody_else(
    lookups: Sms, number: str, reason: str, ahead: bool
) -> None:
    async with lookups.running():
        if ahead:
            place(lookups, number)
            await until(lambda: lookups.events(FactLearned))
        lookups.approve(to=number)
        await until(lambda: lookups.events(AttemptRejected))
        [rejected] = lookups.events(AttemptRejected)
        assert not lookups.simulator.account.messages.everything
        assert lookups.simulator.lookups.asked == {number: 1}
    assert (rejected.reason, rejected.reason_class) == (reason, ReasonClass.PERMANENT_ADDRESS)


async def test_a_number_of_which_no_placement_told_is_asked_about_before_its_first_text(lookups: Sms) -> None:
    async with lookups.running():
        lookups.approve()
        await until(lambda: lookups.events(AttemptAccepted))
        lookups.approve(to=LANDLINE)
        await until(lambda: lookups.events(AttemptRejected))
    assert learned(lookups) == [(FactKind.LINE_TYPE, "mobile"), (FactKind.LINE_TYPE, "landline")]


async def test_that_the_database_has_no_data_is_told_and_left_to_the_gate(lookups: Sms) -> None:
    async with lookups.running():
        place(lookups, UNSURE)
        await until(lambda: (FactKind.NUMBER_CHECKED, "no-data") in learned(lookups))
        lookups.approve(to=UNSURE)
        await until(lambda: lookups.events(AttemptAccepted))


@pytest.mark.parametrize("kind", ["503", "half-created", "timeout"])
async def test_f1_f2_f12_no_text_goes_while_lookup_gives_no_answer(database: str, kind: str) -> None:
    async with looking_up(database, answer_timeout=0.2, retry_seconds=0.6) as sms, sms.running():
        await sms.faults({"kind": kind, "operation": "lookup", "rate": 1.0})
        sms.approve()
        await until(lambda: sms.events(AttemptRejected))
        [rejected] = sms.events(AttemptRejected)
        assert (rejected.reason, rejected.reason_class) == ("number-not-checked", ReasonClass.TECHNICAL)
        assert not sms.simulator.account.messages.everything
        await sms.faults()
        sms.approve()
        await until(lambda: sms.events(AttemptAccepted))
    assert learned(sms) == [(FactKind.LINE_TYPE, "mobile")]


async def test_f14_a_lookup_that_the_account_may_not_make_halts_the_channel(database: str) -> None:
    async with looking_up(database) as sms:
        assembly = await sms.assemble("http://127.0.0.1:1")
        try:
            await sms.faults({"kind": "401", "operation": "lookup", "rate": 1.0})
            sms.approve()
            with pytest.raises(Halted, match="COUNTERPOINT_SMS_LOOKUP_DAYS=0"):
                await sms.runtime.run()
        finally:
            await assembly.close()
        assert not sms.simulator.account.messages.everything


async def test_f20_while_the_log_takes_nothing_no_answer_is_lost(lookups: Sms) -> None:
    async with lookups.running():
        lookups.publisher.broken = True
        place(lookups, PHONE)
        await until(lambda: lookups.simulator.lookups.asked[PHONE])
        lookups.approve()
        await until(lambda: lookups.events(AttemptRejected))
        assert not learned(lookups)
        lookups.publisher.broken = False
        lookups.approve()
        await until(lambda: lookups.events(AttemptAccepted))
    assert {kind for kind, _ in learned(lookups)} == {FactKind.LINE_TYPE, FactKind.NUMBER_CHECKED}


async def test_an_answer_that_has_grown_old_is_asked_for_anew_without_any_text(database: str) -> None:
    async with looking_up(database, rate=2_000_000.0) as sms, sms.running():
        place(sms, PHONE)
        await until(lambda: sms.simulator.lookups.asked[PHONE] >= 2)
        await until(lambda: len(sms.events(FactLearned)) >= 4)
    checked = [f.from_at for f in sms.events(FactLearned) if f.fact is FactKind.NUMBER_CHECKED]
    assert checked[1] - checked[0] >= timedelta(days=45)


async def test_who_consents_anew_from_a_number_that_was_lost_is_texted_there_again(database: str) -> None:
    async with looking_up(database) as sms, sms.running():
        place(sms, REASSIGNED)
        await until(lambda: (FactKind.NUMBER_CHECKED, "reassigned") in learned(sms))
        await says(sms, "START", REASSIGNED)
        await until(lambda: (FactKind.NUMBER_CHECKED, "same") in learned(sms))
        sms.approve(to=REASSIGNED)
        await until(lambda: sms.events(AttemptAccepted))
