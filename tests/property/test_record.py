"""The record and the conversations under money, promises, disputes and recalls, in any order and told again.

A green run does not prove that clients report in time: what is never told cannot be known.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts.events import (
    ArrangementAgreed,
    ArrangementBroken,
    ArrangementKept,
    Channel,
    ConsumerProfileChanged,
    ContactRequested,
    CoordinationBroken,
    Event,
    FactKind,
    FactLearned,
    OptOutScope,
    PaymentSettled,
    PlacementFlags,
)
from contracts.ids import ContactId
from services.orchestrator.core.codes import Progress, Promise, Reason
from services.orchestrator.core.record import learn
from services.orchestrator.core.state import FRESH, Account, Consumer
from services.orchestrator.loader import LIBRARY, load_files, strategies_of
from tests.unit.compliance.factories import ANA, CARD, LOAN, a_meta, a_phone, a_reply, an_account, opted_in, opted_out
from tests.unit.orchestrator.factories import NEW_YORK_NINE, Talk, accepted, approved, vetoed
from tests.unit.orchestrator.test_promises import agreed, paid, recalled, reversed_, together
from tests.unit.orchestrator.test_whole_record import failed, preferred, updated

PLACED, DAY, MINUTE = NEW_YORK_NINE, timedelta(days=1), timedelta(minutes=1)
UNSAID = PlacementFlags(None, None, None, None, None, None, None)


def a_fact(kind: FactKind, days: float, *, holds: bool = True) -> FactLearned:
    """Something that became known."""
    at = PLACED + days * DAY
    return FactLearned(a_meta(f"{kind}/{days}/{holds}", at), kind, holds, "", (), None, at, None, "consumer")


FACTS: Sequence[Event] = (
    an_account("card", PLACED, debt_id=CARD),
    an_account("loan", PLACED + MINUTE, debt_id=LOAN, balance=Decimal("500.00")),
    an_account("card again", PLACED + 20 * DAY, debt_id=CARD, placement_sequence=2, balance=Decimal("900.00")),
    updated(2, balance=Decimal("700.00")),
    updated(25, balance=Decimal("650.00"), risk=30),
    updated(26, flags=replace(UNSAID, military=True)),
    recalled(3, CARD),
    recalled(30, LOAN),
    agreed((40, "100.00"), (50, "100.00"), days=21, name="plan"),
    agreed((60, "50.00"), days=22, name="newer"),
    agreed((10, "400.00"), days=2, name="settlement", kind="SETTLEMENT", debts=(LOAN,)),
    paid("100.00", 23, name="one"),
    paid("50.00", 24, name="two"),
    paid("400.00", 5, name="three", debt_id=LOAN),
    reversed_(28, name="two"),
    failed(23),
    a_reply(PLACED + 6 * DAY),
    opted_out(PLACED + 7 * DAY, OptOutScope.MEDIUM, Channel.EMAIL, None),
    opted_in(PLACED + 8 * DAY),
    a_fact(FactKind.DISPUTED, 9),
    a_fact(FactKind.DISPUTE_ANSWERED, 10),
    a_fact(FactKind.DISPUTED, 11),
    a_fact(FactKind.BANKRUPT, 12),
    preferred(13, language="es", channel=Channel.SMS),
    preferred(14, language="en", opens="10:00", closes="12:00"),
)


def facts_of(state: Consumer) -> Any:
    """The record without the order in which accounts, refusals and payments came to be in it."""

    def plain(account: Account) -> Account:
        return replace(account, payments=tuple(sorted(account.payments, key=lambda p: p.key)))

    return replace(
        state,
        accounts=tuple(sorted(map(plain, state.accounts), key=lambda a: a.debt_id)),
        refusals=tuple(sorted(state.refusals, key=lambda r: (r.channel, r.address_id))),
        disputes=tuple(sorted(state.disputes, key=lambda d: d.debt)),
    )


@settings(max_examples=150)
@given(st.permutations(range(len(FACTS))), st.lists(st.integers(0, len(FACTS) - 1), max_size=6))
def test_the_same_facts_in_any_order_and_told_again_give_the_same_record(
    order: Sequence[int], again: Sequence[int]
) -> None:
    def known(numbers: Sequence[int]) -> Any:
        state = FRESH
        for n in numbers:
            state = learn(state, FACTS[n])
        return facts_of(state)

    assert known((*order, *again)) == known(range(len(FACTS)))


TOGETHER = [
    together("steady", "promise-to-pay", "broken-promise"),
    together("early-out", "promise-to-pay"),
    strategies_of(load_files(LIBRARY)),
]


class Month:
    """Ana's month under several strategies, as hypothesis leads it."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.strategies = TOGETHER[draw(st.integers(0, len(TOGETHER) - 1))]
        self.talk = Talk(self.strategies)
        self.now = PLACED
        self.number = 0
        self.told: list[tuple[Event, Any]] = []
        self.stopped: dict[ContactId, Reason] = {}

    @property
    def days(self) -> float:
        """Days since the placement."""
        return (self.now - PLACED) / DAY

    def tell(self, event: Event) -> list[ContactRequested]:
        """Let something happen now."""
        self.told.append((event, self.now))
        return self.talk.tell(event, now=self.now)

    def name(self) -> str:
        """A name that nothing else has."""
        self.number += 1
        return f"n{self.number}"

    def live(self, most: timedelta) -> None:
        """Let time pass; what is asked for is approved and taken on at once, or refused, or left hanging."""
        end = self.now + most
        for _ in range(30):
            due = self.talk.due
            if due is None or due > end:
                break
            self.now = max(self.now, due)
            for timer in self.talk.conductor.wake(state=self.talk.state, consumer_id=ANA, now=self.now):
                for request in self.tell(timer):
                    self.answer(request)
        self.now = end

    def answer(self, request: ContactRequested) -> None:
        """The gate and the channel."""
        what = self.draw(st.sampled_from(["sent", "sent", "sent", "vetoed", "hanging"]))
        if what == "vetoed":
            self.tell(vetoed(request, self.now, self.draw(st.sampled_from(["gate.service", "us.hours.federal"]))))
        elif what == "sent":
            self.tell(approved(request, self.now))
            self.tell(accepted(request, self.now))

    def happening(self) -> Event:
        """Something that consumers and clients do."""
        days, name, draw = self.days, self.name(), self.draw
        amount = draw(st.sampled_from(["20.00", "50.00", "100.00", "2000.00"]))
        due = days + draw(st.integers(1, 20))
        makers = [
            lambda: paid(amount, days, name=name),
            lambda: paid(amount, days, name=name),
            lambda: reversed_(days, name=draw(st.sampled_from(["n1", "n2", "n3"]))),
            lambda: agreed((due, amount), (due + 7, amount), days=days, name=name),
            lambda: agreed((due, amount), days=days, name=name, kind="SETTLEMENT"),
            lambda: recalled(days, draw(st.sampled_from([CARD, LOAN]))),
            lambda: a_fact(draw(st.sampled_from([FactKind.DISPUTED, FactKind.DISPUTE_ANSWERED])), days),
            lambda: updated(days, balance=Decimal(amount)),
            lambda: a_reply(self.now),
            lambda: opted_out(self.now, OptOutScope.MEDIUM, draw(st.sampled_from([Channel.SMS, Channel.EMAIL])), None),
            lambda: failed(days),
            lambda: an_account(name, self.now, debt_id=draw(st.sampled_from([CARD, LOAN])), placement_sequence=2),
        ]
        event: Event = draw(st.sampled_from(makers))()
        return event


