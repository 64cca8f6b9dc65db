"""Whether a value may stand in a contact, and as what: names come from clients' files, and nobody writes links into a
text of ours. What does not fit is refused, never changed into something that does."""

import re
from collections.abc import Callable, Mapping
from datetime import date

MOST_CHARACTERS = 80
MOST_IN_LINES = 300

_BLANK = re.compile(r"\s+")
_LINK = re.compile(r"://|\bwww\.|\b[a-z0-9-]+\.(?:com|net|org|info|biz|io|co|me|ly)\b(?=/|$|\s)", re.IGNORECASE)
_AMOUNT = r"(?:\$[0-9,]+\.[0-9]{2}|[0-9,]+\.[0-9]{2} [A-Z]{3})"
_MONEY = re.compile(rf"{_AMOUNT}(?:(?:, | and | y ){_AMOUNT})*(?: (?:and|y) [0-9]+ (?:others|más))?")
_COUNT = re.compile(r"[0-9]{1,6}")
_PHONE = re.compile(r"\+?[0-9][0-9 ().-]{5,18}[0-9]")
_OUR_LINK = re.compile(r"https?://[a-zA-Z0-9.:/_-]{1,200}")
_MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "es": (
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
}


def clean(value: str) -> str:
    """A value in one line, without what cannot be seen."""
    return _BLANK.sub(" ", "".join(c if c.isprintable() else " " for c in value)).strip()


def fit(kind: str, value: str, language: str) -> str | None:
    """A value as it will be read, in a language; None if it must not be."""
    return _KINDS[kind](value, language)


def day(value: date, language: str) -> str:
    """A date as people write it."""
    month = _MONTHS[language][value.month - 1]
    return f"{value.day} de {month} de {value.year}" if language == "es" else f"{month} {value.day}, {value.year}"


def _words(value: str, language: str) -> str | None:
    return None if len(value) > MOST_CHARACTERS or _LINK.search(value) else value


def _lines(value: str, language: str) -> str | None:
    return None if len(value) > MOST_IN_LINES or _LINK.search(value) else value


def _date(value: str, language: str) -> str | None:
    try:
        return day(date.fromisoformat(value), language)
    except ValueError:
        return None


def _matching(pattern: re.Pattern[str]) -> Callable[[str, str], str | None]:
    return lambda value, language: value if len(value) <= MOST_IN_LINES and pattern.fullmatch(value) else None


_KINDS: Mapping[str, Callable[[str, str], str | None]] = {
    "words": _words,
    "lines": _lines,
    "money": _matching(_MONEY),
    "date": _date,
    "count": _matching(_COUNT),
    "phone": _matching(_PHONE),
    "link": _matching(_OUR_LINK),
}
KINDS: Mapping[str, str] = {
    "words": f"A name or the like: {MOST_CHARACTERS} characters at most, and nothing that looks like a link.",
    "lines": f"An address or the like: {MOST_IN_LINES} characters at most, and nothing that looks like a link.",
    "money": "An amount as $1,234.56 or 1,234.56 CAD, or several in a row.",
    "date": "Given as 2026-12-01, read as December 1, 2026 or 1 de diciembre de 2026.",
    "count": "A whole number.",
    "phone": "A telephone number, as people write it.",
    "link": "An address of our own; it may stand in an href.",
}
"""What each type is, in words."""
