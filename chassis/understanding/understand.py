"""What a consumer's message asks for, by rules alone, in English and Spanish.

Carriers act on a body that is one of their words and nothing else. The law asks for more: consent can be revoked by any
reasonable means (47 CFR 64.1200(a)(10), read 2026-11-24), a wish for no contact need not name a section (15 USC
1692c(c)), and to stop must take one message in plain words. So a doubtful message counts as an opt-out: to stop in
error costs a contact, to go on in error breaks the law. What rules are not sure of, a person reads.

How often this is right is measured: bench/results/understanding.md.
"""

import re
from collections.abc import Iterable

from msgspec import Struct

from chassis.understanding.loader import any_of, load
from chassis.understanding.suspicion import suspected
from chassis.understanding.words import plain
from contracts.events import ReplyIntent

STOP = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})
START = frozenset({"start", "yes", "unstop"})
HELP = frozenset({"help", "info"})
"""The carriers' default words, on which they act themselves."""

_PER_SE = frozenset({"revoke", "optout", "opt out", "opt-out", "remove"})
_MISTYPED = frozenset({"sotp", "stpo", "tsop", "stp", "stoo", "atop", "unsuscribe", "unsubcribe"})
_SPANISH_STOP = frozenset(
    {"alto", "baja", "basta", "cancelar", "cancela", "cancele", "cancelen", "cancelo", "detener", "detengan", "fin"}
    | {"detenganse", "finalizar", "parar", "para", "pare", "paren", "salir", "suficiente", "terminar", "termine"}
)
_SPANISH_START = frozenset({"si", "inicio", "iniciar", "empezar", "comenzar"})
_SPANISH_HELP = frozenset({"ayuda", "informacion"})
_STOPS = STOP | _PER_SE | _MISTYPED | _SPANISH_STOP
_STARTS = START | _SPANISH_START
_HELPS = HELP | _SPANISH_HELP
_SPANISH_WORDS = _SPANISH_STOP | _SPANISH_START | _SPANISH_HELP

GRAVITY = (
    ReplyIntent.OPT_OUT,
    ReplyIntent.CEASE,
    ReplyIntent.DECEASED,
    ReplyIntent.ATTORNEY,
    ReplyIntent.BANKRUPTCY,
    ReplyIntent.WRONG_PERSON,
    ReplyIntent.DISPUTE,
    ReplyIntent.COMPLAINT,
    ReplyIntent.HARDSHIP,
    ReplyIntent.PROMISE,
    ReplyIntent.PAID_ALREADY,
    ReplyIntent.OPT_IN,
    ReplyIntent.HELP,
    ReplyIntent.QUESTION,
    ReplyIntent.OTHER,
)
"""The order in which what a message asks for counts."""

_ENGLISH, _SPANISH = load("english"), load("spanish")
_BOTH = (_ENGLISH, _SPANISH)
_WELCOME = re.compile(
    r"\b(?:ok(?:ay)? to|may|can) (?:\w+ )?te?xt me (?:again|at|on)\b|\bresume te?xts\b|\bsign me up\b"
    r"|^(?:re ?)?subscribe(?: me)?$|\byou (?:can|may) te?xt me\b|\bpueden (?:mandarme|escribirme|enviarme)\b"
    r"|\brecibir los mensajes otra vez\b"
)
_ASKS = re.compile(r"^(?:whats?|when|how|where|which|who|why|is|are|do|does|did|can i|could i)\b")
_NAMES_ANOTHER = re.compile(
    r"\b(?:[Tt]h?is|[Tt]hat)(?: is not|['’]?s not| isn['’]?t| ain['’]?t) [A-Z][a-z]+\b"
    r"|\bI(?:['’]?m| am) not [A-Z][a-z]+\b|\b(?:don['’]?t|do not) know (?:any|an?) [A-Z][a-z]+\b"
    r"|\b(?:texts?|messages?|calls?) for [A-Z][a-z]+\b"
    r"|\b[Nn]o soy [A-Z][a-z]+\b|\b[Nn]o conozco a (?:ningún |ninguna )?[A-Z][a-z]+\b"
)
_CONTRADICT = (
    frozenset({ReplyIntent.PROMISE, ReplyIntent.DISPUTE}),
    frozenset({ReplyIntent.PROMISE, ReplyIntent.PAID_ALREADY}),
    frozenset({ReplyIntent.PROMISE, ReplyIntent.CEASE}),
    frozenset({ReplyIntent.HARDSHIP, ReplyIntent.PAID_ALREADY}),
)
_UNCLEAR = frozenset({ReplyIntent.HELP, ReplyIntent.QUESTION, ReplyIntent.OTHER})
"""What is only said to be asked for where rules find nothing clearer."""

