"""What a strategy is once it is read: conversations are moved along by it, and no version ever changes."""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from contracts.catalogue import Catalogue
from contracts.events import ContactReleased, ContactWithheld
from services.orchestrator.core.codes import Consent, Reason
from services.orchestrator.core.conditions import Condition, holds
from services.orchestrator.core.segments import Segments
from services.orchestrator.core.state import NOWHERE, Consumer, Contact, Inbox, Phone
from services.orchestrator.core.statements import refused
from services.orchestrator.core.turn import Turn

Reviewed = ContactReleased | ContactWithheld
"""What a person says of a contact that waits."""


class Step(Protocol):
    """One step of a strategy; each kind is a module in `steps/`.

    The methods give back when the step was over, so that the next one begins from that instant, or None while it
    waits, or has ended the conversation. A step that waits has set a timer: nobody waits for ever.
    """

    @property
    def id(self) -> str:
        """Its name in the strategy."""

    @property
    def awaits(self) -> str:
        """What must not end the conversation while it stands here, because the step waits for it; mostly nothing."""

    def enter(self, *, turn: Turn, since: int) -> int | None:
        """Begin; `since` is when the step before was over."""

    def due(self, *, turn: Turn, kind: int) -> int | None:
        """The timer that the step set is due."""

    def heard(self, *, turn: Turn, contact: Contact) -> int | None:
        """There is news of a contact that the step asked for."""

    def learned(self, *, turn: Turn, before: Consumer) -> int | None:
        """The record says more than before, while the conversation stands at this step."""

    def reviewed(self, *, turn: Turn, event: Reviewed) -> int | None:
        """A person has decided about a contact that was held."""


class Quiet(Struct, frozen=True):
    """What most kinds of step have in common: they ask for no contact and wait for nothing that is heard."""

    id: str

    @property
    def awaits(self) -> str:
        """Nothing."""
        return ""

    def due(self, *, turn: Turn, kind: int) -> int | None:
        """It set no timer."""
        return None

    def heard(self, *, turn: Turn, contact: Contact) -> int | None:
        """It asked for no contact."""
        return None

    def learned(self, *, turn: Turn, before: Consumer) -> int | None:
        """It waits for nothing."""
        return None

    def reviewed(self, *, turn: Turn, event: Reviewed) -> int | None:
        """It holds no contact."""
        return None


class Reaction(Struct, frozen=True):
    """What to do when a contact did not come about.

    `then` is again, next-number, next-step or end. `after` is for again, in seconds; `reason` is how it ends, at once
    or because there is no next number.
    """

    then: str
    after: int = 0
    reason: Reason = Reason.VETOED


class Reactions(Struct, frozen=True):
    """What a strategy does about vetoes, by patterns of the deciding rule in order; about failures, by their class;
    and about no answer at all, so many seconds after the time for one has passed."""

    vetoed: Sequence[tuple[Sequence[str], Reaction]]
    failed: Mapping[str, Reaction]
    silence: Reaction
    patience: int

    def to_veto(self, rule: str) -> Reaction:
        """About a veto."""
        for patterns, reaction in self.vetoed:
            if any(fnmatchcase(rule, p) for p in patterns):
                return reaction
        return Reaction("end")

    def to_failure(self, reason_class: str) -> Reaction:
        """About a contact that could not be sent, or did not arrive."""
        return self.failed.get(reason_class) or self.failed["UNKNOWN"]


class Numbers(Struct, frozen=True):
    """Which telephone numbers a strategy may use."""

    lines: frozenset[int]
    consents: frozenset[int]

    def allow(self, phone: Phone) -> bool:
        """Whether a number may be used, for all that is known of it."""
        return phone.line in self.lines and phone.consent in self.consents and not phone.bad

    def usable(self, state: Consumer, channel: str) -> Sequence[tuple[int, Phone | Inbox]]:
        """The addresses of a channel that may be used, best first, each with its place among the consumer's.

        Consent on record is consent to texts: numbers with it come first for a text, and do not matter for a call.
        """
        if channel in ("SMS", "VOICE"):
            phones = [(n, p) for n, p in enumerate(state.phones) if self._reaches(p, channel)]
            if channel == "SMS" and len(phones) > 1:
                phones.sort(key=lambda f: f[1].consent != Consent.GIVEN)
            found: Sequence[tuple[int, Phone | Inbox]] = phones
        else:
            found = [(n, i) for n, i in enumerate(state.inboxes) if i.channel == channel and not i.bad]
        if not state.refusals:
            return found
        return [(n, a) for n, a in found if not refused(state, channel, a.address_id)]

    def _reaches(self, phone: Phone, channel: str) -> bool:
        return self.allow(phone) if channel == "SMS" else not phone.bad


