"""Words by which a contact shows that it says what it must: what the gate asks for, and a channel looks for last.

An approval names what must be said (`conditions`). Of those named here the channel makes sure, just before it sends,
in the words as they will go out; the others concern marks and numbers that words alone do not show.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

Pattern = re.Pattern[str]


def _all(*patterns: str) -> Sequence[Pattern]:
    return [re.compile(pattern, re.IGNORECASE) for pattern in patterns]


SHOWN_BY: Mapping[str, Sequence[Sequence[Pattern]]] = {
    "disclose_initial": (
        _all(r"\bdebt collector\b", r"\bcollect a debt\b", r"\b(?:used|use it) for that purpose\b"),
        _all(r"\bcobrador(?:a|es)? de deudas\b", r"\bcobrar una deuda\b", r"\bpara ese fin\b"),
    ),
    "disclose_debt_collector": (_all(r"\bdebt collector\b"), _all(r"\bcobrador(?:a|es)? de deudas\b")),
    "optout_notice": (
        _all(r"\b(?:stop|unsubscribe)\b", r"\bopt out\b"),
        _all(r"\bSTOP\b", r"\bdejar de recibir\b"),
    ),
    "time_barred_disclosure": (_all(r"\b(?:will not|cannot|can not) sue\b"), _all(r"\bno (?:lo|la|le) demandar")),
}
"""Ways, one for each language, in which each thing can be said; a way needs all of its patterns."""


def missing(words: str, conditions: Iterable[str]) -> tuple[str, ...]:
    """What must be said and is not."""
    return tuple(
        condition
        for condition in conditions
        if condition in SHOWN_BY
        and not any(all(pattern.search(words) for pattern in way) for way in SHOWN_BY[condition])
    )
