"""What came to each address and went from it, kept up with what the simulator's providers do."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from msgspec import Struct

from counterpoint.providers.ledger import Entry, Ledger
from counterpoint.providers.lob.letters import Letter, Letters
from counterpoint.providers.mail.mails import Mail, Mails
from counterpoint.providers.people.persons import Person, Persons, Place
from counterpoint.providers.people.written import Written
from counterpoint.providers.push.browsers import Notice
from counterpoint.providers.twilio.messages import Message, Messages
from counterpoint.providers.twilio.whatsapp import number_of

ELSEWHERE = frozenset({"text", "confirmation", "email", "letter", "push"})
"""Kinds of ledger entry that are shown from the providers' own books, which know of what is still under way too."""
PAYMENT = "payment"

Thing = Message | Mail | Letter | Entry | Written | Notice


class Item(Struct, frozen=True):
    """One thing at one address."""

    at: datetime
    address: str
    thing: Thing
    box: str
    """Where a person finds it: phone, inbox, voicemail, letterbox, screen or purse."""


class Seen:
    """An index of everything by address. It reads on from where it stopped: nothing is looked at twice."""

    def __init__(
        self,
        *,
        persons: Persons,
        messages: Messages,
        mails: Mails,
        letters: Letters,
        notices: Sequence[Notice],
        ledger: Ledger,
        texts: Sequence[Written],
        replies: Sequence[Written],
    ) -> None:
        self.persons = persons
        self._ledger = ledger
        self._books: tuple[tuple[str, Sequence[Any]], ...] = (
            ("phone", messages.everything),
            ("phone", texts),
            ("inbox", mails.everything),
            ("inbox", replies),
            ("letterbox", letters.every),
            ("screen", notices),
        )
        self._read = [0] * (len(self._books) + 1)
        self._by_address: dict[str, list[Item]] = {}

    def of(self, person: Person) -> list[Item]:
        """Everything of one person, oldest first."""
        self.catch_up()
        items = (item for address in person.addresses for item in self._by_address.get(address, ()))
        return sorted(items, key=lambda item: (item.at, not isinstance(item.thing, Written)))

    def last(self, person: Person) -> datetime | None:
        """When something last happened with a person."""
        ends = (self._by_address[a][-1].at for a in person.addresses if self._by_address.get(a))
        return max(ends, default=None)

    def count(self, person: Person) -> Counter[str]:
        """How much there is in each of a person's boxes."""
        return Counter(item.box for address in person.addresses for item in self._by_address.get(address, ()))

    def catch_up(self) -> None:
        """Read what has come since."""
        for item in self._news():
            self.persons.at(item.address)
            self._by_address.setdefault(item.address, []).append(item)

    def _news(self) -> Iterator[Item]:
        for number, (box, book) in enumerate(self._books):
            for thing in islice(book, self._read[number], None):
                yield _item(box, thing)
            self._read[number] = len(book)
        fresh = self._ledger.after(self._read[-1], len(self._ledger))
        self._read[-1] += len(fresh)
        for entry in fresh:
            if entry.kind == PAYMENT:
                if self.persons.knows(entry.to.lower()):  # else somebody typed an address that is nobody's
                    yield Item(entry.received_at or entry.requested_at, entry.to.lower(), entry, "purse")
            elif entry.kind not in ELSEWHERE:
                # Of a call that a consumer made, the number that was called is ours.
                address = entry.sender if self.persons.knows(entry.sender) else entry.to
                yield Item(entry.requested_at, address, entry, "voicemail")


def _item(box: str, thing: Message | Mail | Letter | Written | Notice) -> Item:
    if isinstance(thing, Message):
        return Item(thing.created_at, number_of(thing.to), thing, box)
    if isinstance(thing, Mail):
        return Item(thing.at, thing.to.lower(), thing, box)
    if isinstance(thing, Letter):
        to = thing.to
        place = Place(to.get("name") or "", to["address_line1"], to["address_zip"])
        return Item(thing.created_at, place.key, thing, box)
    if isinstance(thing, Notice):
        return Item(thing.at, thing.browser.id, thing, box)
    return Item(thing.at, number_of(thing.sender.lower()), thing, box)
