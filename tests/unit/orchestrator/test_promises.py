"""Promises kept and broken, whatever conversation goes on; and strategies that interrupt each other.

Green does not prove that money is reported: a promise is only as good as what clients and the portal tell us.
"""

from datetime import date, timedelta
from decimal import Decimal

from contracts.events import (
    AccountRecalled,
    ArrangementAgreed,
    ArrangementBroken,
    ArrangementKept,
    ArrangementKind,
    ContactWithdrawn,
    Event,
    FactKind,
    FactLearned,
    Instalment,
    PaymentReversed,
    PaymentSettled,
    TimerKind,
)
from contracts.ids import ArrangementId, ClientId, DebtId, PaymentId
from services.orchestrator.core.codes import Promise
from services.orchestrator.core.strategy import Strategies
from services.orchestrator.loader import LIBRARY, check, strategies_of
from tests.unit.compliance.factories import ANA, CARD, LOAN, a_meta, an_account
from tests.unit.orchestrator.factories import NEW_YORK_NINE, Talk, accepted, approved

DAY, MINUTE, HOUR = timedelta(days=1), timedelta(minutes=1), timedelta(hours=1)
PLACED = NEW_YORK_NINE


def together(*names: str) -> Strategies:
    """Strategies of the library, in use together."""
    return strategies_of(check([LIBRARY / f"{name}.yaml" for name in names]))


def agreed(
    *parts: tuple[int, str], days: float = 1, name: str = "a", kind: str = "PLAN", debts: tuple[DebtId, ...] = (CARD,)
) -> ArrangementAgreed:
    """An arrangement, with dates in days after the placement."""
    at = PLACED + days * DAY
    instalments = tuple(Instalment((PLACED + due * DAY).date(), Decimal(amount)) for due, amount in parts)
    of = ArrangementKind[kind]
    return ArrangementAgreed(
        a_meta(f"agreed-{name}", at), ArrangementId(name), of, debts, "USD", instalments, 3, "agent", at
    )


def paid(amount: str, days: float, *, name: str = "p", debt_id: DebtId = CARD) -> PaymentSettled:
    """Money, so many days after the placement."""
    at = PLACED + days * DAY
    return PaymentSettled(a_meta(f"paid-{name}", at), PaymentId(name), debt_id, Decimal(amount), "USD", "card", at)


def reversed_(days: float, name: str = "p") -> PaymentReversed:
    """It went back."""
    at = PLACED + days * DAY
    meta = a_meta(f"reversed-{name}", at)
    return PaymentReversed(meta, PaymentId(name), CARD, Decimal("1.00"), "USD", "chargeback", at)


def recalled(days: float, debt_id: DebtId = CARD) -> AccountRecalled:
    """The client takes the account back."""
    at = PLACED + days * DAY
    return AccountRecalled(a_meta(f"recalled-{debt_id}", at), "r", ClientId("acme"), debt_id, "sold", at)


def said(talk: Talk, kind: type[Event]) -> list[Event]:
    """What the orchestrator said of a type."""
    return [e for e in talk.said if isinstance(e, kind)]


def a_talk(*events: Event, strategies: Strategies | None = None) -> Talk:
    """Ana, of whom an account was placed."""
    talk = Talk(strategies)
    talk.tell(an_account(when=PLACED, phones=an_account().phones[:1]), *events)
    return talk


def sleep(talk: Talk, days: float) -> None:
    """Let the time come, so many days after the placement; every contact is approved and accepted."""
    end = PLACED + days * DAY
    while (due := talk.due) is not None and due <= end:
        for request in talk.wake():
            at = request.meta.occurred_at
            talk.tell(approved(request, at), accepted(request, at))


def test_a_plan_is_kept_when_all_of_it_is_paid_however_it_is_divided() -> None:
    talk = a_talk(agreed((10, "100.00"), (20, "100.00")), paid("150.00", 5, name="one"))
    (arrangement,) = talk.state.arrangements
    assert (arrangement.met, arrangement.state) == (1, Promise.OPEN)
    talk.tell(paid("50.00", 6, name="two"))
    (arrangement,) = talk.state.arrangements
    assert (arrangement.met, arrangement.state) == (2, Promise.KEPT)
    (kept,) = said(talk, ArrangementKept)
    assert isinstance(kept, ArrangementKept)
    assert kept.paid == Decimal("200.00")
    assert talk.state.watches == ()


