"""Whether who is on the line is the consumer: by something that the consumer knows and we were given.

Never by what others may read on a letter, where there is anything else: the birth date is asked for if we have it, the
ZIP code only if we do not.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from msgspec import Struct

from contracts.ids import ConsumerId

_MONTHS = (
    ("january", "enero"),
    ("february", "febrero"),
    ("march", "marzo"),
    ("april", "abril"),
    ("may", "mayo"),
    ("june", "junio"),
    ("july", "julio"),
    ("august", "agosto"),
    ("september", "septiembre"),
    ("october", "octubre"),
    ("november", "noviembre"),
    ("december", "diciembre"),
)
_MONTH_OF = {name: n for n, names in enumerate(_MONTHS, 1) for name in names}
_NUMBERS = re.compile(r"\d+")
_WORDS = re.compile(r"[a-z]+")


class Asks(StrEnum):
    """What is asked for."""

    BIRTH = "birth"
    ZIP = "zip"
    NOTHING = ""


class Person(Struct, frozen=True):
    """Somebody who may be on the line, and what only they are asked for; `pays`: a card may be taken from them now."""

    consumer_id: ConsumerId
    born_on: date | None = None
    zips: tuple[str, ...] = ()
    pays: bool = False


def question(people: Sequence[Person]) -> Asks:
    """What to ask whoever is on the line: the same of everybody it may be."""
    if any(p.born_on for p in people):
        return Asks.BIRTH
    return Asks.ZIP if any(p.zips for p in people) else Asks.NOTHING


def recognised(people: Sequence[Person], asked: Asks, answer: str) -> Person | None:
    """The one person of whom the answer is true; None if it is nobody, or more than one."""
    matching = [p for p in people if _is_true(p, asked, answer)]
    return matching[0] if len(matching) == 1 else None


def _is_true(person: Person, asked: Asks, answer: str) -> bool:
    if asked is Asks.BIRTH:
        return person.born_on is not None and _is_date(answer, person.born_on)
    digits = "".join(_NUMBERS.findall(answer))
    return asked is Asks.ZIP and digits in {z[:5] for z in person.zips if z}


def _is_date(answer: str, wanted: date) -> bool:
    """Eight digits are month, day and year; in words the month stands as its name, and the day before the year."""
    plain = "".join(c for c in unicodedata.normalize("NFD", answer.lower()) if not unicodedata.combining(c))
    numbers = _NUMBERS.findall(plain)
    months = [_MONTH_OF[w] for w in _WORDS.findall(plain) if w in _MONTH_OF]
    if len(months) == 1:
        return months[0] == wanted.month and [int(n) for n in numbers] == [wanted.day, wanted.year]
    if len(numbers) == 3:
        return [int(n) for n in numbers] == [wanted.month, wanted.day, wanted.year]
    return "".join(numbers) == wanted.strftime("%m%d%Y")
