"""What synthetic consumers write, in English and Spanish, by what they mean; hand-written, and nobody's words."""

from collections.abc import Mapping, Sequence

LANGUAGES = ("en", "es")

WORDS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "stop-keyword": {
        "en": ("STOP", "Stop", "stop", "UNSUBSCRIBE", "END", "Quit"),
        "es": ("STOP", "Stop", "ALTO", "Baja"),
    },
    "stop-plain": {
        "en": (
            "please quit texting me",
            "Do not text me again.",
            "take me off your list",
            "I don't want any more messages from you",
            "leave me alone",
            "Wrong number, please remove me",
        ),
        "es": (
            "ya no me escriban",
            "Por favor no me manden más mensajes",
            "Quítenme de su lista",
            "dejen de molestarme",
            "Número equivocado",
        ),
    },
    "help": {"en": ("HELP", "info"), "es": ("AYUDA",)},
    "question": {
        "en": (
            "Who is this?",
            "How much do I owe exactly?",
            "I get paid on Friday, can I split it?",
            "Is there a payment plan?",
            "I thought insurance covered this",
            "Can you send me a letter about it",
        ),
        "es": (
            "¿Quién es?",
            "¿Cuánto debo en total?",
            "Me pagan el viernes, ¿puedo pagar en partes?",
            "¿Hay un plan de pagos?",
            "¿Me pueden mandar una carta?",
        ),
    },
    "answer": {
        "en": ("ok thanks", "I will take care of it this week", "got it", "Paying today"),
        "es": ("ok gracias", "Lo voy a pagar esta semana", "enterado", "Pago hoy"),
    },
}


def words(meaning: str, language: str) -> Sequence[str]:
    """All ways in which somebody puts it who speaks this language; in English, if we have none in it."""
    return WORDS[meaning].get(language[:2], WORDS[meaning]["en"])
