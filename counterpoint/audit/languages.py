"""The words of explanations, in English and in Spanish; what the gate says of its reasons is in spanish.py."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from counterpoint.audit.spanish import in_spanish

ENGLISH_WORDS = {
    "contact": "Contact",
    "consumer": "consumer",
    "channel": "channel",
    "purpose": "purpose",
    "debts": "debts",
    "decision": "decision",
    "decided": "decided",
    "approved": "APPROVED",
    "deferred": "DEFERRED",
    "vetoed": "VETOED",
    "approved until": "until {}",
    "deferred until": "until {}",
    "to": "{} to {}",
    "zones": "times",
    "of zone": "are of {}",
    "of several": "are of {}; the consumer may also be in {}",
    "of unknown": "are of {}; where the consumer is is not known, so every zone of the United States counts",
    "why": "Why",
    "none refuses": "None of the {} rules that were asked refuses.",
    "held later": "until then these would also have refused at some time: {}",
    "rules": "Every rule that was asked ({})",
    "VETOED": "refused",
    "DEFERRED": "refused for now",
    "ALLOWED": "allowed",
    "NOT_APPLICABLE": "not applicable",
    "NOT_EVALUATED": "not evaluated",
    "UNKNOWN": "unknown",
    "counted": "counted: {}, {}",
    "earliest": "allows it from {} on",
    "condition": "the channel must {}",
    "next": "What could be sent next, outreach about the same debts, as of {}",
    "now": "now",
    "now until": "now, until {}",
    "later": "from {} on ({})",
    "never": "not as things stand ({}: {})",
    "no-address": "no address of this kind is known",
    "no-service": "no service carries contacts by this channel",
    "record": "Record",
    "verdict": "verdict",
    "on request": "{}, on the request at {}",
    "rule pack": "rule pack",
    "tzdata": "time zone data",
    "had read": "had read",
    "read": "{} before offset {}",
    "again": "decided again",
    "same": "from the log, by the gate's own code: the same, byte for byte",
    "differs": "from the log, by the gate's own code: it DIFFERS from what stands there; see counterpoint replay",
    "cannot": "not possible here: {}",
    "budget": "Consumer",
    "as of": "as of",
    "may be sent": "What may be sent, outreach about any debt unless one is named",
    "caps": "Caps, and what has used them",
    "about": "about {}",
    "used": "{} of {} used",
    "frees": "free again from {}",
    "SMS": "text",
    "EMAIL": "e-mail",
    "VOICE": "call",
    "LETTER": "letter",
    "PORTAL": "portal message",
    "CHAT": "chat message",
    "PUSH": "notification",
}
SPANISH_WORDS = {
    "contact": "Contacto",
    "consumer": "consumidor",
    "channel": "canal",
    "purpose": "propósito",
    "debts": "deudas",
    "decision": "decisión",
    "decided": "decidido",
    "approved": "APROBADO",
    "deferred": "APLAZADO",
    "vetoed": "DENEGADO",
    "approved until": "hasta el {}",
    "deferred until": "hasta el {}",
    "to": "{} a {}",
    "zones": "horario",
    "of zone": "el de {}",
    "of several": "el de {}; el consumidor también puede estar en {}",
    "of unknown": "el de {}; no se sabe dónde está el consumidor, por lo que rigen todas las zonas de Estados Unidos",
    "why": "Motivo",
    "none refuses": "Ninguna de las {} reglas consultadas lo impide.",
    "held later": "hasta entonces, en algún momento también lo habrían impedido: {}",
    "rules": "Todas las reglas consultadas ({})",
    "VETOED": "lo impide",
    "DEFERRED": "lo impide por ahora",
    "ALLOWED": "lo permite",
    "NOT_APPLICABLE": "no es aplicable",
    "NOT_EVALUATED": "no evaluada",
    "UNKNOWN": "desconocido",
    "counted": "computado: {}, {}",
    "earliest": "lo permite a partir del {}",
    "condition": "el canal debe {}",
    "next": "Qué se podría enviar a continuación como gestión de cobro de las mismas deudas, a fecha de {}",
    "now": "ahora",
    "now until": "ahora, hasta el {}",
    "later": "a partir del {} ({})",
    "never": "no, en las circunstancias actuales ({}: {})",
    "no-address": "no se conoce ninguna dirección de este tipo",
    "no-service": "ningún servicio se encarga de los contactos por este canal",
    "record": "Constancia",
    "verdict": "veredicto",
    "on request": "{}, sobre la solicitud que está en {}",
    "rule pack": "conjunto de reglas",
    "tzdata": "husos horarios",
    "had read": "se había leído",
    "read": "{} antes de la posición {}",
    "again": "decidido de nuevo",
    "same": "a partir del registro y con el mismo código: idéntico, byte por byte",
    "differs": "a partir del registro y con el mismo código: DIFIERE de lo que consta; véase counterpoint replay",
    "cannot": "no es posible aquí: {}",
    "budget": "Consumidor",
    "as of": "a fecha de",
    "may be sent": "Qué se puede enviar como gestión de cobro, de cualquier deuda si no se indica una",
    "caps": "Límites, y contactos que ya cuentan para ellos",
    "about": "sobre {}",
    "used": "{} de {} utilizados",
    "frees": "deja de contar a partir del {}",
    "SMS": "mensaje de texto",
    "EMAIL": "correo electrónico",
    "VOICE": "llamada",
    "LETTER": "carta",
    "PORTAL": "mensaje del portal",
    "CHAT": "mensaje de chat",
    "PUSH": "aviso en el navegador",
}
PURPOSES = {
    "UNKNOWN": "desconocido",
    "OUTREACH": "gestión de cobro",
    "REQUIRED_NOTICE": "aviso obligatorio",
    "OPT_OUT_CONFIRMATION": "confirmación de baja",
    "REPLY": "respuesta",
    "CALLBACK": "llamada pedida por el consumidor",
    "PAYMENT_CONFIRMATION": "confirmación de pago",
    "VALIDATION_NOTICE": "aviso de validación",
    "DISPUTE_RESPONSE": "respuesta a una disputa",
    "CONSENT_REQUEST": "solicitud de consentimiento",
    "EFFORTS_END": "aviso de que cesan las gestiones",
    "REMEDY_POSSIBLE": "aviso de un recurso posible",
    "REMEDY_INTENDED": "aviso de un recurso previsto",
    "LOCATION": "averiguación de paradero",
}
CONDITIONS = {
    "announce_recording": ("announce that the call is recorded", "anunciar que la llamada se graba"),
    "disclose_debt_collector": (
        "say that it comes from a debt collector",
        "indicar que la comunicación procede de un cobrador de deudas",
    ),
    "disclose_initial": (
        "say that it is an attempt to collect a debt, and that what is learned will be used for that",
        "indicar que se trata de cobrar una deuda y que la información obtenida se utilizará con ese fin",
    ),
    "identify": ("say who is contacting the consumer", "identificar a quien se comunica con el consumidor"),
    "license_number": ("give the license number", "indicar el número de licencia"),
    "mark_disputed": ("show the debt as disputed", "hacer constar que la deuda está disputada"),
    "optout_notice": ("say how to opt out", "indicar cómo darse de baja"),
    "time_barred_disclosure": ("say that the debt is time-barred", "indicar que la deuda ha prescrito"),
}
"""What a channel must see to, by the rules' name for it: in English and in Spanish."""
DAYS = ("lun", "mar", "mié", "jue", "vie", "sáb", "dom")


