"""Ways of saying stop that must be understood, and messages that must not be taken for it.

A green run does not prove that every way is understood: whoever finds another adds it here first.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.channel.core.said import SILENCING
from chassis.understanding.understand import understand
from contracts.events import ReplyIntent

ENGLISH = [
    "STOP",
    "stop",
    "Stop.",
    "STOP!!!",
    "stopall",
    "Unsubscribe",
    "CANCEL",
    "End",
    "quit",
    "revoke",
    "opt out",
    "OPT-OUT",
    "optout",
    "Stop please",
    "please stop",
    "Pls stop texting me",
    "stop texting",
    "st0p",
    "S T O P",
    "STOPP",
    "sttop",
    "pls dont txt me anymore",
    "don't text me",
    "Don’t text me again",
    "do not contact me",
    "Do not message this number again",
    "dont call or text me",
    "never text me again",
    "no more texts",
    "No more messages please",
    "no more sms",
    "I don't want any more texts",
    "I do not want to receive these messages",
    "I dont wish to be contacted",
    "take me off your list",
    "remove me",
    "Remove my number",
    "please delete my number from your system",
    "remove this number",
    "take my phone off",
    "leave me alone",
    "Leave us the hell alone",
    "lose my number",
    "go away",
    "get lost",
    "fuck off",
    "F off",
    "wrong number",
    "Wrong person sorry",
    "this is not my number",
    "you have the wrong number",
    "cease and desist",
    "cease all communication",
    "I revoke my consent",
    "I withdraw consent to be texted",
    "unsubscribe me please",
    "unsub",
    "I want to opt out of these texts",
    "opt me out",
    "please quit texting",
    "quit messaging me",
    "stop contacting me at this number",
    "I said stop",
    "can you stop",
    "Would you please stop sending me messages",
    "no longer want texts from you",
    "enough already",
    "stop harassing me",
    "quit bothering me",
    "cancel these texts",
    "end texts",
    "cancel all messages",
    "I did not agree to get texts",
    "didnt ask for these texts",
    "no further contact",
    "kindly refrain? stop msgs",
    "Stop it",
    "Stop now",
    "STOP STOP STOP",
    "stop 🛑",
    "not want these texts anymore",
]
SPANISH = [
    "alto",
    "ALTO",
    "parar",
    "pare",
    "Pare por favor",
    "cancelar",
    "basta",
    "basta ya",
    "baja",
    "dar de baja",
    "quiero darme de baja",
    "no me manden mensajes",
    "No me mande más mensajes",
    "no me escriban",
    "no me escriba más",
    "no me contacten",
    "no me llamen",
    "no me textee",
    "No me molesten",
    "deje de escribirme",
    "dejen de mandar mensajes",
    "deja de molestar",
    "dejen de molestarme",
    "déjeme en paz",
    "dejenme tranquilo",
    "ya no quiero mensajes",
    "ya no me escriban",
    "no quiero recibir mensajes",
    "no quiero más textos",
    "no más mensajes",
    "quítenme de la lista",
    "quiteme de su lista",
    "borren mi número",
    "elimine mi numero",
    "eliminenme",
    "número equivocado",
    "se equivocó, numero equivocado",
    "no es mi número",
    "detenganse",
    "Detener",
    "no deseo recibir textos",
    "no quiero que me contacten",
    "no envíen más mensajes",
    "no vuelvan a escribirme",
    "saquenme de esa lista",
    "revoco mi consentimiento",
    "salir",
    "no sigan mandando mensajes",
]
OTHER = [
    "How much do I owe?",
    "I already paid this",
    "Call me tomorrow",
    "I will stop by your office",
    "Can I pay in two payments?",
    "Who is this?",
    "I lost my job",
    "ok",
    "thanks",
    "I dispute this debt",
    "Send me proof",
    "please email me the details",
    "I put a stop payment on the check",
    "When is the deadline",
    "I can't stop thinking about this",
    "Yes I can pay Friday",
    "no",
    "I get paid at the end of the month",
    "what happens in the end?",
    "Is there an app I can use to pay",
    "I want to pay",
    "I need help",
    "text me the link",
    "call me",
    "Can you text me later",
    "Please contact my wife",
    "sure",
    "My number is changing",
    "send info to my address",
    "get me a lower balance",
    "can you take me through the options",
    "Take me to the payment page",
    "I was in the hospital until the end of June",
    "remove the late fee please",
    "I didn't get your letter",
    "don't worry I will pay",
    "I do not have the money now",
    "I never got a bill",
    "I will cancel my vacation to pay",
    "¿Cuánto debo?",
    "ya pagué",
    "¿quién es?",
    "hola",
    "Quiero pagar",
    "¿Puedo pagar en partes?",
    "llámeme mañana",
    "no tengo dinero",
    "gracias",
    "¿para qué es este mensaje?",
    "pago el fin de mes",
    "Mándeme el enlace",
    "no entiendo",
    "No puedo pagar ahora",
    "¿Para cuándo es?",
    "no sé de qué me habla",
]


@pytest.mark.parametrize("text", [*ENGLISH, *SPANISH])
def test_stop_is_understood(text: str) -> None:
    assert SILENCING & set(understand(text).intents)


@pytest.mark.parametrize("text", OTHER)
def test_what_is_no_stop_is_not_taken_for_one(text: str) -> None:
    assert not SILENCING & set(understand(text).intents)


@pytest.mark.parametrize("word", ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"])
@pytest.mark.parametrize("written", ["{}", " {}\n", "{}.", "{}!!!", "“{}”", "\u200b{}"])
def test_twilios_words_are_keywords_however_they_are_written(word: str, written: str) -> None:
    for text in (written.format(word), written.format(word.lower()), written.format(word.title())):
        assert (understand(text).intent, understand(text).source) == (ReplyIntent.OPT_OUT, "keyword")


@pytest.mark.parametrize("word", ["stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"])
def test_the_words_that_the_rule_names_are_keywords(word: str) -> None:
    """47 CFR 64.1200(a)(10): these are revocations per se."""
    assert (understand(word).intent, understand(word).source) == (ReplyIntent.OPT_OUT, "keyword")


def test_words_of_their_own_are_told_apart_from_keywords() -> None:
    assert understand("please leave me alone").source == "free-text"


@pytest.mark.parametrize("word", ["START", "Yes", "unstop", "Start."])
def test_twilios_opt_in_words(word: str) -> None:
    assert understand(word).intent is ReplyIntent.OPT_IN


@pytest.mark.parametrize("word", ["HELP", "info", "Ayuda"])
def test_help(word: str) -> None:
    assert understand(word).intent is ReplyIntent.HELP


def test_an_opt_in_is_only_the_word_alone() -> None:
    assert understand("yes I will pay").intent is ReplyIntent.PROMISE
    assert understand("start sending me less, stop calling").intent is ReplyIntent.OPT_OUT


@given(before=st.text(max_size=40), after=st.text(max_size=40))
def test_unsubscribe_is_found_in_any_surroundings(before: str, after: str) -> None:
    assert understand(f"{before} unsubscribe {after}").intent is ReplyIntent.OPT_OUT


@given(text=st.text(max_size=3000))
def test_every_message_has_an_intent(text: str) -> None:
    assert understand(text).intent is not ReplyIntent.UNKNOWN


@pytest.mark.parametrize(
    "hostile", ["no me " * 400, "do not " * 300, "not want " * 250, "no more " * 250, "s t o " * 400]
)
def test_hostile_repetitions_are_read_too(hostile: str) -> None:
    assert understand(hostile).intents