def test_money_from_before_the_arrangement_and_for_another_debt_does_not_count() -> None:
    talk = a_talk(paid("100.00", 0.5, name="early"), agreed((10, "100.00")), paid("100.00", 2, debt_id=LOAN, name="l"))
    assert talk.state.arrangements[0].state == Promise.OPEN


def test_it_is_broken_when_the_days_of_grace_are_over_everywhere_and_the_log_says_so_once() -> None:
    talk = a_talk(agreed((10, "100.00"), (20, "50.00")), paid("60.00", 5))
    due = talk.due
    assert due is not None
    (timer,) = talk.conductor.wake(state=talk.state, consumer_id=ANA, now=due)
    assert getattr(timer, "kind", None) is TimerKind.ARRANGEMENT_CHECK
    assert "on-a-plan" in talk.state.segments
    talk.tell(timer, now=due)
    assert "broke-a-promise" in talk.state.segments
    assert "on-a-plan" not in talk.state.segments
    (broken,) = said(talk, ArrangementBroken)
    assert isinstance(broken, ArrangementBroken)
    assert (broken.instalment, broken.missing) == (1, Decimal("40.00"))
    assert broken.due_on == date(2026, 10, 29)
    assert due.isoformat() == "2026-11-02T05:00:00+00:00", "midnight in New York after the third day"
    before = talk.state
    talk.tell(broken, now=due + HOUR)
    assert talk.state == before, "it comes back by its topic, and says nothing new"
    talk.tell(paid("40.00", 30, name="late"))
    assert talk.state.arrangements[0].state == Promise.BROKEN


def test_what_somebody_else_calls_broken_is_broken() -> None:
    talk = a_talk(agreed((10, "100.00")))
    at = PLACED + 2 * DAY
    told = ArrangementBroken(
        a_meta("desk", at), ArrangementId("a"), (CARD,), "USD", 1, at.date(), Decimal("100.00"), at
    )
    talk.tell(told)
    assert talk.state.arrangements[0].state == Promise.BROKEN
    assert talk.state.watches == ()


def test_money_that_goes_back_opens_a_promise_again_and_gives_a_day_where_its_date_has_passed() -> None:
    talk = a_talk(agreed((10, "100.00")), paid("100.00", 9))
    talk.tell(reversed_(30))
    (arrangement,) = talk.state.arrangements
    assert arrangement.state == Promise.OPEN
    assert talk.due == PLACED + 31 * DAY
    talk.wake()
    assert len(said(talk, ArrangementBroken)) == 1


def test_a_newer_arrangement_on_the_same_debt_takes_the_place_of_the_older() -> None:
    talk = a_talk(agreed((10, "100.00"), name="a"), agreed((40, "100.00"), days=2, name="b"))
    assert [a.state for a in talk.state.arrangements] == [Promise.REPLACED, Promise.OPEN]
    sleep(talk, 30)
    assert said(talk, ArrangementBroken) == []


def test_of_a_settlement_that_was_kept_nothing_more_is_asked_for() -> None:
    talk = a_talk(agreed((10, "500.00"), kind="SETTLEMENT"), paid("500.00", 5))
    assert talk.state.open_accounts() == []
    talk.tell(reversed_(6))
    assert len(talk.state.open_accounts()) == 1


def test_a_promise_interrupts_collecting_and_collecting_goes_on_after_it() -> None:
    talk = a_talk(strategies=together("steady", "promise-to-pay"))
    first = talk.until_asked()
    at = first.meta.occurred_at
    talk.tell(approved(first, at), accepted(first, at))
    talk.tell(agreed((10, "100.00")), now=at + HOUR)
    assert talk.state.place is not None
    assert talk.state.place.strategy == "promise-to-pay@1"
    assert [p.strategy for p in talk.state.interrupted] == ["steady@1"]
    sleep(talk, 9)
    assert [r.template_id for r in talk.requests] == [first.template_id, "reminder"]
    talk.tell(paid("100.00", 9.5))
    sleep(talk, 30)
    assert talk.requests[2].template_id == "payment-confirmation"
    assert talk.requests[2].purpose.value == "PAYMENT_CONFIRMATION"
    assert {r.strategy_id for r in talk.requests[3:]} == {"steady@1"}
    assert talk.state.interrupted == ()


