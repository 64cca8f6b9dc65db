"""Every way through the talk, in the words of the real templates.

A green run does not prove that speech is understood as it was meant, nor that people hold to what they were asked.
"""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.settings import StackSettings
from chassis.templates.loader import load_templates
from chassis.templates.ours import ours_of
from chassis.understanding.understand import understand
from contracts.events import ReplyIntent
from contracts.ids import ConsumerId
from services.voice.core.choices import Choice, chosen
from services.voice.core.dialogue import Answer, Step, Then, called, opening, overheard, step
from services.voice.core.place import Place, Stage
from services.voice.core.proof import Person
from services.voice.records import Known
from services.voice.script import Script

CONSUMER = ConsumerId("con-" + "1" * 24)
ACCOUNT = {"creditor": "Harborview Bank", "account_last4": "1234", "balance": "$1,234.56"}
KNOWN = Known(CONSUMER, "Ana", "Ana Ejemplo", "en", date(1980, 7, 4), ("45402",), ("OH",), ACCOUNT)
PERSON = Person(CONSUMER, KNOWN.born_on, KNOWN.zips)
SCRIPT = Script(load_templates(None), ours_of(StackSettings.model_validate({})), "Sam Reed")
TELLS = ("debt", "deuda", "balance", "saldo", "Harborview", "1,234", "1234", "cobr", "collect", "pay", "pagar")
OURS = Place(Stage.WHO, "en", 0, 0, False, CONSUMER, "c-1", "a-1", "s-1")
THEIRS = Place(Stage.LANGUAGE)
THINGS = ("1", "2", "3", "4", "5", "7", "8", "9", "0", "01011900", "", "yes", "no", "balance", "agente", "español")
MORE = ("stop calling me", "I have a lawyer", "wrong number", "I dispute this", "what is this about", "pagar", "hello?")
said = st.lists(st.sampled_from((*THINGS, *MORE)), max_size=12)


def answer(text: str) -> Answer:
    """What comes from the line for keys or words."""
    if text.isdecimal():
        return Answer(digits=text)
    return Answer(speech=text, intents=frozenset(understand(text).intents) if text else frozenset())


def talk(first: Step, texts: Sequence[str]) -> list[Step]:
    """The steps of a call, up to its end."""
    steps = [first]
    for text in texts:
        if steps[-1].then is not Then.LISTEN:
            break
        steps.append(step(steps[-1].place, answer(text), [PERSON]))
    return steps


def spoken(steps: Sequence[Step]) -> str:
    """All that was said to whoever is on the line."""
    return " ".join(" ".join(SCRIPT.words(s.say, s.place, KNOWN) or ()) for s in steps)


def outbound() -> Step:
    return opening(OURS, "human", automated=True)


@given(said, st.sampled_from(["human", "unknown", "", "machine_end_beep", "machine_start", "fax"]))
@settings(max_examples=150)
def test_whoever_does_not_prove_to_be_the_consumer_hears_nothing_of_a_debt(texts: list[str], by: str) -> None:
    steps = talk(opening(OURS, by, automated=True), texts)
    assert not any(s.place.verified for s in steps)
    assert not [word for word in TELLS if word in spoken(steps)]
    assert not any(s.found == "conversation" for s in steps)


@given(said)
@settings(max_examples=100)
def test_a_caller_who_proves_nothing_hears_nothing_of_a_debt(texts: list[str]) -> None:
    assert not [word for word in TELLS if word in spoken(talk(called(THEIRS), texts))]


@given(st.lists(st.sampled_from(("1", "2", "8", "", "hello?", "07041980", "3")), max_size=6), st.booleans())
@settings(max_examples=100)
def test_stop_ends_the_call_wherever_it_is_said(texts: list[str], ours: bool) -> None:
    steps = talk(outbound() if ours else called(THEIRS), texts)
    if steps[-1].then is not Then.LISTEN:
        return
    for words in ("stop calling me", "no me llamen más", "do not ever contact me again"):
        last = step(steps[-1].place, answer(words), [PERSON])
        assert last.then is Then.HANG_UP
        assert last.bars
        assert last.words == words


@given(said)
@settings(max_examples=100)
def test_no_talk_is_endless_silence_ends_it(texts: list[str]) -> None:
    steps = talk(outbound(), [*texts, "", "", "", "", "", "", "", ""])
    assert steps[-1].then is not Then.LISTEN


@given(st.text(max_size=200), st.sampled_from(list(Stage)), st.booleans(), st.text(max_size=20))
@settings(max_examples=150)
def test_nothing_that_can_be_said_or_pressed_breaks_the_talk(
    speech: str, stage: Stage, verified: bool, digits: str
) -> None:
    place = Place(stage, verified=verified, consumer=CONSUMER)
    for people in ([], [PERSON], [PERSON, Person(ConsumerId("con-2"))]):
        answered = Answer(digits, speech, frozenset(understand(speech).intents) if speech else frozenset())
        assert step(place, answered, people).place.turn == 1


