"""Puts what is to be said into words: templates, filled for whoever is on the line."""

from collections.abc import Iterable, Mapping, Sequence

import structlog
from msgspec import Struct

from chassis.templates.compose import NotComposed, compose
from chassis.templates.model import Templates
from chassis.templates.ours import Ours
from contracts.disclosures import missing
from contracts.ids import ConsumerId
from services.voice.core.place import Place, Stage
from services.voice.records import Known

INDISPENSABLE = frozenset({"greeting", "welcome", "disclosure", "voicemail", "card-confirm"})
"""What must be said or the call is ended: whatever follows may only follow it."""
WHISPER = "whisper"
"""What our own person hears alone, who may know of the debt whoever is on the line."""
BEFORE = ("greeting", "disclosure")
"""What is said on every call before a debt is spoken of; together it must say all that the approval wants said."""
OF_ONE_DEBT = frozenset({"payment-card", "card-confirm"})
"""What speaks of the one payment that is offered, not of all that is owed."""
_OURS_FIRST = frozenset({"identify", "announce_recording"})

log = structlog.get_logger()


class Script(Struct, frozen=True):
    """The templates, and who we are."""

    templates: Templates
    ours: Ours
    agent_name: str

    def words(
        self, ids: Iterable[str], place: Place, person: Known | None, conditions: Sequence[str] = ()
    ) -> Sequence[str] | None:
        """What to say; None if something indispensable cannot be said. What else cannot be said is left out."""
        texts = []
        for template_id in ids:
            text = self._text(template_id, place, person, conditions)
            if text is not None:
                texts.append(text)
            elif template_id in INDISPENSABLE:
                return None
        return texts

    def unsaid(self, language: str, parameters: Mapping[str, str], conditions: Sequence[str]) -> str | None:
        """What an approval wants said and the words before the debt do not say, or why there are none."""
        name = parameters.get("full_name", "")
        person = Known(ConsumerId(""), name, name, language, None, (), (), {})
        texts = self.words(BEFORE, Place(Stage.WHO, language), person, conditions)
        if texts is None:
            return "not-composed"
        left = missing(" ".join(texts), conditions)
        return f"does-not-say-{left[0].replace('_', '-')}" if left else None

    def _text(self, template_id: str, place: Place, person: Known | None, conditions: Sequence[str]) -> str | None:
        values = self.ours.values(contact_id=place.contact, consumer_id=place.consumer)
        values |= {"agent_name": self.agent_name, "recognised": _recognised(place)}
        about = {} if person is None else {"first_name": person.first_name, "full_name": person.full_name}
        if person is not None and (place.verified or template_id == WHISPER):  # nothing of a debt is at hand before
            about |= person.account
            if template_id in OF_ONE_DEBT and person.due is not None:
                about |= person.due.words()
        composed = compose(
            self.templates,
            channel="voice",
            template_id=template_id,
            language=place.language,
            parameters=about,
            ours=values,
            conditions=_wanted(template_id, conditions),
        )
        if isinstance(composed, NotComposed):
            log.warning("words.not_composed", template=template_id, reason=composed.reason, value=composed.what)
            return None
        return composed.text


def _wanted(template_id: str, conditions: Sequence[str]) -> Sequence[str]:
    """Which of the conditions a template sees to: the first words say who calls, the disclosure all the rest."""
    if template_id == "greeting":
        return [c for c in conditions if c in _OURS_FIRST]
    return [c for c in conditions if c not in _OURS_FIRST] if template_id == "disclosure" else ()


def _recognised(place: Place) -> str:
    if place.language == "es":
        return "identidad comprobada" if place.verified else "identidad sin comprobar"
    return "identity checked" if place.verified else "identity not checked"
