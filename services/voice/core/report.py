"""What the log keeps of a turn of a call: what our own answer found out, before Twilio's own fields as they came."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import MsgspecError, Struct
from msgspec.json import Decoder

from chassis.channel.core.form import fields
from chassis.channel.core.reading import Breach
from services.voice.core.talk import Found

FOUND, WORDS, TURN, NUMBER, TALKED, AGREED, LINK = "_found", "_words", "_turn", "_number", "_talked", "_agreed", "_link"
RULE, CITATION, MUST, FINDING, AT = "_rule", "_citation", "_must", "_finding", "_at"
"""Fields of ours; they stand before Twilio's own, and of a repeated field the first counts."""

_SAFE = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")


MOST_WRITTEN = 1000


class Written(Struct, frozen=True):
    """What Twilio wrote down."""

    transcript: str = ""


_data = Decoder(Written)


class Turn(Struct, frozen=True):
    """One turn: what it found out of the call (a word of the ladder, or nothing), and what was said in words.

    `talked` is false while it is not known that the consumer is on the line; `agreed`: to a call back; `link`: a link
    by text was asked for.
    """

    call: str
    number: str
    turn: int
    found: str = ""
    words: str = ""
    talked: bool = False
    agreed: bool = False
    link: bool = False

    @property
    def message_id(self) -> str:
        """The same for every repeat of the turn."""
        return f"{self.call}/{self.turn}"


def kept(turn: Turn, raw: bytes) -> bytes:
    """A turn as the log keeps it."""
    ours = {
        FOUND: turn.found,
        WORDS: turn.words,
        TURN: str(turn.turn),
        NUMBER: turn.number,
        TALKED: "1" if turn.talked else "",
        AGREED: "1" if turn.agreed else "",
        LINK: "1" if turn.link else "",
    }
    return _form(ours.items()) + b"&" + raw


def understood(body: bytes) -> Turn | None:
    """A turn from the log; None if it is not one."""
    form = fields(body)
    number, call = form.get(NUMBER, ""), form.get("CallSid", "")
    turn = form.get(TURN, "")
    if not number or not call or not turn.isdecimal():
        return None
    talked, agreed, link = (form.get(name) == "1" for name in (TALKED, AGREED, LINK))
    return Turn(call, number, int(turn), form.get(FOUND, ""), form.get(WORDS, ""), talked, agreed, link)


def breach(call: str, found: Found) -> bytes:
    """A broken rule as the log keeps it: nothing of what was said."""
    rule = found.rule
    return _form(
        {
            RULE: rule.id,
            CITATION: rule.citation,
            MUST: "1" if rule.must else "",
            FINDING: rule.finding,
            AT: found.at.isoformat(),
            "CallSid": call,
        }.items()
    )


def breach_in(body: bytes) -> Breach | None:
    """A broken rule from the log; None if it is not one."""
    form = fields(body)
    rule, call = form.get(RULE, ""), form.get("CallSid", "")
    if not rule or not call or not form.get(AT):
        return None
    try:
        at = datetime.fromisoformat(form[AT])
    except ValueError:
        return None
    told = form.get(CITATION, ""), form.get(MUST) == "1", form.get(FINDING, "")
    return Breach(f"{call}/finding/{rule}", call, rule, *told, at) if at.tzinfo is not None else None


def ended(form: Mapping[str, str]) -> bool:
    """Whether a callback of Twilio's says that the writing down is over."""
    return form.get("TranscriptionEvent") == "transcription-stopped"


def ours(form: Mapping[str, str]) -> bool:
    """Whether words were said by a person of ours: to the other end they go out."""
    return form.get("Track") == "outbound_track"


def written(form: Mapping[str, str]) -> str:
    """The words in a callback of Twilio's that writes down what was said; empty if there are none."""
    told = form.get("TranscriptionEvent"), form.get("Final")
    if told != ("transcription-content", "true") or form.get("Track") not in ("inbound_track", "outbound_track"):
        return ""
    try:
        return _data.decode(form.get("TranscriptionData", "")).transcript.strip()[:MOST_WRITTEN]
    except (MsgspecError, UnicodeError):
        return ""


def _form(pairs: Iterable[tuple[str, str]]) -> bytes:
    return b"&".join(_escaped(name) + b"=" + _escaped(value) for name, value in pairs)


def _escaped(text: str) -> bytes:
    return b"".join(bytes((b,)) if b in _SAFE else b"%%%02X" % b for b in text.encode())
