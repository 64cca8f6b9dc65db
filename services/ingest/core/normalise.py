"""One form for what people write in many: applied twice, each of these gives what it gave at once."""

import re
import unicodedata

CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Characters that are not text: controls, overrides of writing direction, halves of characters."""

_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
)


def text(value: str) -> str:
    """Composed Unicode, single spaces, none around."""
    return " ".join((value if value.isascii() else unicodedata.normalize("NFC", value)).split())


def street(value: str) -> str:
    """A street line or a city: as text, without a comma or full stop at its end."""
    return text(text(value).rstrip(" ,."))


def email(value: str) -> str | None:
    """An e-mail address in lower case, or None if it cannot be one."""
    plain = text(value).lower()
    return plain if len(plain) <= 254 and plain.find("@") <= 64 and _EMAIL.fullmatch(plain) else None


def matching(value: str) -> str:
    """What of a name must agree: its letters and digits, without case and accents."""
    plain = value.lower() if value.isascii() else unicodedata.normalize("NFKD", value.casefold())
    folded = "".join(c for c in plain if c.isalnum())
    return folded if folded == value else matching(folded)


def mailing(lines: tuple[str, ...], city: str, state: str, postal_code: str) -> str:
    """What of a postal address must agree."""
    return "|".join((*(matching(line) for line in lines), matching(city), state, postal_code))
