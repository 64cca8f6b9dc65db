"""One event's worth of moving a conversation along: the record as it changes, and the contacts it asks for."""

from msgspec.structs import replace

from contracts.events import ContactRequested, Event, Meta
from contracts.ids import ConsumerId, EventId, derived_id
from services.orchestrator.core.codes import MOST_WAIT, Reason, Timer, instant
from services.orchestrator.core.state import (
    MOST_CHOSEN,
    MOST_CONTACTS,
    NEVER,
    Arm,
    Chosen,
    Consumer,
    Contact,
    Pending,
    Place,
)

NAME = "orchestrator"
VERSION = "0.1.0"


class Turn:
    """What steps work on; it lives for one decision only.

    While the strategy is `paused`, nothing is asked for. `overslept` says that the timer which is due has waited for a
    pause to end, so that its moment is gone.
    """

    __slots__ = ("consumer_id", "event", "now", "overslept", "paused", "requests", "resumed", "said", "state", "way")

    def __init__(self, *, state: Consumer, event: Event, consumer_id: ConsumerId, now: int) -> None:
        self.state = state
        self.event = event
        self.consumer_id = consumer_id
        self.now = now
        self.requests: list[ContactRequested] = []
        self.said: list[Event] = []
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
        place = Place(strategy, self.event.meta.correlation_id, self.now)
        self.state = replace(self.state, place=place, timers=())

    def stand_at(self, step: int) -> None:
        """Stand at a step, waiting for nothing."""
        self.state = replace(self.state, place=replace(self.place, step=step, contact=0), timers=())

    def lead_to(self, step: int) -> None:
        """Say which step follows; without it, the one that the strategy names."""
        self.way = step

    def is_in(self, arm: Arm) -> None:
        """Remember the arm of an experiment."""
        others = tuple(a for a in self.place.arms if a.experiment != arm.experiment)
        self.state = replace(self.state, place=replace(self.place, arms=(*others, arm)))

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
        """Let the conversation end."""
        place = replace(self.place, contact=0, reason=int(reason))
        self.state = replace(self.state, place=place, timers=())

    def following(self, cause: str, name: str) -> Meta:
        """The head of an event that this one brings about."""
        at = instant(self.now)
        return Meta(
            EventId(derived_id(cause=cause, name=name, at=at)),
            at,
            self.consumer_id,
            self.place.cause,
            self.event.meta.event_id,
            NAME,
            VERSION,
        )

    def asked(self, contact: Contact, request: ContactRequested) -> None:
        """Remember a contact that is asked for, and wait for what becomes of it."""
        contacts = (*self.state.contacts, contact)[-MOST_CONTACTS:]
        place = replace(self.place, contact=contact.key, asked=self.place.asked + 1)
        self.state = replace(self.state, contacts=contacts, serial=self.state.serial + 1, place=place)
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
