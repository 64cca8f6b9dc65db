"""How a network carries a text: in which alphabet, and in how many parts."""

from math import ceil

# GSM 03.38 (3GPP TS 23.038, 6.2.1): the alphabet, and the characters that take an escape and so count twice.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_ESCAPED = frozenset("^{}\\[~]|€\f")


def beyond_gsm(body: str) -> str:
    """The characters that are not in the GSM alphabet, each once: one of them makes every part shorter."""
    return "".join(dict.fromkeys(c for c in body if c not in _GSM and c not in _GSM_ESCAPED))


def encoding(body: str) -> str:
    """GSM-7, or UCS-2 where a character needs it."""
    return "UCS-2" if beyond_gsm(body) else "GSM-7"


def segments(body: str) -> int:
    """The number of parts: 160 characters of the GSM alphabet, or 70 others, fit in one; 153 or 67 in each of more."""
    if not beyond_gsm(body):
        units = len(body) + sum(c in _GSM_ESCAPED for c in body)
        return 1 if units <= 160 else ceil(units / 153)
    units = len(body) + sum(ord(c) > 0xFFFF for c in body)
    return 1 if units <= 70 else ceil(units / 67)
