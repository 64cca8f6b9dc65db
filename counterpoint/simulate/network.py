"""What networks, mailboxes and whoever is at home make of a contact, by the table of behaviour.yaml."""

from datetime import timedelta
from enum import Enum

from msgspec import Struct

from contracts.events import AttemptStatus, Channel, ReasonClass
from counterpoint.simulate.behaviour import Behaviour
from counterpoint.simulate.person import Draws


class Reached(Enum):
    """Whom a contact reached."""

    NOBODY = 0
    INBOX = 1
    """It lies where the consumer can notice it."""
    CONSUMER = 2
    """The consumer is on the line."""
    SOMEBODY_ELSE = 3
    MACHINE = 4
    """A message was left."""


class Carried(Struct, frozen=True):
    """What became of a contact, after how long we are told, and in which words."""

    after: timedelta
    status: AttemptStatus
    reason: ReasonClass
    reached: Reached


_BAD = ReasonClass.PERMANENT_ADDRESS
_FINE = ReasonClass.NONE


def is_dead(channel: Channel, behaviour: Behaviour, line: Draws) -> bool:
    """Whether an address is good for nothing; a number may take calls and no texts."""
    if channel is Channel.VOICE:
        return line[1] < behaviour["call.dead"]
    names = {Channel.SMS: "text.dead", Channel.EMAIL: "email.bounce"}
    return line[0] < behaviour[names.get(channel, "letter.returned")]


def carried(channel: Channel, behaviour: Behaviour, line: Draws, chance: Draws, patience: float) -> Carried:
    """What becomes of a contact; `line` is chance that belongs to the address, `chance` to this contact.

    `patience` is how likely the consumer is to take a call, beside anybody.
    """
    dead = is_dead(channel, behaviour, line)
    if channel is Channel.VOICE:
        return _called(behaviour, dead, chance, patience)
    if channel is Channel.LETTER:
        if dead:
            return Carried(timedelta(days=12), AttemptStatus.FAILED, _BAD, Reached.NOBODY)
        days = timedelta(days=3 + int(4 * chance[0]), hours=2)
        return Carried(days, AttemptStatus.DELIVERED, _FINE, Reached.INBOX)
    soon = timedelta(seconds=2 + int(48 * chance[7]))
    if dead:
        status = AttemptStatus.UNDELIVERED if channel is Channel.SMS else AttemptStatus.FAILED
        return Carried(soon, status, _BAD, Reached.NOBODY)
    if channel is Channel.SMS and chance[0] < behaviour["text.lost"]:
        return Carried(soon, AttemptStatus.UNDELIVERED, ReasonClass.TEMPORARY, Reached.NOBODY)
    return Carried(soon, AttemptStatus.DELIVERED, _FINE, Reached.INBOX)


def _called(behaviour: Behaviour, dead: bool, chance: Draws, patience: float) -> Carried:
    ringing = timedelta(seconds=30)
    if dead:
        return Carried(ringing, AttemptStatus.NOT_IN_SERVICE, _BAD, Reached.NOBODY)
    if chance[0] < min(0.95, behaviour["call.answer"] * patience):
        if chance[1] < behaviour["call.right"]:
            return Carried(ringing, AttemptStatus.CONVERSATION, _FINE, Reached.CONSUMER)
        # Somebody else is no conversation with the consumer, and the log has no word of its own for it.
        return Carried(ringing, AttemptStatus.NO_ANSWER, _FINE, Reached.SOMEBODY_ELSE)
    if chance[1] < behaviour["call.voicemail"]:
        return Carried(ringing, AttemptStatus.VOICEMAIL, _FINE, Reached.MACHINE)
    return Carried(ringing, AttemptStatus.NO_ANSWER, _FINE, Reached.NOBODY)