_SETTLED = frozenset({ReplyIntent.OPT_OUT, ReplyIntent.OPT_IN})
"""What rules alone say of stops, one way or the other."""

_LONG = 40
"""Words from which a message is a letter, which a person reads whatever rules found in it."""


class Understanding(Struct, frozen=True):
    """What a message asks for, the gravest first and never nothing; its language, en or es, if its words tell; whether
    it was one of the known words alone (keyword) or words of their own (free-text); and if no person need read it."""

    intents: tuple[ReplyIntent, ...]
    language: str | None
    source: str
    certain: bool

    @property
    def intent(self) -> ReplyIntent:
        """The gravest."""
        return self.intents[0]


def understand(text: str) -> Understanding:
    """What a message asks for; to be written to in error is worse than not to be, so doubt counts as an opt-out."""
    read = by_rules(text)
    if read.source == "keyword" or _SETTLED & set(read.intents) or not suspected(text):
        return read
    clear = (i for i in read.intents if i not in _UNCLEAR)
    return Understanding((ReplyIntent.OPT_OUT, *clear), read.language, read.source, certain=False)


def by_rules(text: str) -> Understanding:
    """What rules alone make of it."""
    words = plain(text)
    keyword = _keyword(words)
    if keyword is not None:
        return Understanding((keyword,), _keyword_language(words), "keyword", certain=True)
    found = _strong(text, words) or _weak(text, words)
    return Understanding(found, language_of(words), "free-text", certain=_certain(found, words))


def language_of(words: str) -> str | None:
    """The language of plain words: en, es, or None where they do not tell."""
    known = words.split()
    if words in _SPANISH_WORDS:
        return "es"
    english_words = sum(w in _ENGLISH.function_words for w in known)
    spanish_words = sum(w in _SPANISH.function_words for w in known)
    if english_words == spanish_words:
        return None
    return "en" if english_words > spanish_words else "es"


def _keyword(words: str) -> ReplyIntent | None:
    if words in _STOPS or words.replace(" ", "") in STOP:
        return ReplyIntent.OPT_OUT
    if words in _STARTS:
        return ReplyIntent.OPT_IN
    return ReplyIntent.HELP if words in _HELPS else None


def _keyword_language(words: str) -> str:
    return "es" if words in _SPANISH_WORDS else "en"


def _strong(text: str, words: str) -> tuple[ReplyIntent, ...]:
    found = {intent for one in _BOTH for intent, patterns in one.strong.items() if any_of(patterns, words)}
    if _ASKS.search(words):
        found.discard(ReplyIntent.PROMISE)
    if _NAMES_ANOTHER.search(text):
        found.add(ReplyIntent.WRONG_PERSON)
    if ReplyIntent.CEASE in found:
        found.add(ReplyIntent.OPT_OUT)
    if _WELCOME.search(words) and ReplyIntent.OPT_OUT not in found:
        found.add(ReplyIntent.OPT_IN)
    return tuple(i for i in GRAVITY if i in found)


def _weak(text: str, words: str) -> tuple[ReplyIntent, ...]:
    if any(any_of(one.help, words) for one in _BOTH):
        return (ReplyIntent.HELP,)
    asks = ("?" in text and any(c.isalpha() for c in text)) or any(any_of(one.question, words) for one in _BOTH)
    return (ReplyIntent.QUESTION,) if asks else (ReplyIntent.OTHER,)


def _certain(found: Iterable[ReplyIntent], words: str) -> bool:
    intents = frozenset(found)
    count = len(words.split())
    if any(pair <= intents for pair in _CONTRADICT) or count > _LONG:
        return False
    return ReplyIntent.OTHER not in intents or not words or any(any_of(one.chat, words) for one in _BOTH)
