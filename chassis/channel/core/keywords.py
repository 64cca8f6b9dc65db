"""What a consumer's message asks for, on any channel, by rules alone, in English and Spanish.

Providers act on a message that is one of their words and nothing else. The law asks for more: consent can be revoked
by any reasonable means (47 CFR 64.1200(a)(10), read 2026-11-24), and to stop must take one message in plain words. So
a doubtful message counts as an opt-out: to stop in error costs a contact, to go on in error breaks the law.
"""

import re

from msgspec import Struct

from contracts.events import ReplyIntent

STOP = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})
START = frozenset({"start", "yes", "unstop"})
HELP = frozenset({"help", "info"})
"""Words on which the providers of texts act themselves."""

_PER_SE = frozenset({"revoke", "optout", "opt out", "opt-out"})
_SPANISH_STOP = frozenset(
    {"alto", "baja", "basta", "cancelar", "cancela", "cancele", "cancelen", "cancelo", "detener", "detengan", "fin"}
    | {"detenganse", "finalizar", "parar", "para", "pare", "paren", "salir", "suficiente", "terminar", "termine"}
)
_ANYWAY = STOP | _PER_SE | _SPANISH_STOP

_ACCENTS = str.maketrans("áàâäéèêëíìîïóòôöúùûüñç0", "aaaaeeeeiiiioooouuuunco")
_QUOTES = re.compile(r"['’‘`´]")
_NOT_WORDS = re.compile(r"[^a-z0-9]+")

_TALK = (
    r"(?:te?xt\w*|te?xting|messag\w+|msgs?\w*|messg\w*|mesag\w*|contact\w*|call\w*|writ(?:e|ing)|sms\w*|send\w*|bother\w*"
    r"|harass\w*|pester\w*|spam\w*|reach\w*|email\w*|communicat\w*|notif\w*|talk\w*)"
)
_MINE = r"(?:me|us|(?:my|this|that) (?:\w+ )?(?:number|phone|cell|name|info\w*|contact)|number)"
_GAP = r"(?: \w+){0,3}? "
_ENGLISH = (
    r"(?<!dont )(?<!not )(?<!non )(?<!never )(?<!cant )(?<!bus )\bst+o+p+(?:p?ing|ped)?\b"
    r"(?! (?:by|in|over|sign|payments?|at (?:the|my|your)|and go))",
    r"\bs t o p\b",
    r"\b(?:unsub\w*|un subscribe|opt(?:ing|ed)? (?:me )?out|optout|stopall|revok\w+)\b",
    rf"\b(?:do not|dont|dnt|never|no longer|quit|cease|didnt ask|no need)\b{_GAP}?\s?{_TALK}",
    rf"\b(?:no|not|without)(?: any| want| wish| wanna)*(?: more| further| additional|more)(?: \w+){{0,2}} {_TALK}",
    rf"\b(?:not|dont|do not|no longer)(?: \w+){{0,2}} (?:want|wish|like|agree|consent)\b.*\b{_TALK}",
    r"\b(?:cease|desist)\b",
    rf"\b(?:remove|delete|drop|erase|scrub) {_MINE}\b",
    rf"\b(?:take|get) {_MINE} (?:\w+ ){{0,2}}?(?:off|out of)\b",
    r"\b(?:leave (?:me|us) (?:the \w+ )?alone|lose (?:my|this) number|go away|get lost|f\w* off|buzz off|piss off"
    r"|back off|knock it off|shut up|enough (?:already|texts|messages|is enough)|unwanted|do not disturb)\b",
    r"\b(?:wrong (?:number|person|guy|phone)|not my (?:number|phone)|number is not|no longer (?:my|his|her) number)\b",
    r"\b(?:withdraw\w*|rescind\w*|revok\w+|cancel\w*|end|terminate)(?: \w+){0,3} (?:consent\w*|permission|authori\w+"
    r"|te?xt\w*|messag\w+|subscription|alerts?|sms)\b",
)
_ME = r"(?:me|nos|le)"
_SPANISH = (
    rf"\bno (?:{_ME} |vuelvan? a |quiero (?:que )?(?:{_ME} )?|deseo |sigan? )*(?:mand\w+|envi\w+|escrib\w+|contact\w+"
    r"|llam\w+|molest\w+|texte\w+|recib\w+|quiero mas|moleste\w*|acos\w+)",
    r"\bya no\b|\bno mas\b|\bni un\w? \w+ mas\b",
    r"\b(?:dejen?|dejar|deja|dejame|dejeme|dejenme|parar?|paren?|pare) (?:ya )?(?:de |en paz|tranquil)",
    r"\b(?:dar|darme|deme|denme|dame|doy|quiero|solicito)\b.*\bbaja\b|\bde baja\b",
    r"\b(?:quit|borr|elimin|sac|remuev|retir|cancel)(?:e|en|a|an|ar)(?:me|nme|n)?\b.*\b(?:me|mi|numero|lista|telefono"
    r"|mensajes?|textos?|suscripcion)\b|\b(?:quiten?me|quitenme|borren?me|borrenme|eliminen?me|saquen?me|saquenme)\b",
    r"\b(?:numero|persona|telefono) equivocad[oa]\b|\bno soy (?:esa|la) persona\b|\bno es mi numero\b",
    r"\b(?:alto|basta|paren?|cancelar suscripcion|detenga\w*|revoco|retiro mi)\b",
)
_OPT_OUT = tuple(re.compile(p) for p in (*_ENGLISH, *_SPANISH))


class Intent(Struct, frozen=True):
    """What is asked for, and whether by one of the known words alone (keyword) or in words of their own."""

    intent: ReplyIntent
    source: str


def intent_of(text: str) -> Intent:
    """What a message asks for."""
    words = _words(text)
    bare = words.replace(" ", "")
    if words in _ANYWAY or bare in STOP:
        return Intent(ReplyIntent.OPT_OUT, "keyword")
    if words in START:
        return Intent(ReplyIntent.OPT_IN, "keyword")
    if words in HELP or words == "ayuda":
        return Intent(ReplyIntent.HELP, "keyword")
    if any(p.search(words) for p in _OPT_OUT):
        return Intent(ReplyIntent.OPT_OUT, "free-text")
    return Intent(ReplyIntent.OTHER, "free-text")


def _words(text: str) -> str:
    plain = _QUOTES.sub("", text[:2000].lower().translate(_ACCENTS))
    return _NOT_WORDS.sub(" ", plain).strip()
