"""Fills templates and counts what the result costs; what cannot be filled safely is refused, never sent in part."""

import re
from collections.abc import Mapping
from math import ceil

from msgspec import Struct

MOST_CHARACTERS = 1600
"""Twilio's limit for a body."""
MOST_IN_PARAMETER = 80

_PLACEHOLDER = re.compile(r"\{([a-z_0-9]*)\}")
_BLANK = re.compile(r"\s+")
_LINK = re.compile(r"://|\bwww\.|\b[a-z0-9-]+\.(?:com|net|org|info|biz|io|co|me|ly)\b(?=/|$|\s)", re.IGNORECASE)

# GSM 03.38 (3GPP TS 23.038, 6.2.1): the alphabet, and the characters that take an escape and so count twice.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_ESCAPED = frozenset("^{}\\[~]|€\f")


class Template(Struct, frozen=True):
    """A text with placeholders in braces; `placeholders` are their names."""

    template_id: str
    language: str
    text: str
    placeholders: frozenset[str]


class Text(Struct, frozen=True):
    """A text, ready to be sent, with the number of parts that a network carries it in."""

    body: str
    segments: int


class NotComposed(Struct, frozen=True):
    """Why a text cannot be made, in a word that fits a label."""

    reason: str


Templates = Mapping[tuple[str, str], Template]
"""Templates by (id, language)."""


def placeholders_of(text: str) -> frozenset[str]:
    """The names in braces; raises ValueError for a brace that is no placeholder."""
    names = frozenset(_PLACEHOLDER.findall(text))
    if "" in names or set("{}") & set(_PLACEHOLDER.sub("", text)):
        raise ValueError("braces hold names in small letters, digits and underscores, and nothing else")
    return names


def compose(
    templates: Templates,
    *,
    template_id: str,
    language: str,
    parameters: Mapping[str, str],
    given: Mapping[str, str],
) -> Text | NotComposed:
    """Fill a template in the consumer's language, or in English where there is none in theirs.

    `given` are the values that we provide ourselves; they outweigh parameters of the same name. A value that is
    missing, empty, too long, or holds a link is refused: names come from clients' files, and a text of ours must not
    carry what somebody put there. Values are never searched for placeholders.
    """
    template = templates.get((template_id, language[:2])) or templates.get((template_id, "en"))
    if template is None:
        return NotComposed("no-such-template")
    values: dict[str, str] = {}
    for name in template.placeholders:
        value = _clean(given.get(name) or parameters.get(name, ""))
        if not value:
            return NotComposed("parameter-missing")
        if len(value) > MOST_IN_PARAMETER or _LINK.search(value):
            return NotComposed("parameter-not-fit-to-send")
        values[name] = value
    body = _PLACEHOLDER.sub(lambda found: values[found[1]], template.text)
    if len(body) > MOST_CHARACTERS:
        return NotComposed("text-too-long")
    return Text(body, segments(body))


def segments(body: str) -> int:
    """The number of parts: 160 characters of the GSM alphabet, or 70 others, fit in one; 153 or 67 in each of more."""
    if all(c in _GSM or c in _GSM_ESCAPED for c in body):
        units = len(body) + sum(c in _GSM_ESCAPED for c in body)
        return 1 if units <= 160 else ceil(units / 153)
    units = len(body) + sum(ord(c) > 0xFFFF for c in body)
    return 1 if units <= 70 else ceil(units / 67)


def _clean(value: str) -> str:
    return _BLANK.sub(" ", "".join(c if c.isprintable() else " " for c in value)).strip()
