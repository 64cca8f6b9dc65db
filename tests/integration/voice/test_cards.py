"""Paying by card on the line, from the menu to the log, by real HTTP, with a processor that is simulated.

A green run does not prove that a payment connector at Twilio tells of its charges as the simulator does.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest

from chassis.channel.core.form import pairs
from chassis.channel.twilio_signature import signature
from chassis.failures import Unreachable
from contracts.events import CallbackReceived, Event, PaymentFailed, PaymentSettled
from counterpoint.providers.voice.callees import BAD_CARD, GOOD_CARD, HANGS_UP, PAYS_OTHERWISE, PAYS_TWICE_TOLD, STOPS
from counterpoint.providers.voice.pay import UNKNOWN_CONNECTOR
from services.voice.answers import PAID_PATH
from services.voice.core import token
from services.voice.core.place import Place, Stage
from tests.channels import LogPublisher, until
from tests.integration.voice.harness import BORN, CONSUMER, SID, THEIRS, TOKEN, Calls, a_world

CONNECTOR = "Default"
TO_THE_CARD = ("1", BORN, "3", "2", "1")
"""Yes, it is me; born on; pay; by card; agreed."""
OWED = Decimal("1234.56")
MONEY = (PaymentSettled, PaymentFailed)


class TakesNoMoney(LogPublisher):
    """A log that, while broken, takes everything but payments."""

    async def publish(self, *, events: Sequence[Event], keys: Sequence[str] | None = None) -> None:
        """Write all but payments."""
        if self.broken and any(isinstance(e, MONEY) for e in events):
            raise Unreachable("the broker went away")
        for event in events:
            self.runtime.publish(event)


async def talk(calls: Calls, *says: str) -> str:
    """A call to a consumer who presses and says this; what was said on it."""
    await calls.know()
    await calls.sits(*says)
    calls.approve()
    [entry] = await calls.ended()
    return str(entry.body)


def told(calls: Calls) -> list[Event]:
    """What the log was told of money, however often."""
    return [e for kind in MONEY for e in calls.runtime.events(kind)]


def rows(dsn: str, query: str) -> Sequence[tuple[Any, ...]]:
    """What a table holds."""
    with psycopg.connect(dsn) as connection:
        return connection.execute(query).fetchall()


async def test_who_agrees_to_the_sum_pays_by_card_once(database: str) -> None:
    async with a_world(database, pay_connector=CONNECTOR) as calls, calls.running():
        body = await talk(calls, *TO_THE_CARD, GOOD_CARD)
        [paid] = told(calls)
    assert isinstance(paid, PaymentSettled)
    assert (paid.debt_id, paid.amount, paid.currency, paid.method) == ("debt-1", OWED, "USD", "card")
    assert paid.payment_id.startswith("voice:ch_")
    assert paid.meta.consumer_id == CONSUMER
    asked = "You are about to pay $1,234.56 to Harborview Bank, for the account ending in 1234, by card, once."
    assert asked in body
    assert "Your payment went through." in body
    assert not any(b"xxxxxxxx" in e.body for e in calls.events(CallbackReceived))
    assert "4242" not in str(rows(database, "select * from voice_calls.payments"))


async def test_the_same_in_spanish(database: str) -> None:
    async with a_world(database, pay_connector=CONNECTOR) as calls, calls.running():
        body = await talk(calls, "8", "1", *TO_THE_CARD[1:], BAD_CARD)
    assert "Va a pagar $1,234.56 a Harborview Bank" in body
    assert "Lo sentimos, el pago no se realizó" in body


@pytest.mark.parametrize(
    ("keyed", "says", "reason"),
    [
        (BAD_CARD, "the payment did not go through", "declined"),
        (STOPS, "No payment was made", None),
        ("4242", "No payment was made", None),
    ],
)
async def test_a_card_that_is_not_charged_leads_to_the_other_ways_to_pay(
    database: str, keyed: str, says: str, reason: str | None
) -> None:
    async with a_world(database, pay_connector=CONNECTOR) as calls, calls.running():
        body = await talk(calls, *TO_THE_CARD, keyed, "1")
        failed = told(calls)
    assert says in body
    assert body.endswith("press 0 or say agent.")  # a link was asked for, and the menu came again
    assert "You will get a text with a link" in body
    assert [e.reason for e in failed if isinstance(e, PaymentFailed)] == ([] if reason is None else [reason])
    assert not calls.events(PaymentSettled)


async def test_a_connector_that_fails_is_told_as_that(database: str) -> None:
    async with a_world(database, pay_connector=UNKNOWN_CONNECTOR) as calls, calls.running():
        body = await talk(calls, *TO_THE_CARD, GOOD_CARD)
        [failed] = told(calls)
    assert isinstance(failed, PaymentFailed)
    assert failed.reason == "other"
    assert "the payment did not go through" in body


async def test_who_hangs_up_with_the_card_in_hand_paid_nothing(database: str) -> None:
    async with a_world(database, pay_connector=CONNECTOR) as calls, calls.running():
        await talk(calls, *TO_THE_CARD, HANGS_UP)
        assert not told(calls)
    assert rows(database, "select state from voice_calls.payments") == [("broken-off",)]


async def test_without_a_connector_no_card_is_spoken_of(database: str) -> None:
    async with a_world(database) as calls, calls.running():
        body = await talk(calls, *TO_THE_CARD)
    assert "card" not in body


async def test_nobody_is_charged_what_they_did_not_hear(database: str) -> None:
    async with a_world(database, pay_connector=CONNECTOR) as calls, calls.running():
        body = await talk(calls, *TO_THE_CARD[:-1], "yes", "2", "3", "2")
        assert not told(calls)
    assert "I did not understand that" in body  # agreeing takes the key
    assert {state for (state,) in rows(database, "select state from voice_calls.payments")} == {"offered"}


async def test_f5_a_result_that_comes_twice_is_one_payment(database: str) -> None:
    async with a_world(database, pay_connector=CONNECTOR) as calls, calls.running():
        body = await talk(calls, *TO_THE_CARD, PAYS_TWICE_TOLD)
        assert len(told(calls)) == 1
    assert body.count("Your payment went through.") == 1


async def test_f20_a_payment_that_the_log_did_not_take_is_told_later(database: str) -> None:
    async with a_world(database, pay_connector=CONNECTOR) as calls:
        calls.publisher = TakesNoMoney(calls.runtime, broken=True)
        async with calls.running():
            await calls.know()
            await calls.sits(*TO_THE_CARD, GOOD_CARD)
            calls.approve()
            await until(lambda: calls.simulator.voice.exchange.faults)
            assert not told(calls)
            calls.publisher.broken = False
        async with calls.running():
            await until(lambda: told(calls))
            assert len(told(calls)) == 1


async def test_f23_a_result_of_another_amount_is_kept_for_a_person_and_never_posted(database: str) -> None:
    async with a_world(database, pay_connector=CONNECTOR) as calls, calls.running():
        body = await talk(calls, *TO_THE_CARD, PAYS_OTHERWISE, "3", "2")
        assert not told(calls)
    [(amount, reason)] = rows(database, "select amount, reason from voice_calls.payment_rejects")
    assert (amount, reason) == ("1235.56", "its amount is not what was asked for")
    assert "a person will look at it" in body
    assert body.count("by card on this call") == 1  # and no card is offered again


@pytest.mark.parametrize("payment", ["", "4"])
async def test_f23_a_result_for_a_call_on_which_nothing_was_asked_is_never_posted(database: str, payment: str) -> None:
    async with a_world(database, pay_connector=CONNECTOR) as calls, calls.running() as client:
        await calls.know()
        place = Place(Stage.CARD, verified=True, consumer=CONSUMER, payment=payment)
        path = f"{PAID_PATH}?{urlencode({'place': token.written(place, b'development-only')})}"
        form = {"AccountSid": SID, "CallSid": "CA" + "7" * 32, "Direction": "outbound-api", "To": THEIRS}
        body = urlencode({**form, "Result": "success", "PaymentConfirmationCode": "ch_1"}).encode()
        given = {"Content-Type": "application/x-www-form-urlencoded"}
        refused = await client.post(path, content=body, headers=given)
        signed = signature(TOKEN, calls.public_url + path, pairs(body))
        taken = await client.post(path, content=body, headers={**given, "X-Twilio-Signature": signed})
        assert not told(calls)
    assert (refused.status_code, taken.status_code) == (403, 200)
    assert "a person will look at it" in taken.text
    [(reason,)] = rows(database, "select reason from voice_calls.payment_rejects")
    assert reason == "nothing was asked for on this call"
