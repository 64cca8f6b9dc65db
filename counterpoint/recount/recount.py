"""The whole check: every question asked, and the three numbers that must be nought."""

from collections.abc import Sequence

from msgspec import Struct

from counterpoint.recount import calls, caps, channels, lawful, losses
from counterpoint.recount.check import Check, distinct
from counterpoint.recount.doubles import doubles
from counterpoint.recount.evidence import Consumers, Evidence
from counterpoint.recount.stops import Stops, stops


class Recount(Struct, frozen=True):
    """What was found, by kind; the three numbers count each contact or thing once, however many checks it fails."""

    unlawful: Sequence[Check]
    doubled: Sequence[Check]
    lost: Sequence[Check]
    stops: Stops

    @property
    def checks(self) -> list[Check]:
        """All of them."""
        return [*self.unlawful, *self.doubled, *self.lost]

    @property
    def numbers(self) -> dict[str, int]:
        """The three numbers, by what they count."""
        return {
            "unlawful contacts": distinct(self.unlawful),
            "double contacts": distinct(self.doubled),
            "lost events": distinct(self.lost),
        }

    @property
    def clean(self) -> bool:
        """Whether all three are nought."""
        return not any(self.numbers.values())


def recount(evidence: Evidence) -> Recount:
    """Ask everything."""
    consumers = Consumers(evidence.log)
    said = stops(evidence, consumers)
    unlawful = [
        ask(evidence, consumers) for ask in (*lawful.QUESTIONS, *caps.QUESTIONS, *channels.QUESTIONS, *calls.QUESTIONS)
    ]
    lost = [ask(evidence, consumers) for ask in losses.QUESTIONS]
    return Recount([*unlawful, said.check], doubles(evidence), lost, said)
