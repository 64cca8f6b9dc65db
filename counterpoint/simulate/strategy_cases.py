"""Runs the worked cases that strategy files carry: one consumer, a gate and a channel that answer as the case says."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from contracts.events import (
    AccountPlaced,
    AsOf,
    AttemptAccepted,
    AttemptRejected,
    AttemptStatus,
    AttemptStatusChanged,
    ChoiceMade,
    ContactApproved,
    ContactDeferred,
    ContactRequested,
    ContactVetoed,
    DebtType,
    EmailAddress,
    Event,
    Itemization,
    ItemizationBasis,
    Meta,
    PersonName,
    PhoneAddress,
    PlacementFlags,
    PostalAddress,
    PushSubscribed,
    ReasonClass,
    TimerDue,
    TimerKind,
    ZoneEvidence,
    ZoneSource,
)
from contracts.ids import (
    AddressId,
    AttemptId,
    BatchId,
    ClientId,
    ConsumerId,
    DebtId,
    EventId,
    PlacementId,
    RuleId,
    derived_id,
)
from counterpoint.simulate.choices import answered, as_told
from counterpoint.simulate.happenings import happening
from services.orchestrator.core.codes import Reason, instant, seconds, word
from services.orchestrator.core.decide import decide
from services.orchestrator.core.state import FRESH, Consumer, decode, encode, timer_id
from services.orchestrator.core.strategy import Strategies

MINUTE = timedelta(minutes=1)
WITHIN = timedelta(days=100)
_NONE = Decimal("0.00")
_HOME = PostalAddress(AddressId("adr-1"), ("1 Example Street",), "New York", "NY", "10001", "US")


def run_case(case: Mapping[str, Any], strategies: Strategies) -> str | None:
    """Live one case through; what is wrong with what came of it, or None."""
    story = Story(case, strategies)
    story.live()
    expect = case["expect"]
    if len(story.requests) != len(expect["contacts"]):
        return f"expected {len(expect['contacts'])} contacts, got {story.told()}"
    for n, (expected, request) in enumerate(zip(expect["contacts"], story.requests, strict=True), 1):
        if not _fits(expected, request):
            return f"contact {n} is not as expected: {story.told()}"
    return None if story.end == expect["ends"] else f"expected the end {expect['ends']}, got {story.told()}"


def _fits(expected: Mapping[str, Any], request: ContactRequested) -> bool:
    return (
        request.step_id == expected["step"]
        and _at(expected["from"]) <= request.meta.occurred_at < _at(expected["to"])
        and request.address_id == _address(expected.get("number"), request)
        and request.channel.value.lower() == expected.get("channel", request.channel.value.lower())
        and len(request.debt_ids) == expected.get("accounts", len(request.debt_ids))
    )


def _address(number: int | None, request: ContactRequested) -> str:
    return request.address_id if number is None else f"tel-{number}"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


class Story:
    """A consumer's days, event by event; what is remembered goes through its bytes every time."""

    def __init__(self, case: Mapping[str, Any], strategies: Strategies) -> None:
        self._case = case
        self._strategies = strategies
        self._answers = iter(case.get("answers", ()))
        self._chosen = iter(case.get("chosen", ()))
        self._coming: list[tuple[datetime, int, Event]] = []
        self._numbers = 0
        self._who = ConsumerId(case.get("consumer", "con-of-the-case"))
        self._owed = Decimal(case.get("owed", "1234.56"))
        self.state: Consumer = FRESH
        self.requests: list[ContactRequested] = []
        placed = _at(case["placed"])
        self._until = placed + WITHIN
        if case.get("browser"):
            meta = self._meta(placed, "browser")
            browser = AddressId("push-1"), "https://push.example.test/m/1", "", ""
            self.comes(PushSubscribed(meta, *browser, "portal", placed))
        self.comes(self._account(placed, case.get("flags", ())))
        for happens in case.get("happens", ()):
            self.comes(self._happening(happens))

    @property
    def end(self) -> str:
        """How the conversation ended, or that it goes on, or never began."""
        place = self.state.place
        if place is None:
            return "not-entered"
        return "paused" if place.paused else word(Reason(place.reason))

    def told(self) -> str:
        """What came of it, in a line."""
        contacts = ", ".join(
            f"{r.step_id} to {r.address_id} at {r.meta.occurred_at.isoformat()}" for r in self.requests
        )
        return f"{contacts or 'no contact'}; {self.end}"

    def comes(self, event: Event, at: datetime | None = None) -> None:
        """Let an event come, when it happens or at a time of its own."""
        self._numbers += 1
        heapq.heappush(self._coming, (at or event.meta.occurred_at, self._numbers, event))

    def live(self) -> None:
        """Let everything come, timers among it, in order of time."""
        while (event := self._next()) is not None:
            now, _, what = event
            if now > self._until:
                return
            outcome = decide(self.state, what, self._strategies, seconds(now))
            self.state = decode(encode(outcome.state))
            for made in answered(outcome.said, seconds(now)):
                self.comes(as_told(made, next(self._chosen, None)) if isinstance(made, ChoiceMade) else made)
            for request in outcome.requests:
                self.requests.append(request)
                self._answer(request, next(self._answers, {"verdict": "approved"}))

    def _next(self) -> tuple[datetime, int, Event] | None:
        timer = min(self.state.due(), key=lambda t: t.due, default=None)
        if timer is not None and (not self._coming or instant(timer.due) < self._coming[0][0]):
            due_at = instant(timer.due)
            name = timer_id(self._who, timer)
            return due_at, 0, TimerDue(self._meta(due_at, name), name, TimerKind.STRATEGY_STEP, due_at)
        return heapq.heappop(self._coming) if self._coming else None

    def _meta(self, at: datetime, name: str) -> Meta:
        event_id = derived_id(cause=name, name=str(self._numbers), at=at)
        return Meta(EventId(event_id), at, self._who, event_id, None, "case", "1")

    def _answer(self, request: ContactRequested, answer: Mapping[str, Any]) -> None:
        at = request.meta.occurred_at + MINUTE
        rule = RuleId(answer.get("rule", "us.of.the-case"))
        shared = (
            self._meta(at, f"{request.contact_id}/verdict"),
            request.contact_id,
            request.channel,
            request.address_id,
            request.debt_ids,
            request.purpose,
            at,
            (),
            AsOf(),
            "",
            "",
            request.meta.event_id,
        )
        if answer["verdict"] == "deferred":
            self.comes(ContactDeferred(*shared, rule, _at(answer["until"])))
        elif answer["verdict"] == "vetoed":
            self.comes(ContactVetoed(*shared, rule))
        elif answer["verdict"] == "approved":
            self.comes(ContactApproved(*shared, request.not_after))
            if not answer.get("lost"):
                self._attempt(request, answer, at + MINUTE)

    def _attempt(self, request: ContactRequested, answer: Mapping[str, Any], at: datetime) -> None:
        shared = request.contact_id, AttemptId(request.contact_id), request.channel, request.address_id, "case"
        if "rejected" in answer:
            meta = self._meta(at, f"{request.contact_id}/rejected")
            self.comes(AttemptRejected(meta, *shared, "case", _class(answer["rejected"]), None, at))
            return
        self.comes(AttemptAccepted(self._meta(at, f"{request.contact_id}/accepted"), *shared, "", at))
        if answer.get("unreported"):
            return
        later = at + MINUTE
        failed = answer.get("undelivered")
        status = AttemptStatus.UNDELIVERED if failed else AttemptStatus.DELIVERED
        reason = _class(failed) if failed else ReasonClass.NONE
        meta = self._meta(later, f"{request.contact_id}/status")
        self.comes(AttemptStatusChanged(meta, *shared, "", status, True, reason, None, later))

    def _happening(self, happens: Mapping[str, Any]) -> Event:
        at = _at(happens["at"])
        if happens["what"] == "account":
            return self._account(at, happens.get("flags", ()))
        return happening(happens, self._meta(at, happens["what"]), at, self._owed)

    def _account(self, at: datetime, flags: Sequence[str]) -> AccountPlaced:
        n = self._numbers
        return AccountPlaced(
            meta=self._meta(at, f"account/{n}"),
            placement_id=PlacementId(f"placement-{n}"),
            batch_id=BatchId("case"),
            row_number=1,
            client_id=ClientId("case"),
            debt_id=DebtId(f"debt-{n}"),
            client_account_number=f"{n}",
            account_last4=f"{n:04}",
            placement_sequence=1,
            debt_type=DebtType.CARD,
            original_creditor="Harbor Bank",
            current_creditor="Harbor Bank",
            currency="USD",
            balance=self._owed,
            itemization=Itemization(at.date(), ItemizationBasis.CHARGE_OFF, self._owed, _NONE, _NONE, _NONE, _NONE),
            delinquent_on=None,
            charged_off_on=at.date() if self._case.get("charged_off") else None,
            name=PersonName("Ana", None, "Example", None),
            born_on=None,
            ssn_hash=None,
            language=self._case.get("language", "en"),
            postal_addresses=(_HOME,) if self._case.get("letters") else (),
            phones=tuple(_phones(self._case["numbers"], self._case.get("consent"))),
            emails=(EmailAddress(AddressId("eml-1"), "ana@example.test"),) if self._case.get("email") else (),
            zones=tuple(ZoneEvidence(z, ZoneSource.POSTAL_ADDRESS, None) for z in self._case["zones"]),
            flags=PlacementFlags(
                **{name: name.replace("_", "-") in flags for name in PlacementFlags.__struct_fields__}
            ),
        )


def _phones(lines: Sequence[str], consent: bool | None) -> Iterable[PhoneAddress]:
    for n, line in enumerate(lines, 1):
        yield PhoneAddress(AddressId(f"tel-{n}"), f"+121255501{n:02}", line, consent)


def _class(name: str) -> ReasonClass:
    return ReasonClass[name.upper().replace("-", "_")]
