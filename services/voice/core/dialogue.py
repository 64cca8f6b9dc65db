"""What is said on a call, and what is asked next: pure, so that every way through it can be tried.

    we call:       WHO ── it is ──► PROOF ── right ──► disclosure, MENU ──► balance, due date, PAY, CARD, WHY, WHEN,
                    │ not here, not theirs: goodbye      │ wrong, twice: goodbye   a person
    they call: LANGUAGE ─────────────────► PROOF

Until PROOF is passed not a word is said of a debt, by whatever way the talk goes. Whoever says stop, at any moment, is
heard at once.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from contracts.events import ReplyIntent
from services.voice.core.card import Outcome
from services.voice.core.choices import Choice, chosen
from services.voice.core.place import Place, Stage
from services.voice.core.proof import Asks, Person, question, recognised

MOST_TRIES = 3
"""So many times in a row nothing fit is heard before the call is ended."""
MOST_PROOFS = 2
BARRING = frozenset({ReplyIntent.OPT_OUT, ReplyIntent.CEASE, ReplyIntent.WRONG_PERSON})
OBEYED = BARRING | {ReplyIntent.ATTORNEY, ReplyIntent.BANKRUPTCY, ReplyIntent.DECEASED, ReplyIntent.DISPUTE}
"""What is heard in a talk with a person of ours too; nothing else of it is kept."""
OVERHEARD = 1000
"""From this number on, turns of a call are what was said to a person of ours."""
MACHINES = ("machine", "fax")
"""How Twilio's words begin for what is no person."""


class Then(StrEnum):
    """What follows what is said."""

    LISTEN = "listen"
    HANG_UP = "hang-up"
    DIAL = "dial"
    """A person of ours is called in."""
    PAY = "pay"
    """The provider takes a card."""


class Answer(Struct, frozen=True):
    """What came from the line: keys, words and what these ask for; or that a person of ours has talked."""

    digits: str = ""
    speech: str = ""
    intents: frozenset[ReplyIntent] = frozenset()
    talked: bool = False


class Step(Struct, frozen=True):
    """What to say (templates by their ids), what then, and where the call stands.

    `found` is what is now known of the call, a word of the ladder. `words` are what the consumer asked for, to be put
    into the log. `bars` says that no call may go to this number any more, from this moment; `agrees`, that the consumer
    wants to be called back, which the gate takes for a week's consent; `link`, that they want a link by text.
    """

    place: Place
    say: tuple[str, ...]
    then: Then
    found: str = ""
    words: str = ""
    bars: bool = False
    agrees: bool = False
    link: bool = False


def opening(place: Place, answered_by: str, *, automated: bool) -> Step:
    """Somebody or something picked up a call of ours. Where it is not known which, it may be anybody."""
    if answered_by.startswith(MACHINES):
        may_speak = automated and answered_by.startswith("machine_end")
        return Step(place, ("voicemail",) if may_speak else (), Then.HANG_UP, found="voicemail")
    if not automated:  # no machine may speak on this call: a person of ours does, from the first word
        return Step(replace(place, stage=Stage.AGENT), (), Then.DIAL)
    return Step(replace(place, stage=Stage.WHO), ("greeting",), Then.LISTEN)


def called(place: Place) -> Step:
    """Somebody calls us."""
    return Step(replace(place, stage=Stage.LANGUAGE), ("welcome", "language"), Then.LISTEN)


def step(place: Place, answer: Answer, people: Sequence[Person]) -> Step:
    """What follows from an answer; `people` are those who may be on the line."""
    here = replace(place, turn=place.turn + 1)
    grave = _grave(here, answer)
    if grave is not None:
        return grave
    choice = chosen(place.stage, answer.digits, answer.speech)
    if choice in (Choice.ENGLISH, Choice.SPANISH):
        here = replace(here, language="es" if choice is Choice.SPANISH else "en", tries=0)
        return _proof(here, people) if place.stage is Stage.LANGUAGE else Step(here, _asks(here, people), Then.LISTEN)
    return _STAGES[place.stage](here, answer, choice, people)


def overheard(place: Place, words: str, intents: frozenset[ReplyIntent]) -> Step | None:
    """What follows from what the consumer says to a person of ours; None unless it is something that must be obeyed."""
    if not intents & OBEYED:
        return None
    return Step(place, (), Then.LISTEN, words=words, bars=bool(intents & BARRING))


