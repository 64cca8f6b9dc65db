"""The forms in which worked cases say things: instants, media, mappings without unknown keys."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from contracts.events import Channel, FactKind, OptOutScope
from services.compliance.core.jurisdictions import NEW_YORK_CITY

Value = Any
"""What YAML or JSON holds."""


class WrongCase(ValueError):
    """A case says something that nobody knows; the message says what, and what is known."""


class Learned(Struct, frozen=True):
    """A fact of a case, before it is an event."""

    kind: FactKind
    since: datetime
    detail: str = ""
    holds: bool = True
    until: datetime | None = None
    debts: tuple[str, ...] = ()
    address: str | None = None


class Refused(Struct, frozen=True):
    """An opt-out of a case, before it is an event; with `again` set, the day on which it was taken back."""

    channel: Channel
    scope: OptOutScope
    at: datetime
    address: str | None = None
    again: datetime | None = None


class Setting(Struct, frozen=True):
    """What the reading of a fact depends on."""

    at: datetime
    address: str
    zone: ZoneInfo


Said = Iterator[Learned | Refused]
LONG_AGO = datetime.fromisoformat("2015-01-05T12:00:00+00:00")
"""When whatever a case takes for granted took place."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MEDIA = {
    "voice": (Channel.VOICE,),
    "call": (Channel.VOICE,),
    "calls": (Channel.VOICE,),
    "phone": (Channel.VOICE,),
    "ringless": (Channel.VOICE,),
    "sms": (Channel.SMS,),
    "text": (Channel.SMS,),
    "texts": (Channel.SMS,),
    "email": (Channel.EMAIL,),
    "letter": (Channel.LETTER,),
    "mail": (Channel.LETTER,),
    "portal": (Channel.PORTAL,),
    "chat": (Channel.CHAT,),
    "webchat": (Channel.CHAT,),
    "social": (Channel.CHAT,),
    "push": (Channel.PUSH,),
}
SPOKEN_AND_ELECTRONIC = (Channel.VOICE, Channel.SMS, Channel.EMAIL, Channel.CHAT, Channel.PUSH)
"""What an oral "stop contacting me" closes; letters stay open."""


def when(value: Value) -> datetime:
    """An instant; raises WrongCase if it has no offset or is none."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise WrongCase(f"{value!r} is no instant") from None
    if found.tzinfo is None:
        raise WrongCase(f"{value} has no offset from UTC")
    return found


def only(value: Mapping[str, Value], name: str, *known: str) -> Mapping[str, Value]:
    """The mapping, if it has no other keys; raises WrongCase."""
    if not isinstance(value, Mapping):
        raise WrongCase(f"{name}: {value!r} is no mapping")
    unknown = sorted(set(map(str, value)) - set(known))
    if unknown:
        raise WrongCase(f"{name}: nobody knows {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    return value


def media(value: Value) -> tuple[Channel, ...]:
    """The channels that a word means."""
    word = str(value).lower()
    if word in ("all", "any", "every", "everything"):
        return SPOKEN_AND_ELECTRONIC
    if word not in MEDIA:
        raise WrongCase(f"{value!r} is no medium; known are {', '.join(sorted(MEDIA))}")
    return MEDIA[word]


def first_at(value: Mapping[str, Value], *names: str) -> datetime:
    """The instant under the first of these names that has one; long ago if none has."""
    for name in names:
        if value.get(name):
            return when(value[name])
    return LONG_AGO


def end_of(value: Mapping[str, Value], *names: str) -> datetime | None:
    """The instant under the first of these names that has one."""
    return next((when(value[name]) for name in names if value.get(name)), None)


def debts_of(value: Mapping[str, Value]) -> tuple[str, ...]:
    """The debts that a fact is about; none for all."""
    return tuple(value.get("debts") or ())


LIFTED = ("lifted_at", "withdrawn_at", "revoked_at", "ended_at", "closed_at", "dismissed_at")


def city(value: Value) -> tuple[str, ...]:
    """The place whose rules a city adds."""
    known = ("nyc", "new york", "new york city", "manhattan", "brooklyn", "queens", "bronx", "staten island")
    return (NEW_YORK_CITY,) if str(value).lower() in known else ()


def strings(value: Value) -> Sequence[str]:
    """One word or several."""
    return [value] if isinstance(value, str) else list(value or ())
