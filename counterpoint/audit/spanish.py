"""What the gate says of its reasons, in Spanish: a template for each sentence that a kind of rule can make.

A sentence that nobody has translated stays English, and says so; a test goes through every reason that the rules can
give, so that none of those that come with the gate does.
"""

import re
from functools import lru_cache

_STOPS = {
    "that the consumer asked for contact to cease": "que el consumidor pidió que cesen los contactos",
    "that an attorney represents the consumer": "que un abogado representa al consumidor",
    "that a bankruptcy case was filed": "que se presentó una petición de quiebra",
    "that the consumer has died": "que el consumidor ha fallecido",
    "that the consumer is under age": "que el consumidor es menor de edad",
    "that contact at this place is inconvenient": "que el contacto en este lugar es inconveniente",
    "that the employer does not allow such contacts": "que el empleador no permite estos contactos",
    "that the address is somebody else's": "que la dirección es de otra persona",
    "that others use the address too": "que otros también usan la dirección",
    "something that bars contact": "algo que impide el contacto",
}
_PHRASES = _STOPS | {
    "this address": "esta dirección",
    "this medium, or every contact": "este medio, o todo contacto",
    "in every plausible time zone of the consumer": "en todas las zonas horarias posibles del consumidor",
    "every plausible time zone of the consumer": "todas las zonas horarias posibles del consumidor",
    "every time zone of the United States, since the consumer's own is not known": (
        "todas las zonas horarias de Estados Unidos, pues no se conoce la del consumidor"
    ),
    "on one date": "en una misma fecha",
    " about one debt": " sobre una misma deuda",
    " about one of the debts": " sobre una de las deudas",
}
_WHOLE = {
    "A confirmation may say nothing else.": "Una confirmación no puede decir nada más.",
    "A debt that the contact is about was not placed with us for this consumer.": (
        "Una deuda de la que trata el contacto no nos fue encomendada para este consumidor."
    ),
    "Consent is on record, and holds.": "Consta el consentimiento, y sigue vigente.",
    "It is no confirmation, or the one that is allowed.": "No es una confirmación, o es la única permitida.",
    "The consent on record is too old, and nothing has renewed it since.": (
        "El consentimiento que consta es demasiado antiguo, y nada lo ha renovado desde entonces."
    ),
    "No channel service carries contacts by this channel.": "Ningún servicio lleva contactos por este canal.",
    "No consent that counts is on record.": "No consta ningún consentimiento que valga.",
    "No debt of this contact needs a notice and a wait.": (
        "Ninguna deuda de este contacto exige un aviso previo y una espera."
    ),
    "No dispute of a debt of this contact is on record.": "No consta disputa de ninguna deuda de este contacto.",
    "No instant was found at which all rules would allow the contact.": (
        "No se halló ningún momento en que todas las reglas permitan el contacto."
    ),
    "No notice is overdue as far as is on record.": "Según consta, ningún aviso está pendiente fuera de plazo.",
    "No rule in force limits contacts by this channel, so none may be made.": (
        "Ninguna regla vigente regula los contactos por este canal, así que no se permite ninguno."
    ),
    "The address is not one that was placed with us for this consumer and channel.": (
        "La dirección no es de las que nos fueron encomendadas para este consumidor y canal."
    ),
    "The channel is not known.": "No se conoce el canal.",
    "Nobody knows where the consumer lives, so the rules of every state and city hold.": (
        "Nadie sabe dónde vive el consumidor, así que valen las reglas de todos los estados y ciudades."
    ),
    "The consumer called this time inconvenient.": "El consumidor dijo que esta hora es inconveniente.",
    "The consumer disputed the debt in the validation period, and has had no answer.": (
        "El consumidor disputó la deuda dentro del plazo de validación y no ha recibido respuesta."
    ),
    "The consumer disputes the debt in a way that does not stop collection; it must be shown as disputed.": (
        "El consumidor disputa la deuda de un modo que no detiene el cobro; debe constar como disputada."
    ),
    "The consumer named no time that would be inconvenient now.": (
        "El consumidor no señaló ninguna hora que ahora sea inconveniente."
    ),
    "The consumer wrote at this hour: one answer is allowed.": (
        "El consumidor escribió a esta hora: se permite una respuesta."
    ),
    "The consumer wrote at this time: one answer is allowed.": (
        "El consumidor escribió en este momento: se permite una respuesta."
    ),
    "The contact has lost its point: the time after which it must not be made has come.": (
        "El contacto ya no tiene objeto: ha llegado la hora tras la cual no debe hacerse."
    ),
    "The contact is addressed to a third party.": "El contacto va dirigido a un tercero.",
    "The contact is addressed to somebody who may be contacted.": (
        "El contacto va dirigido a alguien a quien se puede contactar."
    ),
    "The contact says nothing of itself against this.": "Nada de lo que dice el contacto se opone a ello.",
    "The notice that must come first is not on record.": "No consta el aviso que debe venir primero.",
    "The opt-out was confirmed before.": "La baja ya se confirmó antes.",
    "The time that the creditor's notice gives the consumer to opt out is not over.": (
        "No ha vencido el plazo que el aviso del acreedor da al consumidor para darse de baja."
    ),
    "There is no opt-out that this could confirm.": "No hay ninguna baja que esto pueda confirmar.",
    "This person was asked for the consumer's whereabouts before.": (
        "Ya se preguntó antes a esta persona por el paradero del consumidor."
    ),
    "This rule could not be evaluated on what is known of the consumer, so it refuses.": (
        "La regla no pudo evaluarse con lo que se sabe del consumidor, así que lo impide."
    ),
    "This rule is about contacts in other circumstances.": "Esta regla trata de contactos en otras circunstancias.",
    "This rule is not about contacts of this kind.": "Esta regla no trata de contactos de este tipo.",
    "What it is for, to whom it goes or a consent excuses it.": (
        "Lo excusa su propósito, su destinatario o un consentimiento."
    ),
}
_SPAN = r"(in \d+ days|on one date)"
_PATTERNS = tuple(
    (re.compile(pattern), template)
    for pattern, template in (
        (r"Nobody told us that it is not so (.+)\.", "Nadie nos dijo que no sea cierto {0}."),
        (r"Nobody told us (.+)\.", "Nadie nos dijo {0}."),
        (r"We were told (.+)\.", "Se nos dijo {0}."),
        (r"The consumer has not refused (.+)\.", "El consumidor no ha rechazado {0}."),
        (
            r"The consumer has refused (.+), and one answer is allowed: to what they wrote since, or to confirm\.",
            "El consumidor ha rechazado {0}, y se permite una respuesta: a lo que escribió después, o para confirmar.",
        ),
        (r"The consumer has refused (.+)\.", "El consumidor ha rechazado {0}."),
        (
            r"A conversation(.*) took place, and its date and the (\d+) after it are closed\.",
            "Hubo una conversación{0}; su fecha y las {1} siguientes están cerradas.",
        ),
        (r"No conversation(.*) on the last (\d+) dates\.", "Ninguna conversación{0} en las últimas {1} fechas."),
        (
            rf"Fewer than (\d+) counted contacts(.*) {_SPAN}\.",
            "Menos de {0} contactos contados{1} {2}.",
        ),
        (
            rf"(\d+) counted contacts(.*) {_SPAN}; (\d+) are the most\.",
            "{0} contactos contados{1} {2}; el máximo es {3}.",
        ),
        (
            r"In the coming days no hour is between (\S+) and (\S+) in every plausible time zone of the consumer\.",
            "En los próximos días ninguna hora está entre las {0} y las {1} en todas las zonas horarias posibles del "
            "consumidor.",
        ),
        (
            r"It is between (\S+) and (\S+) in every plausible time zone of the consumer\.",
            "Son entre las {0} y las {1} en todas las zonas horarias posibles del consumidor.",
        ),
        (
            r"It is (.+?)(?: and (\d+) more zones)?; it must be between (\S+) and (\S+) in (.+)\.",
            "Es la hora siguiente: {0}{1}; debe estar entre las {2} y las {3} en {4}.",
        ),
        (
            r"More than (\d+) minutes have passed since the opt-out\.",
            "Han pasado más de {0} minutos desde la baja.",
        ),
        (
            r"More than (\d+) days after the first communication the validation information is not on record\.",
            "Más de {0} días después de la primera comunicación no consta la información de validación.",
        ),
        (r"(\d+) days after the notice are not over\.", "No han pasado {0} días desde el aviso."),
        (r"What the contact says is not lawful: (.+)\.", "Lo que dice el contacto no es lícito («{0}»)."),
    )
)
_TIMES = re.compile(r"(\d\d:\d\d) in ")
_DAYS = re.compile(r"in (\d+) days")


@lru_cache(maxsize=4096)
def in_spanish(reason: str) -> str:
    """The reason in Spanish, or as it is and marked as English."""
    whole = _WHOLE.get(reason)
    if whole is not None:
        return whole
    for pattern, template in _PATTERNS:
        found = pattern.fullmatch(reason)
        if found is not None:
            return template.format(*map(_part, found.groups()))
    return f"{reason} (en inglés)"


def _part(text: str | None) -> str:
    """A piece of a sentence: a phrase that is known, a count of zones, times, or a name that needs no translation."""
    if text is None:
        return ""
    if text in _PHRASES:
        return _PHRASES[text]
    if found := _DAYS.fullmatch(text):
        return f"en {found[1]} días"
    return _TIMES.sub(r"\1 en ", text)