def test_the_consumer_hears_the_disclosure_before_anything_else_of_the_debt() -> None:
    steps = talk(outbound(), ["1", "07041980", "1"])
    assert steps[2].say == ("disclosure", "menu")
    assert steps[2].found == "conversation"
    assert "this is an attempt to collect a debt" in spoken(steps[2:3]).lower()
    assert spoken(steps[3:]).startswith("Your balance with Harborview Bank")


@pytest.mark.parametrize(
    "words", ["July 4th 1980", "july 4 1980", "4 de julio de 1980", "07041980", "7 4 1980", "07/04/1980"]
)
def test_a_birth_date_is_known_however_it_is_said(words: str) -> None:
    assert talk(outbound(), ["1", words])[-1].place.verified


@pytest.mark.parametrize(
    "words", ["04071980", "July 1980", "July 4", "1980", "July 4 1981", "July 5 1980 or July 4 1980"]
)
def test_half_a_birth_date_or_another_proves_nothing(words: str) -> None:
    assert not talk(outbound(), ["1", words])[-1].place.verified


def test_of_several_at_a_number_the_one_is_meant_who_proves_it() -> None:
    other = Person(ConsumerId("con-2"), date(1990, 1, 2))
    asked = step(called(THEIRS).place, Answer(digits="1"), [PERSON, other])
    assert step(asked.place, Answer(digits="01021990"), [PERSON, other]).place.consumer == "con-2"
    twin = Person(ConsumerId("con-3"), PERSON.born_on)
    assert not step(asked.place, Answer(digits="07041980"), [PERSON, twin]).place.verified


def test_without_anything_to_prove_it_by_a_person_of_ours_finds_out() -> None:
    asked = step(outbound().place, Answer(digits="1"), [Person(CONSUMER)])
    assert asked.then is Then.DIAL
    assert not asked.place.verified


def test_a_machine_hears_a_message_after_its_beep_only_and_never_on_a_call_of_a_person() -> None:
    assert opening(OURS, "machine_end_beep", automated=True).say == ("voicemail",)
    for by, automated in (("machine_start", True), ("fax", True), ("machine_end_beep", False)):
        ended = opening(OURS, by, automated=automated)
        assert (ended.say, ended.then, ended.found) == ((), Then.HANG_UP, "voicemail")


def test_no_machine_speaks_on_a_call_of_a_person() -> None:
    first = opening(OURS, "human", automated=False)
    assert (first.say, first.then) == ((), Then.DIAL)
    assert step(first.place, Answer(talked=True), [PERSON]).found == "conversation"
    assert step(first.place, Answer(), [PERSON]).say == ()


def test_a_yes_is_no_consent() -> None:
    for place in (outbound().place, Place(Stage.MENU, verified=True, consumer=CONSUMER)):
        assert step(place, answer("yes"), [PERSON]).words == ""


def test_what_keys_ask_for_is_understood_as_if_it_had_been_said() -> None:
    asked = {
        ("4", Stage.MENU): ReplyIntent.DISPUTE,
        ("9", Stage.MENU): ReplyIntent.OPT_OUT,
        ("3", Stage.WHO): ReplyIntent.WRONG_PERSON,
    }
    for (key, stage), intent in asked.items():
        words = step(Place(stage, verified=stage is Stage.MENU), Answer(digits=key), [PERSON]).words
        assert understand(words).intent is intent


@pytest.mark.parametrize(
    ("stage", "digits", "speech", "choice"),
    [
        (Stage.WHO, "", "Sí, soy yo", Choice.YES),
        (Stage.WHO, "", "yes and no", Choice.NOT_HERE),
        (Stage.MENU, "", "I want to talk to a person", Choice.AGENT),
        (Stage.MENU, "", "pay my balance", None),
        (Stage.MENU, "6", "balance", None),
        (Stage.WHY, "", "balance", None),
        (Stage.WHO, "", "en español por favor", Choice.SPANISH),
    ],
)
def test_choices(stage: Stage, digits: str, speech: str, choice: Choice | None) -> None:
    assert chosen(stage, digits, speech) is choice


@pytest.mark.parametrize(
    ("words", "heard", "bars"),
    [
        ("Please stop calling me", True, True),
        ("Deje de llamarme", True, True),
        ("I have a lawyer", True, False),
        ("I dispute this debt", True, False),
        ("I can pay on Friday", False, False),
        ("What a nice day", False, False),
    ],
)
def test_of_a_talk_with_a_person_of_ours_only_what_must_be_obeyed_is_heard(words: str, heard: bool, bars: bool) -> None:
    found = overheard(Place(Stage.AGENT, consumer=CONSUMER), words, frozenset(understand(words).intents))
    assert (found is not None and found.words == words, found is not None and found.bars) == (heard, bars)
