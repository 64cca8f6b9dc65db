"""Words by which a contact shows that it says what it must: what the gate asks for, and a channel looks for last.

An approval names what must be said (`conditions`). The channel makes sure of each, just before it sends, in the words
as they will go out; of a condition that nobody here knows it cannot, so nothing is sent.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

Pattern = re.Pattern[str]


def _all(*patterns: str) -> Sequence[Pattern]:
    return [re.compile(pattern, re.IGNORECASE) for pattern in patterns]


SHOWN_BY: Mapping[str, Mapping[str, Sequence[Pattern]]] = {
    "disclose_initial": {
        "en": _all(
            r"\bdebt collector\b",
            r"\bcollect a debt\b",
            r"\b(?:used for that purpose|use it for that purpose|to help collect the debt)\b",
        ),
        "es": _all(
            r"\bcobrador(?:a|es)? de deudas\b",
            r"\bcobrar una deuda\b",
            r"\b(?:para ese fin|para ayudar a cobrar la deuda)\b",
        ),
    },
    "disclose_debt_collector": {
        "en": _all(r"\bdebt collector\b"),
        "es": _all(r"\bcobrador(?:a|es)? de deudas\b"),
    },
    "optout_notice": {
        "en": _all(r"\b(?:stop|unsubscribe)\b", r"\bopt out\b"),
        "es": _all(r"\b(?:STOP|darse de baja)\b", r"\bdejar de recibir\b"),
    },
    "time_barred_disclosure": {
        "en": _all(r"\b(?:will not|cannot|can not) sue\b"),
        "es": _all(r"\bno (?:lo|la|le) demandar"),
    },
    "license_number": {
        "en": _all(r"\blicense:? (?:no\. )?[A-Z ]*\d[\w-]*"),
        "es": _all(r"\blicencia:? (?:n\.º )?[A-Z ]*\d[\w-]*"),
    },
    "mark_disputed": {
        "en": _all(r"\byou (?:have )?disputed? this debt\b"),
        "es": _all(r"\busted (?:ha )?disput(?:a|ado|ó) esta deuda\b"),
    },
    "identify": {
        "en": _all(r"\b(?:this is|calling from) \S"),
        "es": _all(r"\b(?:le habla|le llama|llamamos de) \S"),
    },
    "announce_recording": {
        "en": _all(r"\bcall (?:is|may be) (?:being )?recorded\b"),
        "es": _all(r"\bllamada (?:se graba|puede ser grabada|está siendo grabada)"),
    },
}
"""For each thing the way to say it in each language; a way needs all of its patterns."""


def missing(words: str, conditions: Iterable[str], language: str | None = None) -> tuple[str, ...]:
    """What must be said and is not, in the given language or in any; what nobody here knows is never said."""
    return tuple(condition for condition in conditions if not _says(words, SHOWN_BY.get(condition, {}), language))


def _says(words: str, ways: Mapping[str, Sequence[Pattern]], language: str | None) -> bool:
    return any(
        all(pattern.search(words) for pattern in way)
        for spoken, way in ways.items()
        if language is None or spoken == language
    )