class Given(Struct, frozen=True):
    """What a step is told of its strategy when it is made."""

    strategy: str
    index: int
    numbers: Numbers
    reactions: Reactions
    places: Mapping[str, int]
    """Where each step is among the others."""
    channels: frozenset[str] = frozenset()
    """Those that the strategy has contacts by."""
    review: bool = False
    """Whether a person must release the strategy's contacts."""
    catalogue: Catalogue = {}
    """The templates that there are."""


class Strategy(Struct, frozen=True):
    """One version of one strategy.

    `order` is where each step leads that does not say so itself, None for the end; `enters` is what must be true of a
    consumer who enters.
    """

    id: str
    version: int
    steps: Sequence[Step]
    order: Sequence[int | None]
    numbers: Numbers
    channels: frozenset[str]
    again_after: frozenset[int]
    stops_on: frozenset[int]
    restrictions: int
    enters: Condition
    priority: int = 0
    waits: Mapping[str, int] = {}
    """The steps at which somebody may stand for a time, with their places."""
    on: frozenset[str] = frozenset({"account-placed"})
    """What leads into it."""
    events: Mapping[str, int] = {}
    """Where the conversation goes on when something happens, in place of ending or just going on."""
    pauses: int = 0
    """Restrictions during which it rests."""
    resumes: bool = True
    """Whether it is taken up again after one of a higher priority has interrupted it."""

    @property
    def name(self) -> str:
        """The strategy with its version, as it is remembered and told."""
        return f"{self.id}@{self.version}"


class Move(Struct, frozen=True):
    """Where the consumers of a version go over to, and at which step each goes on, by where they stand."""

    to: str
    steps: Mapping[int, int]


class Strategies(Struct, frozen=True):
    """All that are known: `offered` are those that a consumer may enter, `every` has the earlier versions too.

    `paused` are the ids of strategies in which nobody is contacted now, `resumed` says since when those go on again
    that were; `moves` are from a version, by its name, to a later one.
    """

    offered: Sequence[Strategy]
    every: Mapping[str, Strategy]
    paused: frozenset[str] = frozenset()
    resumed: Mapping[str, int] = {}
    moves: Mapping[str, Move] = {}
    notice: int = 5
    """So many seconds word takes to reach the channels."""
    segments: Segments = Segments()
    """Into which consumers are sorted, whichever strategy they are in."""


def by_priority(strategies: Iterable[Strategy]) -> list[Strategy]:
    """In the order in which they are offered: the highest priority first, then by id."""
    return sorted(strategies, key=lambda s: (-s.priority, s.id))


def may_enter(state: Consumer, strategy: Strategy) -> bool:
    """Whether a consumer whose conversation has ended, if there was one, may enter a strategy."""
    again = state.place is None or state.place.reason in strategy.again_after
    return again and holds(strategy.enters, state)


def may_interrupt(state: Consumer, strategy: Strategy) -> bool:
    """Whether a strategy may take the place of one that goes on; never one that waits to be taken up itself."""
    aside = {p.strategy.partition("@")[0] for p in state.interrupted}
    return strategy.id not in aside and holds(strategy.enters, state)


def is_free(state: Consumer, strategy: Strategy) -> bool:
    """Whether nothing bars a consumer from a strategy, and some address of its channels is left."""
    return not state.restrictions & (strategy.restrictions | strategy.pauses) and any(
        strategy.numbers.usable(state, channel) for channel in strategy.channels
    )


def carried_over(state: Consumer, moves: Mapping[str, Move]) -> Consumer:
    """The record of somebody whose version was given up for a later one; who stands where no way leads over stays."""
    place = state.running
    while place is not None and (move := moves.get(place.strategy)) is not None and place.step in move.steps:
        entered, steps = place.entered, move.steps
        number = place.number
        contacts = tuple(
            replace(c, step=steps.get(c.step, NOWHERE)) if c.at >= entered and c.of == number else c
            for c in state.contacts
        )
        place = replace(place, strategy=move.to, step=steps[place.step])
        state = replace(state, place=place, contacts=contacts)
    return state
