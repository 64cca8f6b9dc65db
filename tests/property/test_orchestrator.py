"""The orchestrator under any events at all, and under lives of consumers in any order.

A green run does not prove that the events it is given are those that a real gate and channel would send.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chassis.schemas import plain, whole
from contracts.events import (
    AttemptStatus,
    Channel,
    ContactRequested,
    Event,
    OptOutScope,
    PaymentSettled,
    PlacementFlags,
    ReasonClass,
    ReplyIntent,
)
from contracts.ids import AddressId, DebtId, PaymentId
from services.orchestrator.core.codes import seconds
from services.orchestrator.core.decide import decide
from services.orchestrator.core.state import FRESH, Consumer, decode, encode
from services.orchestrator.core.strategy import Strategies
from services.orchestrator.loader import LIBRARY, load_files, strategies_of
from services.orchestrator.service import READS
from tests.avro_values import BUILT_IN, anything
from tests.unit.compliance.factories import ANA, CARD, LOAN, a_meta, a_phone, a_reply, an_account, opted_in, opted_out
from tests.unit.orchestrator.factories import (
    NEW_YORK_NINE,
    Talk,
    accepted,
    approved,
    deferred,
    in_doubt,
    rejected,
    shipped,
    started,
    status,
    vetoed,
)

MINUTE = timedelta(minutes=1)
KINDS = sorted(READS, key=lambda k: k.__name__)
SCHEMAS = {kind: plain(whole(kind.__name__)) for kind in KINDS}
UNSAID = dict.fromkeys(PlacementFlags.__struct_fields__)
RULES = ("gate.address", "gate.time", "us.stop.cease", "us.opt-out.medium", "us.hours.federal", "")


ANY_EVENT = st.one_of(
    [
        anything(schema).map(partial(msgspec.convert, type=kind, builtin_types=BUILT_IN))
        for kind, schema in SCHEMAS.items()
    ]
)
"""An event of any type that is read, holding anything that its schema allows."""


LIBRARY_OF = [strategies_of([file]) for file in load_files(LIBRARY)]
"""Each strategy of the library, alone: together they have every kind of step."""


@settings(max_examples=50)
@given(st.lists(ANY_EVENT, max_size=6), st.lists(st.integers(0, 10**9), min_size=6, max_size=6))
def test_nothing_that_a_schema_allows_is_too_much(events: Sequence[Event], ages: Sequence[int]) -> None:
    state = FRESH
    for event, age in zip(events, ages, strict=False):
        now = NEW_YORK_NINE + timedelta(seconds=age)
        state = decide(state, event, shipped(), seconds(now)).state
        assert decode(encode(state)) == state
        assert decide(state, replace(event, meta=a_meta()), shipped(), seconds(now)).state is not None


@settings(max_examples=50)
@given(st.lists(ANY_EVENT, max_size=3), ANY_EVENT)
def test_whatever_is_known_what_follows_from_a_placement_is_the_same_every_time(
    events: Sequence[Event], last: Event
) -> None:
    state = FRESH
    for event in (*events, an_account(when=NEW_YORK_NINE), last):
        once = decide(state, event, shipped(), seconds(NEW_YORK_NINE))
        assert once == decide(state, event, shipped(), seconds(NEW_YORK_NINE))
        state = once.state


class Life:
    """Ana's days, as hypothesis leads them; what came and what was asked for is kept."""

    def __init__(self, strategies: Strategies | None = None) -> None:
        self.talk = Talk(strategies)
        self.now = NEW_YORK_NINE
        self.told: list[tuple[Event, datetime]] = []
        self.number = 0

    def tell(self, event: Event) -> list[ContactRequested]:
        """Let something happen now."""
        self.told.append((event, self.now))
        return self.talk.tell(event, now=self.now)

    def wait(self, most: timedelta) -> list[ContactRequested]:
        """Let time pass, and the timer come if it is due by then."""
        end = self.now + most
        asked: list[ContactRequested] = []
        for _ in range(20):
            due = self.talk.due
            if due is None or due > end:
                break
            self.now = max(self.now, due)
            asked += self.tell(self.talk.timer())
        self.now = end
        return asked

    def name(self) -> str:
        """A name that nothing else has."""
        self.number += 1
        return f"event-{self.number}"


def news(life: Life, draw: st.DrawFn) -> Event | None:
    """Something about a contact that was asked for, perhaps long ago."""
    if not life.talk.requests:
        return None
    request = draw(st.sampled_from(life.talk.requests))
    at = life.now
    reason = draw(st.sampled_from(ReasonClass))
    return draw(
        st.sampled_from(
            [
                approved(request, at),
                deferred(request, at, at + draw(st.sampled_from([MINUTE, 20 * MINUTE, 4000 * MINUTE]))),
                vetoed(request, at, draw(st.sampled_from(RULES))),
                started(request, at),
                accepted(request, at),
                in_doubt(request, at),
                rejected(request, at, reason),
                status(request, at, draw(st.sampled_from(AttemptStatus)), reason),
            ]
        )
    )


def placement(life: Life, draw: st.DrawFn) -> Event:
    """An account."""
    phones = tuple(
        replace(a_phone(), address_id=f"tel-{n}", line_type=draw(st.sampled_from(["mobile", "mobile", "landline"])))
        for n in range(draw(st.integers(0, 3)))
    )
    return an_account(
        life.name(),
        life.now,
        debt_id=draw(st.sampled_from([CARD, LOAN])),
        placement_sequence=draw(st.integers(0, 3)),
        balance=Decimal(draw(st.integers(-1, 10**6))).scaleb(-2),
        phones=phones,
    )


