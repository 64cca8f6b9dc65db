"""Paying by card in the menu: what is offered, who may be charged, and to what results are held.

A green run does not prove what a payment connector's results really hold.
"""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chassis.settings import StackSettings
from chassis.templates.loader import load_templates
from chassis.templates.ours import ours_of
from contracts.events import (
    ArrangementKind,
    ArrangementState,
    Instalment,
    Meta,
    ProfileAccount,
    ProfileArrangement,
)
from contracts.ids import ArrangementId, ConsumerId, DebtId, EventId
from counterpoint.providers.voice.twiml import read
from services.voice import twiml
from services.voice.core.card import Asked, Due, Outcome, State, Told, due, judged, reason_of, told
from services.voice.core.dialogue import Answer, Then, after_card, step
from services.voice.core.place import Place, Stage
from services.voice.core.proof import Person
from services.voice.records import Known
from services.voice.script import Script
from tests.channels import START
from tests.integration.voice.harness import a_profile

CONSUMER = ConsumerId("con-1")
OWED = Decimal("1234.56")
DUE = Due(DebtId("d-1"), "Harborview Bank", "1234", OWED, "USD")
ASKED = Asked(CONSUMER, DUE, State.ASKED)
SUCCESS = Told("success", "ch_1")
MENU = Place(Stage.MENU, verified=True, consumer=CONSUMER)
PAYS, OWES_NOTHING = Person(CONSUMER, pays=True), Person(CONSUMER)


def account(name: str, owed: str, currency: str = "USD", state: str = "open") -> ProfileAccount:
    return ProfileAccount(DebtId(name), "Harborview Bank", "1234", Decimal(owed), currency, None, state)


def plan(*debts: str, met: int = 0, state: ArrangementState = ArrangementState.OPEN) -> ProfileArrangement:
    parts = tuple(Instalment(date(2026, month, 1), Decimal("100.00")) for month in (11, 12))
    ids = tuple(DebtId(d) for d in debts)
    return ProfileArrangement(ArrangementId("arr-1"), ArrangementKind.PLAN, state, ids, parts, met)


def offered(*accounts: ProfileAccount, plans: tuple[ProfileArrangement, ...] = ()) -> Due | None:
    meta = Meta(EventId("e"), START, CONSUMER, "e", None, "orchestrator", "0")
    return due(replace(a_profile(meta, *accounts), arrangements=plans))


def test_the_next_part_of_a_plan_is_offered_and_else_the_first_debt_in_none() -> None:
    accounts = account("d-1", "500.00"), account("d-2", "300.00")
    assert offered(*accounts) == Due(DebtId("d-1"), "Harborview Bank", "1234", Decimal("500.00"), "USD")
    part = offered(*accounts, plans=(plan("d-2", met=1),))
    assert part is not None
    assert (part.debt_id, part.amount, part.arrangement_id, part.instalment) == ("d-2", Decimal("100.00"), "arr-1", 2)
    for other in (plan("d-1", "d-2"), plan("d-1", met=2)):
        left = offered(*accounts, plans=(other,))
        assert left is None or left.debt_id == "d-2"
    broken = offered(*accounts, plans=(plan("d-1", state=ArrangementState.BROKEN),))
    assert broken is not None
    assert broken.amount == Decimal("500.00")


@pytest.mark.parametrize(
    "nothing", [account("d", "0.49"), account("d", "5.00", "CAD"), account("d", "5.00", state="recalled")]
)
def test_what_cannot_be_charged_is_not_offered(nothing: ProfileAccount) -> None:
    assert offered(nothing) is None


def test_a_card_is_taken_after_two_keys_and_only_from_who_was_recognised() -> None:
    ways = step(MENU, Answer(digits="3"), [PAYS])
    assert ways.say == ("payment-card",)
    confirm = step(ways.place, Answer(digits="2"), [PAYS])
    assert (confirm.say, confirm.then) == (("card-confirm",), Then.LISTEN)
    assert step(confirm.place, Answer(digits="1"), [PAYS]).then is Then.PAY
    assert step(confirm.place, Answer(speech="yes"), [PAYS]).then is Then.LISTEN
    assert step(confirm.place, Answer(digits="2"), [PAYS]).say == ("menu",)
    assert step(confirm.place, Answer(digits="1"), [OWES_NOTHING]).say == ("card-changed", "menu")
    unknown = replace(confirm.place, verified=False)
    assert step(unknown, Answer(digits="1"), [PAYS]).then is not Then.PAY


def test_without_anything_to_pay_by_card_there_is_a_link_or_a_person() -> None:
    ways = step(MENU, Answer(digits="3"), [OWES_NOTHING])
    assert ways.say == ("payment",)
    assert step(ways.place, Answer(digits="2"), [OWES_NOTHING]).say == ("not-understood", "payment")


