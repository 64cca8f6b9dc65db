"""What becomes of an e-mail, by the last word before the @: the fate of each address is known beforehand.

The word stands after a dot, a plus or a hyphen: `ana.bounce@mail.example.test`.
"""

import re
from collections.abc import Mapping
from random import Random

from msgspec import Struct

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
APPLE, SCANNER = "Mozilla/5.0", "Barracuda Sentinel (EE)"


class Step(Struct, frozen=True):
    """What happens next to an e-mail, so many simulated seconds after what was before.

    `event` is SendGrid's word, or visit, unsubscribe or scan for what is done with links in it. `more` are further
    fields of that event; `received`: the mailbox has it from now on.
    """

    event: str
    delay: float
    more: Mapping[str, object] = {}
    received: bool = False


class Scenario(Struct, frozen=True):
    """How an e-mail fares. `reply` is what a mail server says to the recipient, if it refuses at once."""

    summary: str
    steps: tuple[Step, ...] = ()
    reply: str = ""
    opens: float = 0.0


def _bounce(classification: str, status: str, reason: str, kind: str = "bounce") -> Step:
    more = {"type": kind, "status": status, "reason": reason, "bounce_classification": classification}
    return Step("bounce", 2.0, more)


DELIVERED = Step("delivered", 3.0, {"response": "250 2.0.0 OK"}, received=True)
_GONE = "550 5.1.1 no such mailbox"
ORDINARY = Scenario("delivered within seconds, opened by some", (DELIVERED,), opens=0.45)
SCENARIOS: Mapping[str, Scenario] = {
    "bounce": Scenario("no such mailbox", (_bounce("Invalid Address", "5.1.1", _GONE),), reply=_GONE),
    "latebounce": Scenario(
        "taken by the mail server, then bounced: no such mailbox",
        (DELIVERED, _bounce("Invalid Address", "5.1.1", _GONE)),
    ),
    "full": Scenario(
        "mailbox full",
        (_bounce("Mailbox Unavailable", "5.2.2", "552 5.2.2 mailbox full"),),
        reply="552 5.2.2 mailbox full",
    ),
    "blocked": Scenario(
        "refused for our reputation",
        (_bounce("Reputation", "5.7.1", "554 5.7.1 message blocked", "blocked"),),
        reply="554 5.7.1 message blocked",
    ),
    "deferred": Scenario(
        "delivered after an hour of being put off",
        (
            Step("deferred", 5.0, {"response": "451 4.7.1 try again later", "attempt": "1"}),
            Step("delivered", 3600.0, {"response": "250 2.0.0 OK"}, received=True),
        ),
    ),
    "dropped": Scenario(
        "on SendGrid's list of the unsubscribed", (Step("dropped", 1.0, {"reason": "Unsubscribed Address"}),)
    ),
    "silent": Scenario("delivered, and never opened", (DELIVERED,)),
    "machine": Scenario(
        "delivered, opened by Apple's privacy proxy alone",
        (DELIVERED, Step("open", 5.0, {"useragent": APPLE, "sg_machine_open": True})),
    ),
    "opens": Scenario(
        "delivered and opened", (DELIVERED, Step("open", 60.0, {"useragent": PHONE, "sg_machine_open": False}))
    ),
    "clicks": Scenario(
        "delivered, opened, and the first link followed",
        (DELIVERED, Step("open", 60.0, {"useragent": PHONE, "sg_machine_open": False}), Step("visit", 20.0)),
    ),
    "scanned": Scenario("delivered, and a scanner follows every link at once", (DELIVERED, Step("scan", 1.0))),
    "leaves": Scenario(
        "delivered, and unsubscribed by the mail program's button", (DELIVERED, Step("unsubscribe", 120.0))
    ),
    "complains": Scenario("delivered, and reported as spam", (DELIVERED, Step("spamreport", 600.0))),
}
"""Scenarios by word; every other address is ORDINARY."""

_WORD = re.compile(r"(?:^|[.+-])([a-z]+)@")


def scenario_of(address: str) -> Scenario:
    """The fate of an e-mail to this address."""
    found = _WORD.search(address.lower())
    return SCENARIOS.get(found[1], ORDINARY) if found else ORDINARY


def path(scenario: Scenario, chance: Random) -> list[Step]:
    """The steps of one e-mail."""
    steps = [Step("processed", chance.uniform(0.1, 1.0)), *scenario.steps]
    if chance.random() < scenario.opens:
        steps.append(Step("open", chance.uniform(60, 7200), {"useragent": PHONE, "sg_machine_open": False}))
    return steps
