"""What a key or a word chooses, by what was asked; in English and Spanish, whichever the call is in."""

import re
import unicodedata
from collections.abc import Mapping
from enum import Enum, auto

from services.voice.core.place import Stage

_WORD = re.compile(r"[a-z]+")


class Choice(Enum):
    """Something that can be chosen."""

    YES = auto()
    NOT_HERE = auto()
    NOT_THEIRS = auto()
    ENGLISH = auto()
    SPANISH = auto()
    BALANCE = auto()
    DUE_DATE = auto()
    PAY = auto()
    DISPUTE = auto()
    CALL_BACK = auto()
    STOP = auto()
    AGENT = auto()
    TEXT = auto()
    CARD = auto()
    BACK = auto()


KEYS: Mapping[Stage, Mapping[str, Choice]] = {
    Stage.LANGUAGE: {"1": Choice.ENGLISH, "2": Choice.SPANISH},
    Stage.WHO: {
        "1": Choice.YES,
        "2": Choice.NOT_HERE,
        "3": Choice.NOT_THEIRS,
        "7": Choice.ENGLISH,
        "8": Choice.SPANISH,
    },
    Stage.PROOF: {"0": Choice.AGENT},
    Stage.MENU: {
        "1": Choice.BALANCE,
        "2": Choice.DUE_DATE,
        "3": Choice.PAY,
        "4": Choice.DISPUTE,
        "5": Choice.CALL_BACK,
        "9": Choice.STOP,
        "0": Choice.AGENT,
    },
    Stage.PAY: {"1": Choice.TEXT, "2": Choice.CARD, "0": Choice.AGENT},
    Stage.CARD: {"1": Choice.YES, "2": Choice.BACK},
}

WORDS: Mapping[Stage, Mapping[Choice, frozenset[str]]] = {
    Stage.WHO: {
        Choice.YES: frozenset({"yes", "yeah", "yep", "speaking", "si", "soy"}),
        Choice.NOT_HERE: frozenset({"no", "not", "nope"}),
    },
    Stage.PROOF: {Choice.AGENT: frozenset({"agent", "person", "agente", "persona"})},
    Stage.MENU: {
        Choice.BALANCE: frozenset({"balance", "owe", "saldo", "debo"}),
        Choice.DUE_DATE: frozenset({"due", "date", "fecha"}),
        Choice.PAY: frozenset({"pay", "payment", "pagar", "pago"}),
        Choice.DISPUTE: frozenset({"dispute", "disputar", "disputo"}),
        Choice.CALL_BACK: frozenset({"callback", "back", "llamenme", "llameme"}),
        Choice.AGENT: frozenset({"agent", "person", "representative", "human", "agente", "persona", "representante"}),
    },
    Stage.PAY: {
        Choice.TEXT: frozenset({"text", "link", "texto", "mensaje", "enlace"}),
        Choice.CARD: frozenset({"card", "tarjeta"}),
        Choice.AGENT: frozenset({"agent", "person", "agente", "persona"}),
    },
    Stage.CARD: {Choice.BACK: frozenset({"no", "back", "cancel", "cancelar", "volver"})},  # a charge takes a key
}
"""Words by which a choice is known. None is a choice of stopping: whatever could mean that is understood elsewhere."""

_LANGUAGES = {
    Choice.ENGLISH: frozenset({"english", "ingles"}),
    Choice.SPANISH: frozenset({"espanol", "spanish", "castellano"}),
}
_TALK = frozenset({Stage.WHY, Stage.WHEN, Stage.AGENT})
"""Where words are a message, and choose nothing."""


def chosen(stage: Stage, digits: str, speech: str) -> Choice | None:
    """What was chosen, if anything was; two choices in one breath are none."""
    if digits:
        return KEYS.get(stage, {}).get(digits)
    if stage in _TALK:
        return None
    plain = unicodedata.normalize("NFD", speech.lower())
    words = set(_WORD.findall("".join(c for c in plain if not unicodedata.combining(c))))
    every = {**WORDS.get(stage, {}), **_LANGUAGES}
    found = [choice for choice, known in every.items() if not known.isdisjoint(words)]
    if Choice.NOT_HERE in found:  # "yes" and "no" together are no yes
        return Choice.NOT_HERE
    return found[0] if len(found) == 1 else None
