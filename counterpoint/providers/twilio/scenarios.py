"""What becomes of a text, by the last four digits of the number: the fate of each is known beforehand."""

from collections.abc import Mapping
from random import Random

from msgspec import Struct


class Step(Struct, frozen=True):
    """A status that a text takes on, so many simulated seconds after the one before; `received`: the phone has it."""

    status: str
    delay: float
    error_code: int | None = None
    received: bool = False


class Scenario(Struct, frozen=True):
    """How a text ends. `refused` are codes with which it is not even taken on."""

    summary: str
    end: str = "delivered"
    error_code: int | None = None
    refused: int | None = None
    wait: float = 0.0


ORDINARY = Scenario("delivered within seconds")
SCENARIOS: Mapping[str, Scenario] = {
    "0188": Scenario("has said STOP before: refused with 21610", refused=21610),
    "0189": Scenario("no mobile number: refused with 21614", refused=21614),
    "0190": Scenario("unreachable handset", "undelivered", 30003),
    "0191": Scenario("number not in service", "undelivered", 30005),
    "0192": Scenario("landline or unreachable carrier", "undelivered", 30006),
    "0193": Scenario("filtered by the carrier", "undelivered", 30007),
    "0194": Scenario("blocked by carrier or handset", "undelivered", 30004),
    "0195": Scenario("unknown error at the carrier", "undelivered", 30008),
    "0196": Scenario("the phone has it, and the carrier never says so: stays sent", "sent"),
    "0197": Scenario("fails in Twilio's own queue", "failed", 30001),
    "0198": Scenario("waits four hours in Twilio's queue, then is delivered", wait=4 * 3600.0),
    "0199": Scenario("waits eleven hours in Twilio's queue: longer than any validity period", wait=11 * 3600.0),
}
"""Scenarios by the last four digits; every other number is ORDINARY."""

OUTSIDE_THE_WINDOW = Scenario("in words of our own, a day after the consumer wrote by WhatsApp", "failed", 63016)

REFUSALS = {21610: "Attempt to send to unsubscribed recipient", 21614: "'To' number is not a valid mobile number"}


def scenario_of(number: str) -> Scenario:
    """The fate of a text to this number."""
    return SCENARIOS.get(number[-4:], ORDINARY)


def path(scenario: Scenario, chance: Random) -> list[Step]:
    """The steps of one text."""
    sending = Step("sending", scenario.wait + chance.uniform(0.05, 0.5))
    if scenario.end == "failed":
        return [sending, Step("failed", chance.uniform(0.5, 3.0), scenario.error_code)]
    sent = Step("sent", chance.uniform(0.2, 2.0), received=scenario.end == "sent")
    if scenario.end == "sent":
        return [sending, sent]
    last = Step(scenario.end, chance.uniform(0.5, 12.0), scenario.error_code, received=scenario.end == "delivered")
    return [sending, sent, last]
