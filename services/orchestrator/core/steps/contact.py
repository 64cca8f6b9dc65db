"""A contact: aimed at hours of the consumer's day, asked of the gate, and followed until the provider has it.

    aiming ──due──► asked ──approved──► (channel) ──accepted──► over
       ▲              │                     │
       └── again, next-number ◄── deferred, vetoed, rejected, undelivered, silence ──► next-step: over; end

The step is over when the provider has accepted the contact. Should it turn out later that it did not arrive, and no
further contact was asked for since, the conversation comes back to this step for another number or another try.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from contracts.catalogue import Wording, best, variants
from contracts.events import (
    AttemptAccepted,
    AttemptRejected,
    AttemptStatusChanged,
    Channel,
    ChosenOption,
    ContactApproved,
    ContactDeferred,
    ContactHeld,
    ContactRequested,
    ContactVetoed,
    ContactWithheld,
    ExperimentArm,
    Purpose,
    Technology,
)
from contracts.ids import EventId
from services.orchestrator.core.codes import (
    DAY,
    MOST_ASKED,
    MOST_WAIT,
    Progress,
    Reason,
    Timer,
    instant,
    seconds,
    seconds_from,
    span,
    time_of_day,
)
from services.orchestrator.core.coordination import is_taken, stated, why
from services.orchestrator.core.hours import Window, aim, in_hours
from services.orchestrator.core.state import Account, Held, Inbox, Phone, contact_id, key_of, place_of, stated_amount
from services.orchestrator.core.state import Contact as Made
from services.orchestrator.core.strategy import Given, Numbers, Quiet, Reaction, Reactions, Reviewed
from services.orchestrator.core.turn import EXPIRED, Turn
from services.orchestrator.core.wording import Offer, language_of, parameters

Way = tuple[Channel, str]
"""A channel, and the template that is filled there."""

ABOUT_ALL = (Purpose.REPLY, Purpose.REQUIRED_NOTICE, Purpose.DISPUTE_RESPONSE)
"""Purposes of contacts that are about every account that is with us, whatever is owed on it."""

SENT = (Progress.ACCEPTED, Progress.DELIVERED)
ON_ITS_WAY = (Progress.STARTED, *SENT)


class Contact(Quiet, frozen=True):
    """One contact, tried `tries` times at most; `strategy` is the strategy's name, `index` the step's place in it.

    `ways` are tried in order: the next where the one before has no address left, or the consumer refuses it. With
    `others` the strategy has other channels, and goes on where the step has none left.
    """

    strategy: str
    index: int
    ways: Sequence[Way]
    purpose: Purpose
    window: Window
    valid_for: int
    tries: int
    numbers: Numbers
    reactions: Reactions
    technology: Technology
    others: bool = False
    what: int = 0
    review: bool = False
    tone: str = ""
    words: Mapping[Way, Sequence[Wording]] = {}
    offer: Offer | None = None

    def enter(self, *, turn: Turn, since: int) -> int | None:
        """Aim at a moment for the first try."""
        return self._aim(turn, Timer.STEP, since)

    def due(self, *, turn: Turn, kind: int) -> int | None:
        """Ask, if it is still within the hours; or look at why there is no answer."""
        if kind == Timer.SILENCE:
            return self._no_answer(turn)
        if kind == Timer.REVIEW:
            turn.let_go(EXPIRED)
            return turn.now
        now = turn.now
        if in_hours(turn.state.zones, self._window(turn), now) and not turn.overslept and not self._taken(turn, now):
            return self._ask(turn)
        return self._aim(turn, Timer(kind), turn.now)

    def heard(self, *, turn: Turn, contact: Made) -> int | None:
        """Follow the contact that is waited for, and hear of one that was thought to be over."""
        event = turn.event
        if contact.key != turn.place.contact:
            return self._found_out(turn, contact)
        if isinstance(event, ContactApproved):
            turn.wait_until(Timer.SILENCE, seconds(event.expires_at) + self.reactions.patience)
            return None
        if isinstance(event, ContactDeferred):
            turn.await_contact(0)
            return self._aim(turn, Timer.RETRY, min(seconds_from(event.earliest_at), turn.now + MOST_WAIT))
        if isinstance(event, ContactVetoed):
            return self._react(turn, contact, self.reactions.to_veto(event.deciding_rule))
        return self._attempted(turn, contact)

    def reviewed(self, *, turn: Turn, event: Reviewed) -> int | None:
        """Ask for what was released, in its hours; pass over what was rejected."""
        held = turn.place.held
        if held is None or contact_id(turn.consumer_id, held.number, held.at) != event.contact_id:
            return None
        if isinstance(event, ContactWithheld):
            turn.released()
            return turn.now
        turn.state = replace(turn.state, place=replace(turn.place, held=replace(held, released=True)))
        if not turn.paused and in_hours(turn.state.zones, self._window(turn), turn.now):
            return self._ask(turn)
        return self._aim(turn, Timer.RETRY, turn.now)

    def _attempted(self, turn: Turn, contact: Made) -> int | None:
        event = turn.event
        if contact.progress in SENT:
            turn.await_contact(0)
            at = seconds(event.accepted_at) if isinstance(event, AttemptAccepted) else turn.now
            return max(contact.at, min(at, turn.now))
        if isinstance(event, (AttemptRejected, AttemptStatusChanged)) and contact.progress >= Progress.REJECTED:
            return self._react(turn, contact, self.reactions.to_failure(event.reason_class._value_))
        return None

    def _found_out(self, turn: Turn, contact: Made) -> int | None:
        """What was given up is on its way, or what was accepted did not arrive; if nothing was asked for since."""
        event = turn.event
        if turn.place.step == self.index and not turn.place.contact and contact.progress in ON_ITS_WAY:
            turn.await_contact(contact.key)
            turn.wait_until(Timer.SILENCE, turn.now + self.reactions.patience)
            return self._attempted(turn, contact)
        if (
            contact.progress != Progress.FAILED
            or not isinstance(event, AttemptStatusChanged)
            or turn.place.contact
            or turn.place.step == self.index
            or turn.state.contacts[-1].key != contact.key
        ):
            return None
        reaction = self.reactions.to_failure(event.reason_class._value_)
        if reaction.then in ("again", "next-number"):
            turn.stand_at(self.index)
        return None if reaction.then == "next-step" else self._react(turn, contact, reaction)

    def _react(self, turn: Turn, contact: Made, reaction: Reaction) -> int | None:
        turn.await_contact(0)
        if reaction.then == "end":
            turn.end(reaction.reason)
            return None
        if reaction.then == "next-step":
            return turn.now
        if reaction.then == "next-number":
            turn.noted(replace(contact, spent=True))
            if self._address(turn) is None:
                return self._without_address(turn, reaction.reason)
        return self._aim(turn, Timer.RETRY, turn.now + reaction.after)

    def _without_address(self, turn: Turn, reason: Reason) -> int | None:
        """Nothing is left to try here: a strategy with other channels goes on, any other one ends."""
        if self.others:
            return turn.now
        turn.end(reason)
        return None

    def _no_answer(self, turn: Turn) -> int | None:
        n = place_of(turn.state.contacts, turn.place.contact)
        contact = None if n is None else turn.state.contacts[n]
        if contact is None or contact.progress == Progress.STARTED:
            turn.await_contact(0)
            return turn.now  # it may have been sent, so it counts as sent
        return self._react(turn, contact, self.reactions.silence)

    def _aim(self, turn: Turn, kind: Timer, at: int) -> int | None:
        """Set the timer for the next try; ask at once if its moment is now."""
        if len(turn.tries(self.index)) >= self.tries or turn.place.asked >= MOST_ASKED:
            turn.end(Reason.GAVE_UP)
            return None
        if self._address(turn) is None:
            return self._without_address(turn, Reason.NO_NUMBER)
        # Not the same place in the window every time: who missed it once would miss it always.
        who = f"{turn.consumer_id}/{turn.state.serial}"
        window = self._window(turn)
        due = aim(turn.state.zones, window, max(at, turn.now), who)
        if self._taken(turn, due):
            due = aim(turn.state.zones, window, due + DAY, who)
        if due <= turn.now and not turn.paused:
            return self._ask(turn)
        turn.wait_until(kind, due)
        return None

    def _taken(self, turn: Turn, at: int) -> bool:
        """Whether somebody else speaks with the consumer on that day, about something else."""
        return is_taken(turn.state, self.what, at)

    def _window(self, turn: Turn) -> Window:
        """The hours of the step, as far as they suit the consumer; all of them where none do."""
        wish = turn.state.preference
        if wish is None or not wish.hours_at:
            return self.window
        opens, closes = max(self.window.opens, wish.opens), min(self.window.closes, wish.closes)
        return Window(opens, closes, self.window.spread) if opens < closes else self.window

    def _address(self, turn: Turn) -> tuple[Way, int, Phone | Inbox] | None:
        """The first way that is lawful and has an address left, with the address and its place among the consumer's."""
        spent = {(c.channel, c.phone) for c in turn.tries(self.index) if c.spent}
        for way in self.ways:
            channel = way[0]._value_
            usable = self.numbers.usable(turn.state, channel)
            if self.purpose is Purpose.REPLY and len(usable) > 1:  # where the consumer wrote from, first
                usable = sorted(usable, key=lambda found: found[1].address_id != turn.state.reply_address)
            for n, address in usable:
                if (channel, n) not in spent:
                    return way, n, address
        return None

    def _accounts(self, turn: Turn) -> list[Account]:
        """What it is about: what is open; to confirm a payment, what was paid last; to answer, what there is."""
        state = turn.state
        if self.purpose is Purpose.PAYMENT_CONFIRMATION:
            last = max((p.at for a in state.accounts for p in a.payments if not p.back), default=0)
            return [a for a in state.accounts if any(p.at == last and not p.back for p in a.payments)]
        if self.purpose is Purpose.VALIDATION_NOTICE:
            return sorted(state.open_accounts(), key=lambda a: a.placed_at)[-1:]  # a notice is about one debt
        if self.purpose in ABOUT_ALL:
            return [a for a in state.accounts if a.sequence and not a.recalled]
        return state.open_accounts()

    def _ask(self, turn: Turn) -> int | None:
        chosen = self._address(turn)
        accounts = self._accounts(turn)
        if chosen is None:
            return self._without_address(turn, Reason.NO_NUMBER)
        if not accounts:
            turn.end(Reason.NOTHING_OWED)
            return None
        (channel, template), n, address = chosen
        number = turn.state.serial + 1
        held = turn.place.held
        if self.review and (held is None or not held.released):
            self._hold(turn, channel, template)
            return None
        new = contact_id(turn.consumer_id, number, turn.now)
        not_after = turn.now + self.valid_for
        known = self.words.get((channel, template))
        words = best(known, tone=self.tone, segments=turn.state.segments) if known else None
        request = ContactRequested(
            meta=turn.following(new, "request"),
            contact_id=new,
            channel=channel,
            address_id=address.address_id,
            debt_ids=tuple(a.debt_id for a in accounts),
            purpose=self.purpose,
            template_id=template if words is None else words.id,
            language=language_of(turn.state),
            parameters=parameters(turn.state, accounts, words, turn.now, not_after, self.offer),
            not_after=instant(not_after),
            strategy_id=self.strategy,
            step_id=self.id,
            in_reply_to=EventId(turn.state.reply_id) if self.purpose is Purpose.REPLY and turn.state.reply_id else None,
            technology=self.technology if channel is Channel.VOICE else Technology.UNKNOWN,
            arms=tuple(ExperimentArm(a.experiment, a.name, a.propensity) for a in turn.place.arms),
            choices=tuple(ChosenOption(c.choice, c.option, c.bucket, c.propensity, c.held_out) for c in turn.choices()),
        )
        made = Made(
            key_of(new),
            turn.now,
            self.index,
            n,
            number=number,
            of=turn.place.number,
            channel=channel._value_,
            amount=stated_amount(accounts) if "balance" in request.parameters else -1,
            what=self.what,
            offer=max(0, stated(request.parameters["offer"])) if "offer" in request.parameters else 0,
        )
        turn.asked(made, request)
        turn.wait_until(Timer.SILENCE, not_after + self.reactions.patience)
        return None

    def _hold(self, turn: Turn, channel: Channel, template: str) -> None:
        """Let the contact wait for a person."""
        held = Held(turn.state.serial + 1, turn.now)
        waits = contact_id(turn.consumer_id, held.number, held.at)
        until = turn.now + self.valid_for
        about = waits, channel, template, language_of(turn.state), self.strategy, self.id
        turn.hold(held, ContactHeld(turn.following(waits, "held"), *about, instant(turn.now), instant(until)))
        turn.wait_until(Timer.REVIEW, until)


def build(content: Mapping[str, Any], given: Given) -> Contact:
    """The step from its checked content."""
    window = content["window"]
    purpose = Purpose(content["purpose"].upper().replace("-", "_"))
    ways = [(Channel(way["channel"].upper()), way["template"]) for way in (content, *content.get("otherwise", ()))]
    offer = content.get("offer")
    return Contact(
        id=content["id"],
        strategy=given.strategy,
        index=given.index,
        ways=ways,
        purpose=purpose,
        window=Window(time_of_day(window["opens"]), time_of_day(window["closes"]), span(window["spread"])),
        valid_for=span(content["valid_for"]),
        tries=content["tries"],
        numbers=given.numbers,
        reactions=given.reactions,
        technology=Technology(content.get("technology", "unknown").upper().replace("-", "_")),
        others=len(given.channels) > 1,
        what=why(purpose, given.strategy),
        review=content.get("review", given.review),
        tone=content.get("tone", ""),
        words={way: variants(given.catalogue, way[0].value.lower(), way[1]) for way in ways},
        offer=None if offer is None else Offer(offer["percent"], offer["days"]),
    )
