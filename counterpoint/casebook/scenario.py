"""Makes of a worked case what the gate would know and be asked: events, folded by the gate's own `evolve`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from contracts.events import (
    AsOf,
    AttemptRejected,
    AttemptStarted,
    AttemptStatusChanged,
    Channel,
    ContactApproved,
    ContactRequested,
    Event,
    FactKind,
    FactLearned,
    Meta,
    OptedIn,
    OptedOut,
    Purpose,
    ReasonClass,
    ReplyIntent,
    ReplyReceived,
)
from contracts.ids import AddressId, AttemptId, ConsumerId, ContactId, DebtId, EventId, derived_id
from counterpoint.casebook.forms import (
    LONG_AGO,
    Learned,
    Refused,
    Setting,
    WrongCase,
    city,
    only,
    strings,
    when,
)
from counterpoint.casebook.vocabulary import CONSENTS, FACTS, OTHER_FACTS
from counterpoint.casebook.words import (
    LINES,
    STOP_WORDS,
    channel_of,
    content_of,
    person_of,
    place_of,
    purpose_of,
    reached,
    status_of,
)
from services.compliance.core.codes import Place
from services.compliance.core.evolve import evolve
from services.compliance.core.state import ConsumerState
from services.compliance.core.zones import zone_code

NOWHERE_SPECIAL = "US"
"""A place without rules of its own: what a case that names no state takes for granted."""
REQUEST_KEYS = (
    "at",
    "channel",
    "debts",
    "address",
    "person",
    "purpose",
    "technology",
    "in_reply_to",
    "content",
    "local",
)
HISTORY_KEYS = (
    *("at", "channel", "direction", "debts", "address", "outcome", "person", "collector", "purpose", "technology"),
    *("in_reply_to", "consented", "text"),
)


class Scenario(Struct, frozen=True):
    """What the gate knows, and what it is asked."""

    state: ConsumerState
    request: ContactRequested
    at: datetime


def scenario(case: Mapping[str, Any]) -> Scenario:
    """A case, ready to be decided; raises WrongCase."""
    facts, request = case.get("facts") or {}, only(case["request"], "request", *REQUEST_KEYS)
    history = [only(entry, "history", *HISTORY_KEYS) for entry in case.get("history") or ()]
    unknown = sorted(set(facts) - {*FACTS, *OTHER_FACTS})
    if unknown:
        raise WrongCase(
            f"facts: nobody knows {', '.join(unknown)}; known are {', '.join(sorted({*FACTS, *OTHER_FACTS}))}"
        )
    made = _Made(case, facts, request, history)
    state = made.beginning()
    for offset, event in enumerate(sorted(made.events(), key=lambda e: e.meta.occurred_at)):
        state = evolve(state, event, offset)
    return Scenario(state, made.asked(), when(request["at"]))


class _Made:
    """Events of one case."""

    def __init__(
        self,
        case: Mapping[str, Any],
        facts: Mapping[str, Any],
        request: Mapping[str, Any],
        history: Sequence[Mapping[str, Any]],
    ) -> None:
        self._facts = facts
        self._request = request
        self._history = history
        self._zones: Sequence[str] = case.get("timezones") or case.get("zones") or ()
        self._at = when(request["at"])
        self._address = str(request.get("address", "cell"))
        zone = ZoneInfo(self._zones[0]) if self._zones else ZoneInfo("America/New_York")
        self._setting = Setting(self._at, self._address, zone)

    def beginning(self) -> ConsumerState:
        """What no event of the case says: zones, debts, addresses, where the consumer lives."""
        entries = (*self._history, self._request)
        named = {str(e.get("address", "cell")) for e in entries} | {self._address}
        places = {*strings(self._facts.get("state")), *city(self._facts.get("city", ""))} or {NOWHERE_SPECIAL}
        zones = () if self._facts.get("location_known") is False else tuple(zone_code(z) for z in self._zones)
        groups = [*_debts_in(list(self._facts.values())), *_debts_of_groups(self._facts)]
        return ConsumerState(
            zones=zones,
            evidence=(0,) * len(zones),
            addresses=dict.fromkeys(sorted(named), "+12125550100"),
            debts=tuple(dict.fromkeys([*(d for e in entries for d in self._debts(e)), *groups])),
            places=tuple(sorted(places)),
            traits={a: int(place) for a in sorted(named) if (place := self._place(a)) is not Place.CELL},
        )

    def _place(self, address: str) -> Place:
        kind = self._facts.get("line_types", {}).get(address)
        if address == self._address:
            kind = self._facts.get("line_type", kind)
        return place_of(address) if kind is None else LINES.get(str(kind), Place.CELL)

    def events(self) -> Iterator[Event]:
        """Everything that happened or was said before the request."""
        for n, entry in enumerate(self._history):
            yield from self._told(n, entry) if entry.get("direction") == "in" else self._made(n, entry)
        said = [s for name, value in self._facts.items() if name in FACTS for s in FACTS[name](value, self._setting)]
        for n, item in enumerate((*said, *self._granted())):
            yield from self._refused(n, item) if isinstance(item, Refused) else (self._learned(n, item),)

    def _granted(self) -> Iterator[Learned]:
        """What a case takes for granted where it says nothing."""
        facts, purpose = self._facts, purpose_of(self._request.get("purpose", "outreach"))
        shared = {"shared_line", "shared_inbox", "shared_email"} & set(facts)
        if "validation" not in facts and purpose is not Purpose.VALIDATION_NOTICE:
            yield Learned(FactKind.NOTICE_SENT, LONG_AGO, "mail")
        if "initial_communication_at" not in facts:
            yield Learned(FactKind.FIRST_COMMUNICATION, LONG_AGO)
        if facts.get("right_party", True) and not shared:
            yield Learned(FactKind.RIGHT_PARTY, LONG_AGO)
        yield from self._consents_granted()
        if purpose is Purpose.REQUIRED_NOTICE:
            yield Learned(FactKind.NOTICE_REQUIRED, LONG_AGO)
        if purpose is Purpose.DISPUTE_RESPONSE and not {"dispute", "original_creditor_request"} & set(facts):
            yield Learned(FactKind.DISPUTED, LONG_AGO, "oral")

    def _consents_granted(self) -> Iterator[Learned]:
        """Consents hold where a case says nothing of them; at the address of the request, if that is the consumer's."""
        own = self._place(self._address) is Place.CELL
        for kind, names, detail, everywhere in CONSENTS:
            if not names & set(self._facts) and (own or everywhere):
                since = self._at - timedelta(days=1) if kind is FactKind.TEXT_CONSENT else LONG_AGO
                yield Learned(kind, since, detail, address=None if everywhere else self._address)

    def asked(self) -> ContactRequested:
        """The request."""
        request = self._request
        channel, technology = channel_of(request["channel"], request.get("technology"))
        answered = request.get("in_reply_to")
        return ContactRequested(
            self._meta("request", self._at),
            ContactId(derived_id(cause="case", name="contact", at=self._at)),
            channel,
            AddressId(self._address),
            tuple(DebtId(d) for d in self._debts(request)),
            purpose_of(request.get("purpose", "outreach")),
            "case",
            "en",
            {},
            self._at + timedelta(days=400),
            "",
            "",
            None if answered is None else self._inbound_id(when(answered)),
            person_of(request.get("person")),
            technology,
            content_of(request.get("content") or {}),
        )

    def _made(self, n: int, entry: Mapping[str, Any]) -> Iterator[Event]:
        at = when(entry["at"])
        channel, technology = channel_of(entry["channel"], entry.get("technology"))
        outcome = str(entry["outcome"]).replace("-", "_")
        if outcome == "called_us":
            yield from self._told(n, {**entry, "outcome": "conversation"})
            return
        if entry.get("collector") not in (None, "us"):
            # Another collector's calls are not ours, but a conversation is known to us by its file.
            yield from self._told(n, entry) if outcome in ("conversation", "answered") else ()
            return
        contact_id = ContactId(derived_id(cause=f"history {n}", name="contact", at=at))
        purpose = purpose_of(entry.get("purpose") or self._purpose_with(entry.get("person")))
        person, status = reached(person_of(entry.get("person")), status_of(outcome), purpose)
        answered = entry.get("in_reply_to")
        meta = self._meta(f"made {n}", at)
        address_id = AddressId(str(entry.get("address", "cell")))
        debts = tuple(DebtId(d) for d in self._debts(entry))
        yield ContactApproved(
            meta, contact_id, channel, address_id, debts, purpose, at, (), AsOf(), "", "", meta.event_id, at,
            None if answered is None else self._inbound_id(when(answered)),
            person, technology, bool(entry.get("consented")),
        )  # fmt: skip
        told = (self._meta(f"status {n}", at), contact_id, AttemptId(contact_id), channel, address_id, "case")
        if outcome == "rejected":
            yield AttemptRejected(*told, "", ReasonClass.NOT_SENT, None, at)
        elif status is not None:
            yield AttemptStatusChanged(*told, "", status, True, ReasonClass.NONE, None, at)
        elif outcome != "reserved":
            yield AttemptStarted(*told, at)

    def _purpose_with(self, person: Any) -> str:
        """The purpose of an earlier contact with the third party whom the request would ask for the consumer."""
        same = person not in (None, "consumer") and person == self._request.get("person")
        return str(self._request.get("purpose", "outreach")) if same else "outreach"

    def _told(self, n: int, entry: Mapping[str, Any]) -> Iterator[Event]:
        at = when(entry["at"])
        channel, _ = channel_of(entry["channel"], None)
        text = str(entry.get("text", ""))
        stop = channel is not Channel.VOICE and text.strip(" .!").lower() in STOP_WORDS
        yield ReplyReceived(
            self._meta(f"inbound {at.timestamp()}", at),
            channel,
            AddressId(str(entry.get("address", "cell"))),
            ReplyIntent.OPT_OUT if stop else ReplyIntent.OTHER,
            text,
            "",
            at,
            tuple(DebtId(d) for d in self._debts(entry)),
            entry.get("outcome") in ("conversation", "answered", "received"),
        )

    def _learned(self, n: int, item: Learned) -> FactLearned:
        known_at = min(item.since, self._at)
        return FactLearned(
            self._meta(f"fact {n}", known_at),
            item.kind,
            item.holds,
            item.detail,
            tuple(DebtId(d) for d in item.debts),
            None if item.address is None else AddressId(item.address),
            item.since,
            item.until,
            "case",
        )

    def _refused(self, n: int, item: Refused) -> Iterator[Event]:
        address = None if item.address is None else AddressId(item.address)
        if item.at > self._at:
            return
        yield OptedOut(self._meta(f"out {n}", item.at), item.channel, item.scope, address, "case", item.at)
        if item.again is not None and item.again <= self._at:
            again = max(item.again, item.at + timedelta(seconds=1))
            yield OptedIn(self._meta(f"in {n}", again), item.channel, None, "case", again)

    def _inbound_id(self, at: datetime) -> EventId:
        return self._meta(f"inbound {at.timestamp()}", at).event_id

    def _debts(self, entry: Mapping[str, Any]) -> Sequence[str]:
        return list(dict.fromkeys(entry.get("debts") or ()))

    def _meta(self, name: str, at: datetime) -> Meta:
        at = at.astimezone(UTC)
        event_id = EventId(derived_id(cause="case", name=name, at=at))
        return Meta(event_id, at, ConsumerId("con-case"), event_id, None, "case", "0")


def _debts_in(value: Any) -> Iterator[str]:
    """Every debt that a fact names."""
    if isinstance(value, Mapping):
        yield from strings(value.get("debts"))
    elif isinstance(value, list):
        for item in value:
            yield from _debts_in(item)


def _debts_of_groups(facts: Mapping[str, Any]) -> Iterator[str]:
    for group in facts.get("single_account_groups") or ():
        yield from group
