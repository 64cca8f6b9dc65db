"""A thing as a page shows it: whose it is, what it says, when it came, and how far it got."""

from datetime import datetime

from msgspec import Struct

from counterpoint.providers.ledger import Entry
from counterpoint.providers.lob.letters import Letter
from counterpoint.providers.mail.mails import Mail
from counterpoint.providers.people.seen import Item
from counterpoint.providers.people.written import Written
from counterpoint.providers.push.browsers import Notice
from counterpoint.providers.twilio.messages import Message
from counterpoint.providers.twilio.whatsapp import PREFIX, number_of

FULL_LINE = 72
"""A printed line of more characters goes on in the next."""
MISSED = frozenset({"failed", "undelivered", "canceled", "bounce", "dropped"})
"""Ends of a text or an e-mail that nobody got to see."""


class Shown(Struct, frozen=True):
    """One thing. `theirs`: the consumer said it. `missed`: it never came. `id` leads to its HTML or printed pages."""

    at: datetime
    words: str
    state: str
    theirs: bool = False
    missed: bool = False
    title: str = ""
    beside: str = ""
    id: str = ""
    media: tuple[str, ...] = ()


def shown(item: Item, kept: frozenset[str]) -> Shown:
    """An item for a page; `kept` are letters whose printed pages are still there."""
    match item.thing:
        case Message() as text:
            error = f"error {text.error_code}" if text.error_code else ""
            state = ", ".join(part for part in (text.status, error, clock(text.updated_at)) if part)
            beside = _whence(text)
            missed = text.status in MISSED
            return Shown(text.created_at, text.body, state, missed=missed, beside=beside, media=text.media_urls)
        case Mail() as mail:
            got = f", {clock(mail.received_at)}" if mail.received_at else ""
            id_of, missed = mail.id if mail.html else "", mail.status in MISSED
            state = f"{mail.status}{got}"
            return Shown(mail.at, mail.text, state, missed=missed, title=mail.subject, beside=mail.sender, id=id_of)
        case Letter() as letter:
            beside = f"{letter.pages} page{'s' if letter.pages > 1 else ''}"
            id_of = letter.id if letter.id in kept else ""
            missed = letter.deleted or letter.status == "rejected"
            state, words = _posted(letter), _flowing(letter.words)
            return Shown(letter.created_at, words, state, missed=missed, title="Letter", beside=beside, id=id_of)
        case Written() as said:
            by = "by WhatsApp " if said.to.startswith(PREFIX) else ""
            return Shown(said.at, said.words, "", theirs=True, beside=f"{by}to {number_of(said.to)}")
        case Notice() as notice:
            content, got = notice.content, f", {clock(notice.shown_at)}" if notice.shown_at else ""
            buttons = ", ".join(b["title"] for b in content.get("actions", ()))
            state, missed = f"{notice.state}{got}", notice.shown_at is None
            words = str(content.get("body", ""))
            return Shown(notice.at, words, state, missed=missed, title=content["title"], beside=f"buttons: {buttons}")
        case Entry(kind="payment") as payment:
            at = payment.received_at or payment.requested_at
            return Shown(at, payment.body, payment.status, beside=f"by {payment.sender.replace('_', ' ')}")
        case Entry() as entry:
            got = f", {clock(entry.received_at)}" if entry.received_at else ""
            return Shown(entry.requested_at, entry.body, f"{entry.status}{got}", title=entry.kind, beside=entry.sender)


def _whence(text: Message) -> str:
    """Who wrote a text, and by which way."""
    if text.sender.startswith(PREFIX):
        return f"by WhatsApp from {number_of(text.sender)}"
    return "by the provider itself" if text.direction == "outbound-reply" else f"from {text.sender}"


def clock(at: datetime | None) -> str:
    """A time as a person reads it."""
    return "" if at is None else f"{at:%a} {at.day} {at:%b %Y, %H:%M} UTC"


def _flowing(words: str) -> str:
    """A letter's words without the breaks of its lines, so that a narrow page can break them as it needs."""
    text = ""
    for line in words.split("\n"):
        text += line + (" " if len(line) > FULL_LINE else "\n")
    return text.strip()


def _posted(letter: Letter) -> str:
    if letter.deleted:
        return "taken back before it was printed"
    if not letter.scans:
        return letter.status
    last = letter.scans[-1]
    return f"{last['name']}, {clock(datetime.fromisoformat(last['time']))}"