def statement(life: Life, draw: st.DrawFn) -> Event:
    """Something that the consumer says, does or is said to be."""
    now = life.now
    scope, channel = draw(st.sampled_from(OptOutScope)), draw(st.sampled_from([Channel.SMS, Channel.UNKNOWN]))
    paid = PaymentSettled(
        a_meta(life.name(), now), PaymentId(life.name()), draw(st.sampled_from([CARD, LOAN, DebtId("other")])),
        Decimal("5.00"), "USD", "card", now,
    )  # fmt: skip
    flags = PlacementFlags(**{**UNSAID, draw(st.sampled_from(["ceased", "bankrupt", "deceased"])): True})
    return draw(
        st.sampled_from(
            [
                a_reply(now, draw(st.sampled_from(ReplyIntent))),
                opted_out(now, scope, channel, draw(st.sampled_from([AddressId("tel-0"), None]))),
                opted_in(now),
                paid,
                replace(an_account(life.name(), now, debt_id=LOAN), flags=flags),
            ]
        )
    )


def stops(event: Event) -> bool:
    """Whether nobody may be contacted after this, until a new account is placed."""
    if isinstance(event, PaymentSettled):
        return True
    name = type(event).__name__
    restricted = name == "AccountPlaced" and any(getattr(event.flags, f) for f in UNSAID)  # type: ignore[attr-defined]
    return name in ("OptedOut", "ReplyReceived") or restricted


@settings(max_examples=150)
@given(st.data())
def test_after_stop_payment_reply_or_restriction_nothing_is_asked_for_and_repeats_change_nothing(
    data: st.DataObject,
) -> None:
    life = Life()
    draw: Any = data.draw
    life.tell(an_account("first", life.now, phones=(replace(a_phone(), address_id="tel-0"), a_phone())))
    stopped = False
    for _ in range(draw(st.integers(1, 12))):
        kind = draw(st.sampled_from(["news", "news", "news", "wait", "wait", "statement", "placement", "repeat"]))
        asked: list[ContactRequested] = []
        if kind == "wait":
            asked = life.wait(draw(st.sampled_from([MINUTE, 60 * MINUTE, 1440 * MINUTE, 5000 * MINUTE])))
        elif kind == "repeat":
            event, _ = draw(st.sampled_from(life.told))
            before = life.talk.state
            asked = life.talk.tell(event, now=life.now)
            assert asked == []
            assert life.talk.state == before
        elif kind == "placement" and not stopped:
            asked = life.tell(placement(life, draw))
        elif kind == "statement":
            event = statement(life, draw)
            asked = life.tell(event)
            stopped = stopped or stops(event)
        elif (event := news(life, draw)) is not None:
            asked = life.tell(event)
        assert not (stopped and asked)
        assert len(asked) <= 1 or kind == "wait"
    assert replayed(life) == (life.talk.state, life.talk.requests)


@settings(max_examples=150)
@given(st.sampled_from(LIBRARY_OF), st.booleans(), st.data())
def test_whatever_the_steps_nobody_waits_for_ever_and_repeats_change_nothing(
    strategies: Strategies, charged_off: bool, data: st.DataObject
) -> None:
    life = Life(strategies)
    draw: Any = data.draw
    off = life.now.date() if charged_off else None
    life.tell(an_account("first", life.now, charged_off_on=off, phones=(a_phone(),)))
    for _ in range(draw(st.integers(1, 15))):
        kind = draw(st.sampled_from(["news", "news", "news", "wait", "wait", "statement", "repeat"]))
        if kind == "wait":
            life.wait(draw(st.sampled_from([60 * MINUTE, 1440 * MINUTE, 5000 * MINUTE, 15000 * MINUTE])))
        elif kind == "repeat":
            before = life.talk.state
            assert life.talk.tell(draw(st.sampled_from(life.told))[0], now=life.now) == []
            assert life.talk.state == before
        else:
            event = statement(life, draw) if kind == "statement" else news(life, draw)
            asked = [] if event is None else life.tell(event)
            assert len(asked) <= 1
            # What is asked for is asked for by a conversation that goes on, and of somebody who may be asked.
            assert not asked or (life.talk.end == "running" and not life.talk.state.restrictions)
        assert (life.talk.due is not None) == (life.talk.end == "running")
    assert replayed(life, strategies) == (life.talk.state, life.talk.requests)


def replayed(life: Life, strategies: Strategies | None = None) -> tuple[Consumer, list[ContactRequested]]:
    """What the same events at the same times give once more."""
    again = Talk(strategies)
    for event, now in life.told:
        again.tell(event, now=now)
    return again.state, again.requests


@given(st.permutations(range(5)), st.integers(0, 4))
def test_facts_that_come_in_any_order_and_twice_are_known_all_the_same(order: Sequence[int], twice: int) -> None:
    at = NEW_YORK_NINE
    facts: list[Event] = [
        an_account("one", at, debt_id=CARD),
        an_account("two", at + MINUTE, debt_id=LOAN, balance=Decimal("50.00")),
        PaymentSettled(a_meta("paid"), PaymentId("p"), LOAN, Decimal("20.00"), "USD", "ach", at + 2 * MINUTE),
        opted_out(at + 3 * MINUTE),
        a_reply(at + 4 * MINUTE),
    ]
    talk = Talk()
    for n in (*order, twice):
        talk.tell(facts[n], now=at + 5 * MINUTE)
    state = talk.state
    assert {(a.debt_id, a.owed) for a in state.accounts} == {(CARD, 123456), (LOAN, 3000)}
    assert state.replied_at == seconds(at + 4 * MINUTE)
    assert len(state.refusals) == 1
    assert talk.requests == [] or order[0] in (0, 1)
    assert talk.end != "running"
    assert talk.conductor.wake(state=state, consumer_id=ANA, now=at + timedelta(days=999)) == []