def test_after_the_card_the_talk_goes_on() -> None:
    at = replace(MENU, stage=Stage.CARD, payment="3")
    assert after_card(at, Outcome.PAID, [PAYS]).say == ("card-paid", "menu")
    assert after_card(at, Outcome.QUARANTINED, [PAYS]).say == ("card-unclear", "menu")
    assert after_card(at, Outcome.DECLINED, [PAYS]).say == ("card-declined", "payment-card")
    assert after_card(at, Outcome.BROKEN_OFF, [OWES_NOTHING]).say == ("card-broken-off", "payment")


@pytest.mark.parametrize("language", ["en", "es"])
def test_everything_about_a_card_can_be_said_in_both_languages(language: str) -> None:
    script = Script(load_templates(None), ours_of(StackSettings.model_validate({})), "Sam Reed")
    known = Known(CONSUMER, "Ana", "Ana Ejemplo", language, None, (), (), {}, DUE)
    said = ("payment-card", "card-confirm", "card-begins", "card-paid", "card-unclear", "card-changed")
    more = ("card-declined", "card-broken-off")
    place = replace(MENU, language=language)
    words = script.words((*said, *more), place, known)
    assert words is not None
    assert len(words) == len((*said, *more))
    for text in words[:2]:
        assert all(part in text for part in ("$1,234.56", "Harborview Bank", "1234"))
    assert script.words(("card-confirm",), replace(place, verified=False), known) is None


def test_the_provider_is_told_to_charge_exactly_the_amount() -> None:
    pay = twiml.pay(connector="Default", amount=OWED, currency="USD", action="https://x.test/paid", language="es")
    [verb] = read(twiml.document(pay).encode())
    assert verb.name == "Pay"
    assert (verb.attributes["chargeAmount"], verb.attributes["currency"]) == ("1234.56", "usd")
    assert verb.attributes["paymentConnector"] == "Default"


@pytest.mark.parametrize(
    ("said", "asked", "of"),
    [
        (replace(SUCCESS, amount="1234.57"), ASKED, CONSUMER),
        (replace(SUCCESS, amount="a lot"), ASKED, CONSUMER),
        (replace(SUCCESS, currency="cad"), ASKED, CONSUMER),
        (SUCCESS, ASKED, "con-2"),
        (SUCCESS, None, CONSUMER),
        (SUCCESS, replace(ASKED, state=State.OFFERED), CONSUMER),
        (replace(SUCCESS, confirmation=""), ASKED, CONSUMER),
        (replace(SUCCESS, confirmation="a code with spaces"), ASKED, CONSUMER),
        (SUCCESS, replace(ASKED, state=State.SETTLED, confirmation="ch_2"), CONSUMER),
        (Told("payment-connector-error"), replace(ASKED, state=State.SETTLED, confirmation="ch_1"), CONSUMER),
        (Told("a-new-word", "ch_1"), ASKED, CONSUMER),
    ],
)
def test_f23_a_result_is_held_to_what_was_asked(said: Told, asked: Asked | None, of: str) -> None:
    outcome, why = judged(said, asked, of)
    assert outcome is Outcome.QUARANTINED
    assert why


def test_f23_the_confirmation_of_another_payment_is_none() -> None:
    assert judged(SUCCESS, ASKED, CONSUMER, known_elsewhere=True)[0] is Outcome.QUARANTINED


def test_a_result_that_fits_is_a_payment_and_a_repeat_of_it_the_same() -> None:
    exact = replace(SUCCESS, amount="1234.56", currency="usd")
    for said in (SUCCESS, exact):
        assert judged(said, ASKED, CONSUMER) == (Outcome.PAID, None)
    assert judged(SUCCESS, replace(ASKED, state=State.SETTLED, confirmation="ch_1"), CONSUMER)[0] is Outcome.PAID


@pytest.mark.parametrize("result", ["too-many-failed-attempts", "caller-hung-up", "timeout", "", "a-new-word"])
def test_f19_what_is_no_success_and_no_refusal_is_no_payment(result: str) -> None:
    assert judged(Told(result), ASKED, CONSUMER) == (Outcome.BROKEN_OFF, None)


def test_a_refusal_says_why() -> None:
    assert judged(Told("payment-connector-error"), ASKED, CONSUMER)[0] is Outcome.DECLINED
    assert reason_of(Told("", error="Your card was declined.")) == "declined"
    assert reason_of(Told("")) == "other"


@given(st.dictionaries(st.sampled_from(["Result", "PaymentConfirmationCode", "ChargeAmount", "Currency"]), st.text()))
def test_no_result_breaks_anything_and_money_is_posted_only_for_a_success(form: dict[str, str]) -> None:
    said = told({**form, "PaymentCardNumber": "xxxxxxxxxxxx4242"})
    assert "4242" not in repr(said) or "4242" in repr(form)
    assert judged(said, ASKED, CONSUMER)[0] is not Outcome.PAID or said.result == "success"
