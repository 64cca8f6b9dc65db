"""What becomes of a letter, by the first line of its address: the fate of each is known beforehand."""

from collections.abc import Mapping
from datetime import timedelta
from random import Random

from msgspec import Struct


class Step(Struct, frozen=True):
    """A scan, so long after the one before; `received`: it is in the letterbox."""

    event: str
    name: str
    after: timedelta
    received: bool = False


class Scenario(Struct, frozen=True):
    """How a letter ends; `deliverability` is what Lob says of the address when it is asked."""

    summary: str
    end: str = "letter.delivered"
    deliverability: str = "deliverable"


ORDINARY = Scenario("in the letterbox within a week")
SCENARIOS: Mapping[str, Scenario] = {
    "NOWHERE": Scenario("Lob knows of no such address", deliverability="undeliverable"),
    "RETURNED": Scenario("comes back to the sender", "letter.returned_to_sender"),
    "REROUTED": Scenario("is sent after the consumer, who has moved", "letter.re-routed"),
    "UNSCANNED": Scenario("arrives, and nobody ever scans it again", "letter.in_transit"),
    "REJECTED": Scenario("Lob finds after a while that it cannot print it", "letter.rejected"),
}
"""Scenarios by a word in the first line; every other address is ORDINARY."""


def scenario_of(line: str) -> Scenario:
    """The fate of a letter to an address with this first line."""
    words = line.upper().split()
    return next((s for word, s in SCENARIOS.items() if word in words), ORDINARY)


def path(scenario: Scenario, chance: Random, undo: timedelta) -> list[Step]:
    """The steps of one letter, after the time in which it can be taken back."""
    if scenario.end == "letter.rejected":
        return [Step("letter.rejected", "", undo)]
    way = [
        Step("letter.mailed", "Mailed", undo + _days(chance, 0.5, 1.5)),
        Step("letter.in_transit", "In Transit", _days(chance, 0.3, 1.5), scenario.end == "letter.in_transit"),
    ]
    if scenario.end == "letter.in_transit":
        return way
    way.append(Step("letter.in_local_area", "In Local Area", _days(chance, 0.3, 1.0)))
    if scenario.end == "letter.returned_to_sender":
        return [*way, Step("letter.returned_to_sender", "Returned to Sender", _days(chance, 4.0, 9.0))]
    if scenario.end == "letter.re-routed":
        way.append(Step("letter.re-routed", "Re-Routed", _days(chance, 0.5, 1.0)))
    return [
        *way,
        Step("letter.processed_for_delivery", "Processed for Delivery", _days(chance, 0.2, 0.8)),
        Step("letter.delivered", "Delivered", _days(chance, 0.2, 0.6), received=True),
    ]


def _days(chance: Random, least: float, most: float) -> timedelta:
    return timedelta(days=chance.uniform(least, most))
