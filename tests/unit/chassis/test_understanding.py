"""What is read from a consumer's words. A green run does not say how texts are read that nobody here wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.understanding.texts import Labelled, texts
from chassis.understanding.understand import GRAVITY, HELP, START, STOP, by_rules, language_of, understand
from chassis.understanding.words import plain
from contracts.events import ReplyIntent as Asks


@pytest.mark.parametrize("known", texts("labelled"), ids=lambda t: t.text)
def test_every_labelled_text_is_read_as_its_label_says(known: Labelled) -> None:
    assert frozenset(understand(known.text).intents) == known.intents


@pytest.mark.parametrize(
    "text",
    [
        "enough of your endless nagging",
        "kindly lay off my handset",
        "ya me cansé de tanto aviso suyo",
        "this ringing has to be over with, you hear",
    ],
)
def test_a_refusal_that_no_rule_knows_is_honoured_and_shown_to_a_person(text: str) -> None:
    assert Asks.OPT_OUT not in by_rules(text).intents
    read = understand(text)
    assert (read.intent, read.certain) == (Asks.OPT_OUT, False)


@pytest.mark.parametrize(
    "text", ["", "\N{THUMBS UP SIGN}", "ok", "how much do I owe?", "gracias", "friday works", "saldo", "brb"]
)
def test_what_asks_for_anything_else_is_no_stop(text: str) -> None:
    assert Asks.OPT_OUT not in understand(text).intents


@given(st.text(max_size=300))
def test_what_rules_read_as_a_stop_stays_one(text: str) -> None:
    ruled = by_rules(text)
    if Asks.OPT_OUT in ruled.intents:
        assert understand(text) == ruled


@given(st.text(max_size=300))
def test_any_text_asks_for_something_gravest_first(text: str) -> None:
    read = understand(text)
    assert read.intents == tuple(i for i in GRAVITY if i in read.intents)
    assert read.intents


@given(st.sampled_from(sorted(STOP)), st.sampled_from(["", "!", ".", " ", " \N{SLIGHTLY SMILING FACE}", "\n"]))
def test_a_carriers_word_alone_is_a_keyword_however_it_is_written(word: str, end: str) -> None:
    for written in (word, word.upper(), word.title()):
        read = understand(f" {written}{end}")
        assert (read.intent, read.source, read.certain) == (Asks.OPT_OUT, "keyword", True)


@pytest.mark.parametrize(("words", "asks"), [*((w, Asks.OPT_IN) for w in START), *((w, Asks.HELP) for w in HELP)])
def test_the_carriers_other_words(words: str, asks: Asks) -> None:
    assert understand(words).intents == (asks,)


@given(st.sampled_from(texts("labelled")), st.sampled_from(["please stop texting me", "STOP", "no me escriban más"]))
def test_a_stop_is_heard_whatever_else_is_said(known: Labelled, stop: str) -> None:
    assert understand(f"{known.text}. {stop}").intent is Asks.OPT_OUT


def test_a_wish_for_no_contact_at_all_is_an_opt_out_too() -> None:
    assert understand("Cease and desist").intents == (Asks.OPT_OUT, Asks.CEASE)


@pytest.mark.parametrize(
    "text",
    [
        "I will pay on Friday but this is not my debt",
        "the blue one goes with the other one",
        "I cannot pay and I have paid already",
        " ".join(["I wrote you a letter"] * 12),
    ],
)
def test_what_rules_are_not_sure_of_goes_to_a_person(text: str) -> None:
    assert not understand(text).certain


def test_words_that_tell_no_language_name_none() -> None:
    assert language_of(plain("Chapter 7")) is None
    assert understand("¿Cuánto debo?").language == "es"
    assert understand("How much do I owe?").language == "en"
