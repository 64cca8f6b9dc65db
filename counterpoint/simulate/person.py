"""One consumer as a person: what somebody is like, what contacts have done to the mood, and chance that is theirs.

Every draw belongs to a consumer and an occasion, such as the third text, and to nothing else: two strategies meet the
same people in the same mood, so that what differs is the strategies' doing.
"""

from datetime import datetime, timedelta
from hashlib import blake2b
from math import exp, log
from statistics import NormalDist
from struct import unpack

from msgspec import Struct

from contracts.events import Channel
from counterpoint.simulate.behaviour import Behaviour

DAY = timedelta(days=1)
SETTLED = timedelta(days=14)
"""For so long after a payment, somebody is done with it in his own eyes."""
_NORMAL = NormalDist()
_WHOLE = float(1 << 64)
Draws = tuple[float, ...]


def draws(*occasion: object) -> Draws:
    """Eight numbers from 0 to below 1, the same for the same occasion."""
    name = "/".join(map(str, occasion))
    return tuple(n / _WHOLE for n in unpack("<8Q", blake2b(name.encode()).digest()))


def delay(median: timedelta, draw: float) -> timedelta:
    """How long somebody takes about something: mostly from a tenth of the median to ten times it, six days at most."""
    u = min(max(draw, 0.001), 0.999)
    return min(median * exp(0.65 * log(u / (1 - u))), 6 * DAY)


class Person(Struct, frozen=True):
    """What somebody is like: how ready to respond beside others, able to pay or not, and the channel liked best."""

    readiness: float
    pays: bool
    likes: Channel
    reads_email: bool

    def liking(self, channel: Channel, behaviour: Behaviour) -> float:
        """How much more or less often this person responds by a channel than by a neutral one."""
        return behaviour["liked"] if channel is self.likes else behaviour["disliked"]


def person(seed: int, consumer_id: str, behaviour: Behaviour) -> Person:
    """Who a consumer is."""
    ready, pays, likes, email, *_ = draws(seed, consumer_id, "person")
    spread = behaviour["people.spread"]
    return Person(
        exp(spread * _NORMAL.inv_cdf(min(max(ready, 1e-9), 1 - 1e-9)) - spread * spread / 2),
        pays >= behaviour["people.cannot"],
        _liked(likes, behaviour),
        email < behaviour["email.usable"],
    )


def _liked(draw: float, behaviour: Behaviour) -> Channel:
    for name, channel in (("text", Channel.SMS), ("email", Channel.EMAIL), ("call", Channel.VOICE)):
        draw -= behaviour[f"people.like-{name}"]
        if draw < 0:
            return channel
    return Channel.LETTER


class Mood(Struct, frozen=True):
    """How a contact is taken: how much more or less often than by somebody fresh there is a response, or anger."""

    response: float
    anger: float


class Mind:
    """What one consumer keeps in mind of us: the contacts of late, and whether the matter is settled for now."""

    def __init__(self, who: Person, behaviour: Behaviour) -> None:
        self.who = who
        self._behaviour = behaviour
        self._load = 0.0
        self._load_at: datetime | None = None
        self._last: datetime | None = None
        self.settled_until: datetime | None = None
        self.promised_for: datetime | None = None
        self.disturbed = 0
        self.reminded = 0
        self.used: set[Channel] = set()

    def is_settled(self, at: datetime) -> bool:
        """Whether the consumer has just paid, or has promised to."""
        return self.settled_until is not None and at < self.settled_until

    def patience(self, channel: Channel, at: datetime) -> float:
        """How likely the consumer is to take a call, beside somebody whom nobody has called."""
        tired: float = self._behaviour["fatigue.response"] ** self._tired(at)
        return self.who.liking(channel, self._behaviour) * tired

    def mood(self, channel: Channel, at: datetime) -> Mood:
        """How a contact would be taken now."""
        b, tired = self._behaviour, self._tired(at)
        anger = b["fatigue.anger"] ** tired
        if self._last is not None and self._last.date() == at.date():
            anger *= b["anger.same-day"]
        if self.is_settled(at):
            return Mood(0.0, anger * b["anger.settled"])
        return Mood(self.who.readiness * self.who.liking(channel, b) * b["fatigue.response"] ** tired, anger)

    def notice(self, channel: Channel, at: datetime, *, reminder: bool = False) -> Mood:
        """A contact is noticed; a reminder of the date that was agreed on angers nobody more than any other contact."""
        mood = self.mood(channel, at)
        if self.promised_for is not None and reminder:
            self.reminded += 1
            mood = Mood(mood.response, mood.anger / self._behaviour["anger.settled"])
        elif self.promised_for is not None:
            self.disturbed += 1
        self._last = at
        self._weigh(self._tired(at) + 1, at)
        return mood

    def miss(self, at: datetime) -> None:
        """A call rang, and was not answered."""
        self._weigh(self._tired(at) + self._behaviour["fatigue.missed"], at)

    def _tired(self, at: datetime) -> float:
        if self._load_at is None:
            return 0.0
        return self._load * exp(-((at - self._load_at) / DAY) / self._behaviour["fatigue.days"])

    def _weigh(self, load: float, at: datetime) -> None:
        self._load, self._load_at = load, at
