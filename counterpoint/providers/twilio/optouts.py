"""Twilio's own handling of STOP, START and HELP: on the whole body alone, for a pair of numbers."""

from msgspec import Struct

STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
START = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})


class Handled(Struct, frozen=True):
    """What Twilio answers by itself."""

    answer: str


class OptOuts:
    """Pairs of (our number, phone) that Twilio lets nothing pass between."""

    def __init__(self) -> None:
        self._blocked: set[tuple[str, str]] = set()

    def blocks(self, ours: str, phone: str) -> bool:
        """Whether a text would be refused with 21610."""
        return (ours, phone) in self._blocked

    def hear(self, *, ours: str, phone: str, body: str) -> Handled | None:
        """Act on what a consumer wrote."""
        word = body.strip().upper()
        if word in STOP:
            self._blocked.add((ours, phone))
            return Handled(
                "You have successfully been unsubscribed. You will not receive any more messages from this number. "
                "Reply START to resubscribe."
            )
        if word in START and self.blocks(ours, phone):
            self._blocked.discard((ours, phone))
            return Handled(
                "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
                "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
            )
        if word in HELP:
            return Handled("Reply STOP to unsubscribe. Msg&Data Rates May Apply.")
        return None
