"""A contact: aimed at hours of the consumer's day, asked of the gate, and followed until the provider has it.

    aiming ──due──► asked ──approved──► (channel) ──accepted──► over
       ▲              │                     │
       └── again, next-number ◄── deferred, vetoed, rejected, undelivered, silence ──► next-step: over; end

The step is over when the provider has accepted the contact. Should it turn out later that it did not arrive, and no
further contact was asked for since, the conversation comes back to this step for another number or another try.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from contracts.events import (
    AttemptAccepted,
    AttemptRejected,
    AttemptStatusChanged,
    Channel,
    ChosenOption,
    ContactApproved,
    ContactDeferred,
    ContactRequested,
    ContactVetoed,
    ExperimentArm,
    Purpose,
    Technology,
)
from services.orchestrator.core.codes import (
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
from services.orchestrator.core.hours import Window, aim, in_hours
from services.orchestrator.core.state import Contact as Made
from services.orchestrator.core.state import Inbox, Phone, contact_id, key_of, place_of
from services.orchestrator.core.strategy import Given, Numbers, Quiet, Reaction, Reactions
from services.orchestrator.core.turn import Turn
from services.orchestrator.core.wording import language_of, parameters

SENT = (Progress.ACCEPTED, Progress.DELIVERED)
ON_ITS_WAY = (Progress.STARTED, *SENT)


class Contact(Quiet, frozen=True):
    """One contact, tried `tries` times at most; `strategy` is the strategy's name, `index` the step's place in it.

    With `others` the strategy has other channels: it goes on where this one has no address left.
    """

    strategy: str
    index: int
    channel: Channel
    template: str
    purpose: Purpose
    window: Window
    valid_for: int
    tries: int
    numbers: Numbers
    reactions: Reactions
    technology: Technology
    others: bool = False

    def enter(self, *, turn: Turn, since: int) -> int | None:
        """Aim at a moment for the first try."""
        return self._aim(turn, Timer.STEP, since)

    def due(self, *, turn: Turn, kind: int) -> int | None:
        """Ask, if it is still within the hours; or look at why there is no answer."""
        if kind == Timer.SILENCE:
            return self._no_answer(turn)
        if in_hours(turn.state.zones, self.window, turn.now) and not turn.overslept:
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

    def _attempted(self, turn: Turn, contact: Made) -> int | None:
        event = turn.event
        if contact.progress in SENT:
            turn.await_contact(0)
            at = seconds(event.accepted_at) if isinstance(event, AttemptAccepted) else turn.now
            return max(contact.at, min(at, turn.now))
        if isinstance(event, AttemptRejected | AttemptStatusChanged) and contact.progress >= Progress.REJECTED:
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
        due = aim(turn.state.zones, self.window, max(at, turn.now), who)
        if due <= turn.now and not turn.paused:
            return self._ask(turn)
        turn.wait_until(kind, due)
        return None

    def _address(self, turn: Turn) -> tuple[int, Phone | Inbox] | None:
        """The address to use, with its place among the consumer's."""
        spent = {c.phone for c in turn.tries(self.index) if c.spent}
        return next((u for u in self.numbers.usable(turn.state, self.channel._value_) if u[0] not in spent), None)

    def _ask(self, turn: Turn) -> int | None:
        chosen = self._address(turn)
        accounts = turn.state.open_accounts()
        if chosen is None:
            return self._without_address(turn, Reason.NO_NUMBER)
        if not accounts:
            turn.end(Reason.NOTHING_OWED)
            return None
        n, address = chosen
        number = turn.state.serial + 1
        new = contact_id(turn.consumer_id, number, turn.now)
        not_after = turn.now + self.valid_for
        request = ContactRequested(
            meta=turn.following(new, "request"),
            contact_id=new,
            channel=self.channel,
            address_id=address.address_id,
            debt_ids=tuple(a.debt_id for a in accounts),
            purpose=self.purpose,
            template_id=self.template,
            language=language_of(turn.state),
            parameters=parameters(turn.state, accounts),
            not_after=instant(not_after),
            strategy_id=self.strategy,
            step_id=self.id,
            technology=self.technology,
            arms=tuple(ExperimentArm(a.experiment, a.name, a.propensity) for a in turn.place.arms),
            choices=tuple(ChosenOption(c.choice, c.option, c.bucket, c.propensity, c.held_out) for c in turn.choices()),
        )
        turn.asked(Made(key_of(new), turn.now, self.index, n), request)
        turn.wait_until(Timer.SILENCE, not_after + self.reactions.patience)
        return None


def build(content: Mapping[str, Any], given: Given) -> Contact:
    """The step from its checked content."""
    window = content["window"]
    return Contact(
        id=content["id"],
        strategy=given.strategy,
        index=given.index,
        channel=Channel(content["channel"].upper()),
        template=content["template"],
        purpose=Purpose(content["purpose"].upper().replace("-", "_")),
        window=Window(time_of_day(window["opens"]), time_of_day(window["closes"]), span(window["spread"])),
        valid_for=span(content["valid_for"]),
        tries=content["tries"],
        numbers=given.numbers,
        reactions=given.reactions,
        technology=Technology(content.get("technology", "unknown").upper().replace("-", "_")),
        others=len(given.channels) > 1,
    )