@settings(max_examples=120)
@given(st.data())
def test_whatever_happens_conversations_stay_whole(data: st.DataObject) -> None:
    month = Month(data.draw)
    month.tell(an_account("first", PLACED, phones=(a_phone(),)))
    for _ in range(data.draw(st.integers(1, 10))):
        month.live(data.draw(st.sampled_from([MINUTE, DAY, 4 * DAY, 15 * DAY])))
        if data.draw(st.booleans()):
            event, _ = data.draw(st.sampled_from(month.told))
            before = month.talk.state
            assert month.talk.tell(event, now=month.now) == []
            assert month.talk.state == before, "told again it changes nothing"
        else:
            for request in month.tell(month.happening()):
                month.answer(request)
        check(month)
    assert again(month) == (month.talk.state, month.talk.said)


def check(month: Month) -> None:
    """What must be so at every moment."""
    talk, state = month.talk, month.talk.state
    running = state.running
    # Nobody waits for ever, and nobody waits for nothing.
    assert (running is not None) == bool(state.timers)
    assert bool(state.watches) == any(a.state == Promise.OPEN for a in state.arrangements)
    if running is None:
        assert not state.interrupted, "what was set aside is taken up or over"
    if state.place is not None and not state.open_accounts():
        pending = [c for c in state.contacts if c.progress == Progress.NONE and c.verdict in (0, 1) and not c.withdrawn]
        confirming = [c for c in pending if c.what == 0]
        waited_for = [c for c in pending if running is not None and c.key == running.contact]
        assert all(c in confirming for c in waited_for), "where nothing is owed, nobody is asked for money"
    # Each promise comes to one end, and nothing that we send falls out of the conversation.
    broken = [e.arrangement_id for e in talk.said if isinstance(e, ArrangementBroken)]
    assert len(broken) == len(set(broken))
    moved = sum(isinstance(event, PaymentSettled | ArrangementAgreed) for event, _ in month.told)
    assert sum(isinstance(e, ArrangementKept) for e in talk.said) <= moved
    assert [e.kind for e in talk.said if isinstance(e, CoordinationBroken)] == []
    profiles = [e for e in talk.said if isinstance(e, ConsumerProfileChanged)]
    assert len({e.meta.event_id for e in talk.said}) == len(talk.said)
    assert profiles


def again(month: Month) -> tuple[Consumer, list[Event]]:
    """What the same events at the same times give once more."""
    talk = Talk(month.strategies)
    for event, now in month.told:
        talk.tell(event, now=now)
    return talk.state, talk.said