class Language(NamedTuple):
    """How to say things."""

    words: dict[str, str]
    purpose: Callable[[str], str]
    reason: Callable[[str], str]
    day: Callable[[datetime], str]
    condition: Callable[[str], str]

    def say(self, name: str, *parts: object) -> str:
        """A phrase, with its parts put in."""
        return self.words[name].format(*parts)

    def time(self, instant: datetime, zone: tzinfo) -> str:
        """An instant for a reader: day, time to the second, and the zone's own name for itself."""
        local = instant.astimezone(zone)
        return f"{self.day(local)} {local:%Y-%m-%d %H:%M:%S %Z}"


ENGLISH = Language(
    ENGLISH_WORDS,
    lambda purpose: purpose.replace("_", " ").lower(),
    lambda reason: reason,
    lambda local: f"{local:%a}",
    lambda condition: CONDITIONS[condition][0] if condition in CONDITIONS else f"see to {condition}",
)
SPANISH = Language(
    SPANISH_WORDS,
    lambda purpose: PURPOSES.get(purpose, purpose),
    in_spanish,
    lambda local: DAYS[local.weekday()],
    lambda condition: CONDITIONS[condition][1] if condition in CONDITIONS else f"encargarse de {condition}",
)
LANGUAGES = {"en": ENGLISH, "es": SPANISH}


def zone_of(names: tuple[str, ...]) -> ZoneInfo:
    """The zone in which times are told: the first of those in which the consumer may be."""
    return ZoneInfo(names[0] if names else "UTC")