def _grave(here: Place, answer: Answer) -> Step | None:
    """What is obeyed wherever it is said."""
    asked = answer.intents
    if asked & {ReplyIntent.OPT_OUT, ReplyIntent.CEASE}:
        return _stopped(here, answer.speech)
    if ReplyIntent.WRONG_PERSON in asked:
        return _not_theirs(here, answer.speech)
    if asked & {ReplyIntent.ATTORNEY, ReplyIntent.BANKRUPTCY, ReplyIntent.DECEASED}:
        return Step(here, ("noted",), Then.HANG_UP, found="answered", words=answer.speech)
    return None


def _stopped(here: Place, words: str) -> Step:
    return Step(here, ("opt-out-confirmation",), Then.HANG_UP, found="answered", words=words, bars=True)


def _not_theirs(here: Place, words: str) -> Step:
    return Step(here, ("wrong-person",), Then.HANG_UP, found="answered", words=words, bars=True)


def _language(here: Place, answer: Answer, choice: Choice | None, people: Sequence[Person]) -> Step:
    return _proof(here, people)  # whoever chooses nothing goes on in English


def _who(here: Place, answer: Answer, choice: Choice | None, people: Sequence[Person]) -> Step:
    if choice is Choice.YES:
        return _proof(here, people)
    if choice is Choice.NOT_HERE:
        return Step(here, ("wrong-person",), Then.HANG_UP, found="answered")
    if choice is Choice.NOT_THEIRS:
        return _not_theirs(here, "Keypad 3: wrong number")
    return _again(here, people)


def _proof(here: Place, people: Sequence[Person]) -> Step:
    asked = question(people)
    if asked is Asks.NOTHING:  # nothing to know anybody by: a person of ours finds out who it is
        return _agent(here)
    return Step(replace(here, stage=Stage.PROOF, tries=0), (f"proof-{asked}",), Then.LISTEN)


def _proven(here: Place, answer: Answer, choice: Choice | None, people: Sequence[Person]) -> Step:
    person = recognised(people, question(people), answer.digits or answer.speech)
    if person is not None:
        known = replace(here, stage=Stage.MENU, tries=0, verified=True, consumer=person.consumer_id)
        words = "" if here.outbound else "[called us]"
        return Step(known, ("disclosure", "menu"), Then.LISTEN, found="conversation", words=words)
    if choice is Choice.AGENT:
        return _agent(here)
    if here.tries + 1 >= MOST_PROOFS:
        return Step(here, ("proof-failed",), Then.HANG_UP, found="answered")
    again = replace(here, tries=here.tries + 1)
    return Step(again, ("not-understood", f"proof-{question(people)}"), Then.LISTEN)


def _menu(here: Place, answer: Answer, choice: Choice | None, people: Sequence[Person]) -> Step:
    rested = replace(here, tries=0)
    if choice in (Choice.BALANCE, Choice.DUE_DATE):
        return Step(rested, ("balance" if choice is Choice.BALANCE else "due-date", "menu"), Then.LISTEN)
    if choice is Choice.PAY:
        return Step(replace(rested, stage=Stage.PAY), (_ways_to_pay(rested, people),), Then.LISTEN)
    if choice is Choice.DISPUTE or ReplyIntent.DISPUTE in answer.intents:
        words = answer.speech or "Keypad 4: I dispute this debt"
        return Step(replace(rested, stage=Stage.WHY), ("dispute",), Then.LISTEN, words=words)
    if choice is Choice.CALL_BACK:
        return Step(replace(rested, stage=Stage.WHEN), ("callback",), Then.LISTEN)
    if choice is Choice.STOP:
        return _stopped(here, "Keypad 9: stop calling me")
    if choice is Choice.AGENT:
        return _agent(rested)
    if answer.speech and ReplyIntent.OPT_IN not in answer.intents:  # a mere yes would lift an opt-out
        return replace(_again(here, people), words=answer.speech)
    return _again(here, people)


def _pay(here: Place, answer: Answer, choice: Choice | None, people: Sequence[Person]) -> Step:
    if choice is Choice.TEXT:
        back = replace(here, stage=Stage.MENU, tries=0)
        return Step(back, ("link-asked", "menu"), Then.LISTEN, words="Please text me a link to pay", link=here.verified)
    if choice is Choice.CARD and _pays(here, people):
        offered = replace(here, stage=Stage.CARD, tries=0, payment=str(here.turn))
        return Step(offered, ("card-confirm",), Then.LISTEN)
    if choice is Choice.AGENT:
        return _agent(here)
    return _again(here, people)


