"""What a consumer does about a contact that is noticed, by the table of behaviour.yaml."""

from datetime import timedelta
from enum import Enum

from msgspec import Struct

from contracts.events import Channel
from counterpoint.simulate.behaviour import Behaviour
from counterpoint.simulate.person import Draws, Mood, delay


class Deed(Enum):
    """What somebody does."""

    VISIT = 1
    """Comes to the portal, by a link or a code."""
    REPLY = 2
    """Answers in writing, by the same channel."""
    CALL = 3
    """Calls us."""
    CHEQUE = 4
    STOP = 5
    """Wants no more by this channel."""
    COMPLAIN = 6


class Act(Struct, frozen=True):
    """What somebody does, so long after the contact."""

    deed: Deed
    after: timedelta


_HOUR = timedelta(hours=1)
_NAMES = {Channel.SMS: "text", Channel.EMAIL: "email", Channel.VOICE: "call", Channel.LETTER: "letter"}
_RESPONSES = {
    Channel.SMS: (("click", Deed.VISIT, 1), ("reply", Deed.REPLY, 1)),
    Channel.EMAIL: (("click", Deed.VISIT, 8), ("reply", Deed.REPLY, 10)),
    Channel.LETTER: (("visit", Deed.VISIT, 24), ("call", Deed.CALL, 24), ("cheque", Deed.CHEQUE, 72)),
    Channel.VOICE: (("back", Deed.CALL, 6),),
}
"""By channel: the figure, what is done, and after how many hours in the middle."""


def is_noticed(channel: Channel, behaviour: Behaviour, chance: Draws) -> bool:
    """Whether what lies in the inbox is noticed."""
    if channel is Channel.SMS:
        return chance[1] < behaviour["text.read"]
    return chance[1] < behaviour["email.open" if channel is Channel.EMAIL else "letter.read"]


def response(channel: Channel, behaviour: Behaviour, mood: Mood, chance: Draws) -> list[Act]:
    """What is done about a message that is noticed; of the things that would be done, the first alone."""
    stop = f"{_NAMES[channel]}.stop" if channel in (Channel.SMS, Channel.EMAIL) else ""
    acts = anger(stop, behaviour, mood, chance)
    for n, (name, deed, hours) in enumerate(_RESPONSES[channel], start=2):
        if chance[n] < min(0.95, behaviour[f"{_NAMES[channel]}.{name}"] * mood.response):
            acts.append(Act(deed, delay(_HOUR * hours, chance[7])))
            break
    return acts


def anger(stop: str, behaviour: Behaviour, mood: Mood, chance: Draws) -> list[Act]:
    """Who has had enough, of a channel or of us; `stop` is the figure, none for letters and for what a machine took."""
    acts = []
    if stop and chance[5] < behaviour[stop] * mood.anger:
        acts.append(Act(Deed.STOP, delay(_HOUR / 4, chance[7])))
    if chance[6] < behaviour["anger.complaint"] * mood.anger:
        acts.append(Act(Deed.COMPLAIN, delay(_HOUR * 24, chance[7])))
    return acts
