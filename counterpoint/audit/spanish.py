"""What the gate says of its reasons, in Spanish: a template for each sentence that a kind of rule can make.

A sentence that nobody has translated stays English, and says so; a test goes through every reason that the rules can
give, so that none of those that come with the gate does.
"""

import re
from functools import lru_cache

_TOLD = {
    "that the consumer asked for contact to cease": "que el consumidor pidió el cese de los contactos",
    "that an attorney represents the consumer": "que un abogado representa al consumidor",
    "that a bankruptcy case was filed": "que se presentó una petición de bancarrota",
    "that the consumer has died": "que el consumidor falleció",
    "that the consumer is under age": "que el consumidor es menor de edad",
    "that contact at this place is inconvenient": "que el contacto en este lugar resulta inconveniente",
    "that the employer does not allow such contacts": "que el empleador no permite estos contactos",
    "that the address is somebody else's": "que la dirección pertenece a otra persona",
    "that others use the address too": "que otras personas también usan la dirección",
    "that the creditor has recalled the debt": "que el acreedor retiró la deuda",
    "that the number's line takes no such contact": "que la línea del número no admite este tipo de contacto",
    "something that bars contact": "algo que impide el contacto",
}
_NOT_TOLD = {
    "that the consumer asked for contact to cease": "que el consumidor haya pedido el cese de los contactos",
    "that an attorney represents the consumer": "que un abogado represente al consumidor",
    "that a bankruptcy case was filed": "que se haya presentado una petición de bancarrota",
    "that the consumer has died": "que el consumidor haya fallecido",
    "that the consumer is under age": "que el consumidor sea menor de edad",
    "that contact at this place is inconvenient": "que el contacto en este lugar resulte inconveniente",
    "that the employer does not allow such contacts": "que el empleador no permita estos contactos",
    "that the address is somebody else's": "que la dirección pertenezca a otra persona",
    "that others use the address too": "que otras personas también usen la dirección",
    "that the creditor has recalled the debt": "que el acreedor haya retirado la deuda",
    "that the number's line takes no such contact": "que la línea del número no admita este tipo de contacto",
    "something that bars contact": "nada que impida el contacto",
}
"""The same where it is denied, which asks for the subjunctive."""
_PHRASES = {
    "this address": "esta dirección",
    "this medium, or every contact": "este medio, o de todo contacto",
    "in every plausible time zone of the consumer": "en todas las zonas horarias posibles del consumidor",
    "every plausible time zone of the consumer": "todas las zonas horarias posibles del consumidor",
    "every time zone of the United States, since the consumer's own is not known": (
        "todas las zonas horarias de Estados Unidos, por no conocerse la del consumidor"
    ),
    "on the same date": "en la misma fecha",
    " about one debt": " sobre una misma deuda",
    " about one of the debts": " sobre una de las deudas",
}
_WHOLE = {
    "A confirmation may say nothing else.": "Una confirmación no puede decir nada más.",
    "A debt that the contact is about was not placed with us for this consumer.": (
        "Una de las deudas objeto del contacto no nos fue encomendada respecto de este consumidor."
    ),
    "Consent is on record, and holds.": "Consta el consentimiento, y sigue vigente.",
    "It is no confirmation, or the one that is allowed.": "No es una confirmación, o es la única permitida.",
    "The consent on record is too old, and nothing has renewed it since.": (
        "El consentimiento que consta es demasiado antiguo y no se ha renovado desde entonces."
    ),
    "No channel service carries contacts by this channel.": (
        "Ningún servicio se encarga de los contactos por este canal."
    ),
    "No consent that counts is on record.": "No consta ningún consentimiento válido.",
    "No debt of this contact needs a notice and a wait.": (
        "Ninguna de las deudas de este contacto exige un aviso previo y un plazo de espera."
    ),
    "No dispute of a debt of this contact is on record.": (
        "No consta ninguna disputa sobre las deudas de este contacto."
    ),
    "No instant was found at which all rules would allow the contact.": (
        "No se halló ningún momento en que todas las reglas permitan el contacto."
    ),
    "No notice is overdue as far as is on record.": "Según consta, ningún aviso ha quedado fuera de plazo.",
    "No rule in force limits contacts by this channel, so none may be made.": (
        "Ninguna regla vigente regula los contactos por este canal, por lo que no se permite ninguno."
    ),
    "The address is not one that was placed with us for this consumer and channel.": (
        "La dirección no figura entre las que nos fueron encomendadas para este consumidor y este canal."
    ),
    "The channel is not known.": "No se conoce el canal.",
    "Nobody knows where the consumer lives, so the rules of every state and city hold.": (
        "No se sabe dónde vive el consumidor, por lo que rigen las reglas de todos los estados y ciudades."
    ),
    "The consumer called this time inconvenient.": "El consumidor indicó que este horario le resulta inconveniente.",
    "The consumer disputed the debt in the validation period, and has had no answer.": (
        "El consumidor disputó la deuda dentro del período de validación y no ha recibido respuesta."
    ),
    "The consumer disputes the debt in a way that does not stop collection; it must be shown as disputed.": (
        "El consumidor disputa la deuda de un modo que no suspende el cobro; debe constar como disputada."
    ),
    "The consumer named no time that would be inconvenient now.": (
        "El consumidor no ha indicado ningún horario inconveniente que abarque este momento."
    ),
    "The consumer wrote at this hour: one answer is allowed.": (
        "El consumidor escribió a esta hora: se permite una respuesta."
    ),
    "The consumer wrote at this time: one answer is allowed.": (
        "El consumidor escribió en este horario: se permite una respuesta."
    ),
    "The contact has lost its point: the time after which it must not be made has come.": (
        "El contacto ya no tiene objeto: ha vencido el plazo para hacerlo."
    ),
    "The contact is addressed to a third party.": "El contacto va dirigido a un tercero.",
    "The contact is addressed to somebody who may be contacted.": (
        "El contacto va dirigido a una persona con la que está permitido comunicarse."
    ),
    "The contact says nothing of itself against this.": "Nada de lo que consta del contenido infringe esta regla.",
    "The notice that must come first is not on record.": "No consta el aviso previo obligatorio.",
    "The opt-out was confirmed before.": "La baja ya se había confirmado.",
    "The time that the creditor's notice gives the consumer to opt out is not over.": (
        "No ha vencido el plazo que el aviso del acreedor concede al consumidor para darse de baja."
    ),
    "There is no opt-out that this could confirm.": "No consta ninguna baja que se pueda confirmar.",
    "This person was asked for the consumer's whereabouts before.": (
        "Ya se preguntó antes a esta persona por el paradero del consumidor."
    ),
    "This rule could not be evaluated on what is known of the consumer, so it refuses.": (
        "Con lo que se sabe del consumidor la regla no pudo evaluarse, por lo que impide el contacto."
    ),
    "This rule is about contacts in other circumstances.": "Esta regla se refiere a contactos en otras circunstancias.",
    "This rule is not about contacts of this kind.": "Esta regla no se refiere a contactos de este tipo.",
    "What it is for, to whom it goes or a consent excuses it.": (
        "Queda exceptuado por su propósito, por su destinatario o por un consentimiento."
    ),
}
_SPAN = r"(in \d+ days|on the same date)"
_PATTERNS = tuple(
    (re.compile(pattern), template)
    for pattern, template in (
        (
            r"The consumer has not refused this medium, or every contact\.",
            "El consumidor no se ha dado de baja de este medio ni de todo contacto.",
        ),
        (r"The consumer has not refused (.+)\.", "El consumidor no se ha dado de baja de {0}."),
        (
            r"The consumer has refused (.+), and one answer is allowed: to what they wrote since, or to confirm\.",
            "El consumidor se ha dado de baja de {0}, y se permite una respuesta: a lo que escribió después, o para "
            "confirmar la baja.",
        ),
        (r"The consumer has refused (.+)\.", "El consumidor se ha dado de baja de {0}."),
        (
            r"A conversation(.*) took place, and its date and the (\d+) after it are closed\.",
            "Hubo una conversación{0}: en su fecha y en las {1} siguientes no se permite otro contacto.",
        ),
        (
            r"No conversation(.*) on the last (\d+) dates\.",
            "No hubo ninguna conversación{0} en las últimas {1} fechas.",
        ),
        (rf"No counted contact(.*) {_SPAN}\.", "Ningún contacto computado{0} {1}."),
        (rf"Fewer than (\d+) counted contacts(.*) {_SPAN}\.", "Menos de {0} contactos computados{1} {2}."),
        (
            rf"1 counted contact(.*) {_SPAN}; at most 1 is allowed\.",
            "1 contacto computado{0} {1}; se permite 1 como máximo.",
        ),
        (
            rf"(\d+) counted contacts(.*) {_SPAN}; at most 1 is allowed\.",
            "{0} contactos computados{1} {2}; se permite 1 como máximo.",
        ),
        (
            rf"(\d+) counted contacts(.*) {_SPAN}; at most (\d+) are allowed\.",
            "{0} contactos computados{1} {2}; se permiten {3} como máximo.",
        ),
        (
            r"In the coming days no hour is between (\S+) and (\S+) in every plausible time zone of the consumer\.",
            "En los próximos días no hay ninguna hora que esté entre las {0} y las {1} en todas las zonas horarias "
            "posibles del consumidor.",
        ),
        (
            r"It is between (\S+) and (\S+) in every plausible time zone of the consumer\.",
            "La hora está entre las {0} y las {1} en todas las zonas horarias posibles del consumidor.",
        ),
        (
            r"It is (.+?)( and \d+ more zones)?; it must be between (\S+) and (\S+) in (.+)\.",
            "Hora local: {0}{1}; debe estar entre las {2} y las {3} en {4}.",
        ),
        (
            r"More than (\d+) minutes have passed since the opt-out\.",
            "Han transcurrido más de {0} minutos desde la baja.",
        ),
        (
            r"More than (\d+) days after the first communication the validation information is not on record\.",
            "Transcurridos más de {0} días desde la primera comunicación, no consta la información de validación.",
        ),
        (r"(\d+) days after the notice are not over\.", "Aún no han transcurrido {0} días desde el aviso."),
        (r"What the contact says is not lawful: (.+)\.", "El contenido del contacto no es lícito («{0}»)."),
    )
)
_WHAT_IS_SAID = tuple(
    (re.compile(pattern), template, phrases)
    for pattern, template, phrases in (
        (r"Nobody told us (.+)\.", "No se nos ha comunicado {}.", _NOT_TOLD),
        (r"It has not been ruled out (.+)\.", "No se ha descartado {}.", _NOT_TOLD),
        (r"We were told (.+)\.", "Se nos ha comunicado {}.", _TOLD),
    )
)
_TIMES = re.compile(r"(\d\d:\d\d) in ")
_MORE = re.compile(r" and (\d+) more zones")
_DAYS = re.compile(r"in (\d+) days")


@lru_cache(maxsize=4096)
def in_spanish(reason: str) -> str:
    """The reason in Spanish, or as it is and marked as English."""
    whole = _WHOLE.get(reason)
    if whole is not None:
        return whole
    for pattern, template, phrases in _WHAT_IS_SAID:
        found = pattern.fullmatch(reason)
        if found is not None and found[1] in phrases:
            return template.format(phrases[found[1]])
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
    if found := _MORE.fullmatch(text):
        return f" y {found[1]} zonas más"
    return _TIMES.sub(r"\1 en ", text)