def _card(here: Place, answer: Answer, choice: Choice | None, people: Sequence[Person]) -> Step:
    if not _pays(here, people):  # what they heard is no longer what is owed
        return Step(replace(here, stage=Stage.MENU, tries=0), ("card-changed", "menu"), Then.LISTEN)
    if choice is Choice.YES:
        return Step(replace(here, tries=0), ("card-begins",), Then.PAY)
    if choice is Choice.BACK:
        return Step(replace(here, stage=Stage.MENU, tries=0), ("menu",), Then.LISTEN)
    return _again(here, people)


def after_card(place: Place, outcome: Outcome, people: Sequence[Person]) -> Step:
    """What follows from what became of a payment by card: after one that failed, the other ways to pay."""
    here = replace(place, turn=place.turn + 1, tries=0)
    if outcome in (Outcome.PAID, Outcome.QUARANTINED):
        said = "card-paid" if outcome is Outcome.PAID else "card-unclear"
        return Step(replace(here, stage=Stage.MENU), (said, "menu"), Then.LISTEN)
    return Step(replace(here, stage=Stage.PAY), (f"card-{outcome}", _ways_to_pay(here, people)), Then.LISTEN)


def _pays(here: Place, people: Sequence[Person]) -> bool:
    return here.verified and any(p.pays for p in people if p.consumer_id == here.consumer)


def _ways_to_pay(here: Place, people: Sequence[Person]) -> str:
    return "payment-card" if _pays(here, people) else "payment"


def _why(here: Place, answer: Answer, choice: Choice | None, people: Sequence[Person]) -> Step:
    words = f"I dispute this debt: {answer.speech}" if answer.speech else ""
    return Step(replace(here, stage=Stage.MENU, tries=0), ("noted", "menu"), Then.LISTEN, words=words)


def _when(here: Place, answer: Answer, choice: Choice | None, people: Sequence[Person]) -> Step:
    words = f"Please call me back: {answer.speech}" if answer.speech else "Please call me back"
    return Step(here, ("callback-noted",), Then.HANG_UP, words=words, agrees=here.verified)


def _agent(here: Place) -> Step:
    return Step(replace(here, stage=Stage.AGENT), ("agent",), Then.DIAL)


def _after(here: Place, answer: Answer, choice: Choice | None, people: Sequence[Person]) -> Step:
    # Who talked with a person of ours is not known here: it counts as the consumer.
    if not answer.talked:
        return Step(here, ("agent-unavailable",) if here.verified else (), Then.HANG_UP)
    words = "" if here.outbound or here.verified else "[called us]"
    return Step(replace(here, verified=True), (), Then.HANG_UP, found="conversation", words=words)


def _again(here: Place, people: Sequence[Person]) -> Step:
    if here.tries + 1 >= MOST_TRIES:
        return Step(here, ("goodbye",), Then.HANG_UP)
    return Step(replace(here, tries=here.tries + 1), ("not-understood", *_asks(here, people)), Then.LISTEN)


def _asks(here: Place, people: Sequence[Person]) -> tuple[str, ...]:
    """What is asked where the call stands."""
    if here.stage is Stage.PROOF:
        return (f"proof-{question(people)}",)
    return (_ways_to_pay(here, people) if here.stage is Stage.PAY else _QUESTIONS[here.stage],)


_QUESTIONS = {
    Stage.LANGUAGE: "language",
    Stage.WHO: "greeting",
    Stage.MENU: "menu",
    Stage.CARD: "card-confirm",
    Stage.WHY: "dispute",
    Stage.WHEN: "callback",
    Stage.AGENT: "menu",
}
_STAGES: dict[Stage, Callable[[Place, Answer, Choice | None, Sequence[Person]], Step]] = {
    Stage.LANGUAGE: _language,
    Stage.WHO: _who,
    Stage.PROOF: _proven,
    Stage.MENU: _menu,
    Stage.PAY: _pay,
    Stage.CARD: _card,
    Stage.WHY: _why,
    Stage.WHEN: _when,
    Stage.AGENT: _after,
}
