"""One event's worth of moving a conversation along: the record as it changes, and the contacts it asks for."""

from msgspec.structs import replace

from contracts.events import Channel, ContactHeld, ContactRequested, ContactWithdrawn, ContactWithheld, Event, Meta
from contracts.ids import ConsumerId, EventId, derived_id
from services.orchestrator.core.codes import DAY, MOST_WAIT, Progress, Reason, Timer, Verdict, instant, word
from services.orchestrator.core.state import (
    MOST_CHOSEN,
    MOST_CONTACTS,
    MOST_MARKS,
    NEVER,
    Arm,
    Chosen,
    Consumer,
    Contact,
    Held,
    Pending,
    Place,
    contact_id,
    place_of,
)

NAME = "orchestrator"
VERSION = "0.1.0"
OVERTAKEN, EXPIRED = "overtaken", "expired"
"""Why nobody decides about a contact any more that waited for a person."""

LONGEST_PAUSE = 180 * DAY
"""A conversation that rests for longer is over."""

MOST_INTERRUPTED = 3
"""So many conversations may be set aside, each for one of a higher priority."""


class Turn:
    """What steps work on; it lives for one decision only.

    While the strategy is `paused`, nothing is asked for. `overslept` says that the timer which is due has waited for a
    pause to end, so that its moment is gone.
    """

    __slots__ = (
        "consumer_id",
        "ended",
        "event",
        "now",
        "overslept",
        "paused",
        "requests",
        "resumed",
        "said",
        "state",
        "way",
    )

    def __init__(self, *, state: Consumer, event: Event, consumer_id: ConsumerId, now: int) -> None:
        self.state = state
        self.event = event
        self.consumer_id = consumer_id
        self.now = now
        self.requests: list[ContactRequested] = []
        self.said: list[Event] = []
        self.ended: list[tuple[str, Reason]] = []
        self.way: int | None = None
        self.paused = False
        self.resumed = NEVER
        self.overslept = False

    @property
    def place(self) -> Place:
        """Where the consumer is in the strategy."""
        place = self.state.place
        assert place is not None, "only conversations that have begun are moved"
        return place

    def begin(self, strategy: str) -> None:
        """Start a conversation."""
        number = self.state.begun + 1
        place = Place(strategy, self.event.meta.correlation_id, self.now, number=number)
        self.state = replace(self.state, place=place, timers=(), begun=number)

    def stand_at(self, step: int) -> None:
        """Stand at a step, waiting for nothing."""
        self.let_go(OVERTAKEN)
        self.state = replace(self.state, place=replace(self.place, step=step, contact=0), timers=())

    def lead_to(self, step: int) -> None:
        """Say which step follows; without it, the one that the strategy names."""
        self.way = step

    def is_in(self, arm: Arm) -> None:
        """Remember the arm of an experiment."""
        others = tuple(a for a in self.place.arms if a.experiment != arm.experiment)
        self.state = replace(self.state, place=replace(self.place, arms=(*others, arm)))

    def mark(self, name: str, to: bool) -> None:
        """Set a mark on the consumer, or take it away."""
        others = tuple(m for m in self.state.marks if m != name)
        self.state = replace(self.state, marks=(*others, name)[-MOST_MARKS:] if to else others)

    def chose(self, chosen: Chosen) -> None:
        """Remember a choice."""
        self.state = replace(self.state, chosen=(*self.state.chosen, chosen)[-MOST_CHOSEN:])

    def noted_choice(self, chosen: Chosen) -> None:
        """Remember more of a choice."""
        known = (chosen if (c.choice, c.number) == (chosen.choice, chosen.number) else c for c in self.state.chosen)
        self.state = replace(self.state, chosen=tuple(known))

    def choices(self) -> list[Chosen]:
        """What was chosen in this conversation: of each choice the last option."""
        since = (c for c in self.state.chosen if c.at >= self.place.entered)
        return list({c.choice: c for c in since}.values())

    def says(self, event: Event) -> None:
        """Say something beside asking for contacts."""
        self.said.append(event)

    def await_contact(self, key: int) -> None:
        """Wait until it is known what becomes of a contact; 0 to wait for none any more."""
        if self.place.contact != key:
            self.state = replace(self.state, place=replace(self.place, contact=key))

    def wait_until(self, kind: Timer, due: int) -> None:
        """Set the timer, in place of the one before."""
        number = self.state.serial + 1
        timer = Pending(number, kind, min(due, self.now + MOST_WAIT))
        self.state = replace(self.state, timers=(timer,), serial=number)

    def end(self, reason: Reason) -> None:
        """Let the conversation end; what it asked for, and nobody has begun, shall not be made."""
        self.withdraw(reason)
        self.ended.append((self.place.strategy, reason))
        place = replace(self.place, contact=0, reason=int(reason), paused=0)
        self.state = replace(self.state, place=place, timers=())

    def pause(self, restrictions: int) -> None:
        """Let the conversation rest until restrictions are lifted, or for so long that it is over."""
        self.withdraw(Reason.RESTRICTED)
        self.state = replace(self.state, place=replace(self.place, contact=0, paused=restrictions))
        self.wait_until(Timer.PAUSE, self.now + LONGEST_PAUSE)

    def interrupt(self) -> None:
        """Set the conversation aside for one of a higher priority."""
        self.withdraw(Reason.INTERRUPTED)
        aside = (*self.state.interrupted, replace(self.place, contact=0))[-MOST_INTERRUPTED:]
        self.state = replace(self.state, interrupted=aside, timers=())

    def take_up(self) -> Place:
        """Take the conversation up again that was set aside last."""
        *others, place = self.state.interrupted
        self.state = replace(self.state, place=place, interrupted=tuple(others), timers=())
        return place

    def withdraw(self, reason: Reason) -> None:
        """Let the contact that is waited for not be made, if nobody is known to have begun it."""
        self.let_go(OVERTAKEN)
        n = place_of(self.state.contacts, self.place.contact) if self.place.contact else None
        contact = None if n is None else self.state.contacts[n]
        if contact is None or contact.progress != Progress.NONE or contact.withdrawn:
            return
        if contact.verdict not in (Verdict.NONE, Verdict.APPROVED) or not contact.number:
            return
        until = max((t.due for t in self.state.timers if t.kind == Timer.SILENCE), default=self.now + MOST_WAIT)
        self.says(
            ContactWithdrawn(
                self.following(str(contact.key), "withdrawn"),
                contact_id(self.consumer_id, contact.number, contact.at),
                Channel(contact.channel),
                self.state.address_of(contact),
                word(reason),
                instant(until),
            )
        )
        self.noted(replace(contact, withdrawn=int(reason), withdrawn_at=self.now))

    def hold(self, held: Held, event: ContactHeld) -> None:
        """Let a contact wait for a person."""
        place = replace(self.place, held=held)
        self.state = replace(self.state, place=place, serial=max(self.state.serial, held.number))
        self.says(event)

    def let_go(self, reason: str) -> None:
        """Let the contact that waits for a person, if one does, wait no longer."""
        held = self.place.held
        if held is not None:
            self.released()
            contact = contact_id(self.consumer_id, held.number, held.at)
            meta = self.following(contact, "withheld")
            self.says(ContactWithheld(meta, contact, reason, "", instant(self.now)))

    def released(self) -> None:
        """Hold no contact any more."""
        self.state = replace(self.state, place=replace(self.place, held=None))

    def following(self, cause: str, name: str) -> Meta:
        """The head of an event that this one brings about."""
        at = instant(self.now)
        return Meta(
            EventId(derived_id(cause=cause, name=name, at=at)),
            at,
            self.consumer_id,
            self.event.meta.correlation_id if self.state.place is None else self.state.place.cause,
            self.event.meta.event_id,
            NAME,
            VERSION,
        )

    def asked(self, contact: Contact, request: ContactRequested) -> None:
        """Remember a contact that is asked for, and wait for what becomes of it."""
        state = self.state
        contacts = (*state.contacts, contact)[-MOST_CONTACTS:]
        earlier = state.earlier + 1 + len(state.contacts) - len(contacts)
        place = replace(self.place, contact=contact.key, asked=self.place.asked + 1, held=None)
        self.state = replace(state, contacts=contacts, earlier=earlier, serial=state.serial + 1, place=place)
        self.requests.append(request)

    def noted(self, contact: Contact) -> None:
        """Remember more of a contact."""
        self.state = replace(
            self.state, contacts=tuple(contact if c.key == contact.key else c for c in self.state.contacts)
        )

    def tries(self, step: int) -> list[Contact]:
        """The contacts that a step of this conversation has asked for, as far as they are remembered."""
        return [c for c in self.state.contacts_since(self.place.entered) if c.step == step]

    def forget(self, timer: Pending) -> None:
        """A timer is due, and done with."""
        self.state = replace(self.state, timers=tuple(t for t in self.state.timers if t is not timer))
