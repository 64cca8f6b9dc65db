"""Who picks up, and what they press and say, by the last four digits of the number: each fate is known beforehand."""

from collections.abc import Mapping

from msgspec import Struct

OURS = "we: "
HANGS_UP = "(hangs up)"
SILENCE = ""
PAYS_OTHERWISE = "(pays another amount)"
PAYS_TWICE_TOLD = "(pays, and it is told twice)"
STOPS = "*"
GOOD_CARD, BAD_CARD = "4242424242424242", "4000000000000002"
"""What is keyed in where a card is asked for; anything else is no card."""


class Callee(Struct, frozen=True, forbid_unknown_fields=True):
    """How a call ends at a number, or goes on: `answered_by` is what Twilio would find, `says` what is pressed or said
    each time that something is asked; after the last of it the phone is hung up. `talks` is the talk with a
    person of ours, who says the lines that begin with "we: "."""

    summary: str = "as a test says"
    fate: str = "answers"
    answered_by: str = "human"
    says: tuple[str, ...] = ()
    talks: tuple[str, ...] = ()
    sip: str = "200"


ORDINARY = Callee("an answering machine, which beeps", answered_by="machine_end_beep")
CALLEES: Mapping[str, Callee] = {
    "0170": Callee("busy", fate="busy", sip="486"),
    "0171": Callee("rings and nobody picks up", fate="no-answer", sip="487"),
    "0172": Callee("not in service", fate="failed", sip="404"),
    "0173": Callee("fails at the carrier, nobody knows why", fate="failed", sip="503"),
    "0174": Callee("a mailbox that does not beep", answered_by="machine_end_silence"),
    "0175": Callee("a fax machine", answered_by="fax"),
    "0176": Callee("somebody else: not their number", says=("3",)),
    "0177": Callee("says stop calling", says=("Stop calling me",)),
    "0178": Callee("hangs up at once"),
    "0179": Callee("says nothing", says=(SILENCE, SILENCE, SILENCE)),
    "0180": Callee("somebody, and Twilio cannot tell who", answered_by="unknown", says=("2",)),
    "0181": Callee("has a lawyer", says=("I have a lawyer",)),
    "0182": Callee(
        "says that it is the consumer, and does not know the date of birth", says=("1", "01011900", "01011900")
    ),
}
"""By the last four digits; every other number is ORDINARY, unless a test has said otherwise."""


class Phones:
    """Who is at which number."""

    def __init__(self) -> None:
        self._set: dict[str, Callee] = {}

    def put(self, number: str, callee: Callee) -> None:
        """From now on this is who picks up there."""
        self._set[number] = callee

    def at(self, number: str) -> Callee:
        """Who picks up."""
        return self._set.get(number) or CALLEES.get(number[-4:], ORDINARY)
