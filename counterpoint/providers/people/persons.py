"""Who has which addresses: as the simulator was told, and a person for each address of which nobody said so."""

import re
from dataclasses import dataclass, field

from msgspec import Struct

_NOISE = re.compile(r"[^a-z0-9]+")


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """The part of a postal address by which a letter is known to be somebody's."""

    name: str
    line_1: str
    postal_code: str

    @property
    def key(self) -> str:
        """The same for every way to write it."""
        return "|".join(
            _NOISE.sub(" ", part.lower()).strip() for part in (self.name, self.line_1, self.postal_code[:5])
        )


class Known(Struct, frozen=True, forbid_unknown_fields=True):
    """A person whom the simulator is told of: numbers in E.164 form, browsers by their ids."""

    label: str
    phones: list[str] = []
    emails: list[str] = []
    places: list[Place] = []
    browsers: list[str] = []

    @property
    def addresses(self) -> list[str]:
        """Where this person can be reached."""
        return [*self.phones, *(e.lower() for e in self.emails), *(p.key for p in self.places), *self.browsers]

    @property
    def written(self) -> dict[str, str]:
        """Postal addresses as people write them."""
        return {p.key: f"{p.line_1}, {p.postal_code}" for p in self.places}


@dataclass(slots=True, eq=False)
class Person:
    """A person, by number; `label` is empty where nobody said who it is. `became`: the number that is used instead."""

    number: int
    label: str = ""
    addresses: set[str] = field(default_factory=set)
    became: int | None = None


class Persons:
    """All of them; a number is never given twice."""

    def __init__(self) -> None:
        self.everybody: list[Person] = []
        self._at: dict[str, list[Person]] = {}
        self._written: dict[str, str] = {}

    def declare(self, known: Known) -> Person:
        """Somebody has these addresses; the same name at one of them again is the same person."""
        addresses = known.addresses
        self._written |= known.written
        there = [person for address in addresses for person in self._at.get(address, ())]
        person = next((p for p in there if p.label.lower() == known.label.lower()), None) or self._new(known.label)
        for stranger in there:
            if not stranger.label and stranger is not person:
                self._join(stranger, person)
        for address in addresses:
            self._put(person, address)
        return person

    def at(self, address: str) -> list[Person]:
        """Who is there: at least somebody without a name."""
        if address not in self._at:
            self._put(self._new(""), address)
        return self._at[address]

    def written(self, address: str) -> str:
        """An address as people write it, where that is known."""
        return self._written.get(address) or address.replace("|", ", ")

    def knows(self, address: str) -> bool:
        """Whether somebody is there."""
        return address in self._at

    def numbered(self, number: int) -> Person | None:
        """The person of a number."""
        return self.everybody[number - 1] if 1 <= number <= len(self.everybody) else None

    def _new(self, label: str) -> Person:
        person = Person(len(self.everybody) + 1, label)
        self.everybody.append(person)
        return person

    def _put(self, person: Person, address: str) -> None:
        there = self._at.setdefault(address, [])
        if person not in there:
            there.append(person)
            person.addresses.add(address)

    def _join(self, stranger: Person, person: Person) -> None:
        stranger.became = person.number
        for address in stranger.addresses:
            self._at[address].remove(stranger)
            self._put(person, address)
        stranger.addresses.clear()
