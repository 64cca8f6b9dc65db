"""How many digital payments a contact may be expected to bring, at the instant at which it is sent.

Payments are few, so that what is counted hangs on chance as much as on an assumption. What is expected of each contact,
added up over the contacts that were really sent, is about the same on average and hangs on chance far less. It leaves
out what happens between a contact and its answer, and so is a little more than what is counted.
"""

from contracts.events import Channel
from counterpoint.simulate.behaviour import Behaviour
from counterpoint.simulate.person import Mood

MOST = 0.95
"""Nothing that a person does is likelier."""


def digital(channel: Channel, behaviour: Behaviour, mood: Mood, patience: float, *, together: bool) -> float:
    """Payments through the portal or by a link, by somebody who can pay, at an address that is good."""
    b = behaviour
    promised = b["promise.kept"] * b["promise.portal"]
    visit = b["portal.pay"] + (1 - b["portal.pay"]) * b["portal.promise"] * promised
    link = b["together.link"] if together else 0.0
    talk = b["agent.pay"] * link + (1 - b["agent.pay"]) * b["agent.promise"] * promised

    def chance(figure: str) -> float:
        return min(MOST, b[figure] * mood.response)

    match channel:
        case Channel.VOICE:
            answered = min(MOST, b["call.answer"] * patience)
            return (answered * b["call.right"] + (1 - answered) * b["call.voicemail"] * chance("call.back")) * talk
        case Channel.LETTER:
            visits = chance("letter.visit")
            return b["letter.read"] * (visits * visit + (1 - visits) * chance("letter.call") * talk)
        case Channel.EMAIL:
            visits = chance("email.click")
            return b["email.open"] * (visits * visit + (1 - visits) * chance("email.reply") * talk)
        case _:
            visits = chance("text.click")
            arrives = (1 - b["text.lost"]) * b["text.read"]
            return arrives * (visits * visit + (1 - visits) * chance("text.reply") * talk)