def test_a_contact_on_its_way_is_withdrawn_when_a_promise_is_made() -> None:
    talk = a_talk(strategies=together("steady", "promise-to-pay"))
    request = talk.until_asked()
    talk.tell(approved(request, request.meta.occurred_at))
    talk.tell(agreed((10, "100.00")), now=request.meta.occurred_at + MINUTE)
    (withdrawn,) = said(talk, ContactWithdrawn)
    assert isinstance(withdrawn, ContactWithdrawn)
    assert (withdrawn.contact_id, withdrawn.reason) == (request.contact_id, "interrupted")
    assert (withdrawn.channel, withdrawn.address_id) == (request.channel, request.address_id)


def test_a_broken_promise_goes_before_everything_and_what_it_took_over_is_over() -> None:
    talk = a_talk(strategies=together("promise-to-pay", "broken-promise", "steady"))
    talk.tell(agreed((10, "100.00")))
    sleep(talk, 15)
    assert talk.state.place is not None
    assert talk.state.place.strategy == "broken-promise@1"
    assert talk.requests[-1].template_id == "broken-promise"
    assert [p.strategy for p in talk.state.interrupted] == ["steady@1"]
    sleep(talk, 40)
    assert talk.end == "assigned"
    assert talk.state.interrupted == (), "who is with an agent is not collected by itself"


def test_a_payment_withdraws_what_was_asked_for_and_stops_every_timer() -> None:
    talk = a_talk()
    request = talk.until_asked()
    talk.tell(approved(request, request.meta.occurred_at))
    assert talk.tell(paid("10.00", 0.5), now=request.meta.occurred_at + MINUTE) == []
    assert (talk.end, talk.due) == ("paid", None)
    (withdrawn,) = said(talk, ContactWithdrawn)
    assert isinstance(withdrawn, ContactWithdrawn)
    assert withdrawn.reason == "paid"


def test_what_is_known_to_have_begun_is_not_withdrawn() -> None:
    talk = a_talk()
    request = talk.until_asked()
    at = request.meta.occurred_at
    talk.tell(approved(request, at), accepted(request, at))
    talk.tell(paid("10.00", 1))
    assert said(talk, ContactWithdrawn) == []


def test_a_recall_of_the_last_account_ends_everything_and_of_another_asks_anew() -> None:
    talk = a_talk(an_account("loan", PLACED, debt_id=LOAN))
    request = talk.until_asked()
    talk.tell(recalled(0.1, LOAN), now=request.meta.occurred_at + MINUTE)
    (withdrawn,) = said(talk, ContactWithdrawn)
    assert isinstance(withdrawn, ContactWithdrawn)
    assert withdrawn.reason == "overtaken"
    anew = talk.until_asked()
    assert anew.debt_ids == (CARD,)
    talk.tell(recalled(0.2), now=anew.meta.occurred_at + MINUTE)
    assert (talk.end, talk.due) == ("recalled", None)
    assert len(said(talk, ContactWithdrawn)) == 2
    talk.tell(an_account("again", PLACED + 5 * DAY, placement_sequence=2))
    assert talk.state.open_accounts()[0].debt_id == CARD


def test_a_dispute_lets_it_rest_and_its_answer_lets_it_go_on_and_180_days_end_it() -> None:
    def fact(kind: FactKind, days: float) -> FactLearned:
        at = PLACED + days * DAY
        return FactLearned(a_meta(f"{kind}/{days}", at), kind, True, "", (), None, at, None, "consumer")

    strategies = together("promise-to-pay")
    talk = a_talk(agreed((20, "100.00")), strategies=strategies)
    talk.tell(fact(FactKind.DISPUTED, 2))
    assert talk.state.place is not None
    assert talk.state.place.paused
    talk.tell(fact(FactKind.DISPUTE_ANSWERED, 1))
    assert talk.state.place.paused, "an answer from before answers nothing"
    talk.tell(fact(FactKind.DISPUTE_ANSWERED, 3))
    assert not talk.state.place.paused
    talk.tell(fact(FactKind.DISPUTED, 4))
    sleep(talk, 200)
    assert talk.end == "restricted"
    assert talk.requests == []
