"""What the log keeps of a turn of a call: what our own answer found out, before Twilio's own fields as they came."""

from collections.abc import Iterable, Mapping

from msgspec import MsgspecError, Struct
from msgspec.json import Decoder

from chassis.channel.core.form import fields

FOUND, WORDS, TURN, NUMBER, TALKED, AGREED, LINK = "_found", "_words", "_turn", "_number", "_talked", "_agreed", "_link"
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


def written(form: Mapping[str, str]) -> str:
    """The words in a callback of Twilio's that writes down what the other end said; empty if there are none."""
    told = form.get("TranscriptionEvent"), form.get("Track"), form.get("Final")
    if told != ("transcription-content", "inbound_track", "true"):
        return ""
    try:
        return _data.decode(form.get("TranscriptionData", "")).transcript.strip()[:MOST_WRITTEN]
    except (MsgspecError, UnicodeError):
        return ""


def _form(pairs: Iterable[tuple[str, str]]) -> bytes:
    return b"&".join(_escaped(name) + b"=" + _escaped(value) for name, value in pairs)


def _escaped(text: str) -> bytes:
    return b"".join(bytes((b,)) if b in _SAFE else b"%%%02X" % b for b in text.encode())
