"""What single words of a case mean: channels, outcomes, purposes, places, parts of the content."""

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.events import AttemptStatus, Channel, Purpose, Technology
from counterpoint.casebook.forms import WrongCase, media
from services.compliance.core.codes import Place
from services.compliance.core.rules.scope import role_of

CONTENT = (
    ("overshadow", "overshadows"),
    ("threat", "threat"),
    ("envelope", "envelope"),
    ("opt_out_notice", "optout_notice"),
    ("optout_notice", "optout_notice"),
    ("sells", "marketing"),
    ("content_class", "class"),
)
"""Beginnings of the names that cases have for parts of the content, and our names."""
LIKE_THE_CONSUMER = (
    "consumer",
    "spouse",
    "parent",
    "guardian",
    "executor",
    "administrator",
    "successor",
    "representative",
)
OUTCOMES: Mapping[str, AttemptStatus | None] = {
    "conversation": AttemptStatus.CONVERSATION,
    "answered": AttemptStatus.ANSWERED,
    "answered_dropped": AttemptStatus.DROPPED,
    "no_answer": AttemptStatus.NO_ANSWER,
    "voicemail": AttemptStatus.VOICEMAIL,
    "voicemail_left": AttemptStatus.VOICEMAIL,
    "voicemail_full": AttemptStatus.VOICEMAIL,
    "busy": AttemptStatus.BUSY,
    "not_in_service": AttemptStatus.NOT_IN_SERVICE,
    "sent": AttemptStatus.SENT,
    "mailed": AttemptStatus.SENT,
    "accepted": AttemptStatus.QUEUED,
    "delivered": AttemptStatus.DELIVERED,
    "failed": AttemptStatus.FAILED,
    "bounced": AttemptStatus.UNDELIVERED,
    "undelivered": AttemptStatus.UNDELIVERED,
    "returned": AttemptStatus.UNDELIVERED,
    "unknown": None,
    "started": None,
    "reserved": None,
    "rejected": None,
}
LINES = {"landline": Place.HOME, "residential": Place.HOME, "home": Place.HOME, "work": Place.WORK}
"""Where lines of some kinds ring; one of an unknown kind is a cell."""
STOP_WORDS = frozenset({"stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"})
"""47 CFR 64.1200(a)(10): replies that revoke consent by themselves."""
PURPOSES: Sequence[tuple[tuple[str, ...], Purpose]] = (
    (("end", "collect"), Purpose.EFFORTS_END),
    (("opt", "confirm"), Purpose.OPT_OUT_CONFIRMATION),
    (("payment", "confirm"), Purpose.PAYMENT_CONFIRMATION),
    (("dispute",), Purpose.DISPUTE_RESPONSE),
    (("verification",), Purpose.DISPUTE_RESPONSE),
    (("consent",), Purpose.CONSENT_REQUEST),
    (("effort",), Purpose.EFFORTS_END),
    (("terminat",), Purpose.EFFORTS_END),
    (("specified", "remedy"), Purpose.REMEDY_INTENDED),
    (("intend", "remed"), Purpose.REMEDY_INTENDED),
    (("remed",), Purpose.REMEDY_POSSIBLE),
    (("validation",), Purpose.VALIDATION_NOTICE),
    (("notice",), Purpose.REQUIRED_NOTICE),
    (("location",), Purpose.LOCATION),
    (("call", "back"), Purpose.CALLBACK),
    (("reply",), Purpose.REPLY),
    (("outreach",), Purpose.OUTREACH),
    (("collect",), Purpose.OUTREACH),
)
"""Purposes by the beginnings of the words that name them; the first that has all of its words is meant."""
NO_CONVERSATION_WITH = ("attorney", "creditor", "creditor_attorney", "credit_reporting_agency")
"""Persons of 12 CFR 1006.6(d)(1)(ii) to (vi): whoever calls them does not call the consumer."""


def channel_of(name: str, technology: str | None) -> tuple[Channel, Technology]:
    """The channel that a word means, and how a call on it is made; raises WrongCase."""
    (channel,) = media(name)
    if name == "ringless":
        return channel, Technology.RINGLESS
    if channel is not Channel.VOICE:
        return channel, Technology.UNKNOWN
    word = (technology or "live_manual").upper()
    if word in ("ARTIFICIAL", "AI", "AI_VOICE", "AUTODIALER", "AUTODIALED", "ATDS"):
        word = Technology.PRERECORDED.value
    if word not in Technology.__members__:
        raise WrongCase(f"nobody knows the technology {technology}; known are live_manual, prerecorded")
    return channel, Technology[word]


def status_of(outcome: str) -> AttemptStatus | None:
    """How far an outcome has come; raises WrongCase."""
    if outcome not in OUTCOMES:
        raise WrongCase(f"history: nobody knows the outcome {outcome}; known are {', '.join(sorted(OUTCOMES))}")
    return OUTCOMES[outcome]


def reached(person: str, status: AttemptStatus | None, purpose: Purpose) -> tuple[str, AttemptStatus | None]:
    """Who was contacted: where somebody else answered, it was the consumer, and there was no conversation with them."""
    if role_of(person) in (*LIKE_THE_CONSUMER, *NO_CONVERSATION_WITH) or purpose is Purpose.LOCATION:
        return person, status
    return "", AttemptStatus.DROPPED if status is AttemptStatus.CONVERSATION else status


def place_of(address: str) -> Place:
    """Where an address reaches somebody, by its name."""
    if "work" in address:
        return Place.WORK
    return Place.HOME if address.startswith(("home", "post", "land")) else Place.CELL


def person_of(name: Any) -> str:
    """Who is meant, as requests have it: the consumer has an empty name."""
    return "" if name in (None, "consumer") else str(name)


def purpose_of(name: str) -> Purpose:
    """The purpose that a word means; raises WrongCase."""
    word = name.lower()
    for parts, purpose in PURPOSES:
        if all(part in word for part in parts):
            return purpose
    raise WrongCase(f"nobody knows the purpose {name}")


def content_of(said: Mapping[str, Any]) -> dict[str, str]:
    """What a request says of its own words, as text, under the names that rules have for it."""
    found: dict[str, str] = {}
    for key, value in said.items():
        name = next((ours for beginning, ours in CONTENT if str(key).startswith(beginning)), str(key))
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if name == "class" and text == "marketing":
            name, text = "marketing", "true"
        if name in ("threat", "envelope") and text == "true":
            text = {"threat": "sue", "envelope": "debt"}[name]
        if name == "disclosure" and any(word in text for word in ("initial", "both", "full", "miranda", "complete")):
            text = "initial"
        found[name] = text
    return found
