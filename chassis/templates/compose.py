"""Fills a template for one contact; what cannot be filled safely, or does not say what it must, is refused, never sent
in part."""

import re
from collections.abc import Iterable, Mapping

from markupsafe import Markup
from msgspec import Struct

from chassis.templates.model import NOTICES, Template, Templates
from chassis.templates.plain import plain
from chassis.templates.sandbox import Compiled
from chassis.templates.values import clean, fit
from contracts.disclosures import missing

MOST_IN_SUBJECT = 250
"""Characters; a mail server may cut what is longer."""

SAID_OF_LIMITED = frozenset({"identify", "optout_notice"})
"""All that a limited-content voicemail or a notification is held to, of which a debt is no part.

12 CFR 1006.2(j) lists what such a voicemail may hold; 1006.6(e) wants a way to opt out in everything electronic.
"""

_BLANK = re.compile(r"\s+")


class Composed(Struct, frozen=True):
    """A contact's words, ready to go out: `text` always, a subject, HTML and names of pictures where there are."""

    template_id: str
    language: str
    text: str
    subject: str = ""
    html: str = ""
    media: tuple[str, ...] = ()


class NotComposed(Struct, frozen=True):
    """Why there are no words, in a word that fits a label; `what` names the value, for whoever mends the template."""

    reason: str
    what: str = ""


class _Unfit(Exception):
    def __init__(self, reason: str, what: str) -> None:
        super().__init__(reason)
        self.refusal = NotComposed(reason, what)


def find(templates: Templates, channel: str, template_id: str, language: str) -> Template | None:
    """The template in a consumer's language, or in English where there is none in theirs."""
    every = templates.every
    return every.get((channel, template_id, language[:2].lower())) or every.get((channel, template_id, "en"))


def compose(
    templates: Templates,
    *,
    channel: str,
    template_id: str,
    language: str,
    parameters: Mapping[str, str],
    ours: Mapping[str, str],
    conditions: Iterable[str] = (),
) -> Composed | NotComposed:
    """Fill a template, and make sure that it says all that the approval wants said.

    What the channel gives (`ours`) outweighs parameters, and a value that is for the channel to give is never taken
    from them: names come from clients' files, and a text of ours must not carry what somebody put there. A value that
    is missing, empty, too long, or not of its type is refused. Values are never searched for placeholders.
    """
    template = find(templates, channel, template_id, language)
    if template is None:
        return NotComposed("no-such-template", template_id)
    medium = templates.media[channel]
    limited = template.limited or medium.open_to_all
    wanted = tuple(c for c in conditions if c in SAID_OF_LIMITED or not limited)
    try:
        given = Given(templates, template, parameters, ours)
        composed = _filled(templates, template, given, given.notices(wanted))
    except _Unfit as unfit:
        return unfit.refusal
    if len(composed.text) > medium.characters or len(composed.subject) > MOST_IN_SUBJECT:
        return NotComposed("text-too-long", template_id)
    if unsaid := missing(composed.text, wanted):
        return NotComposed(f"does-not-say-{unsaid[0].replace('_', '-')}", unsaid[0])
    return composed


class Given:
    """The values for one template, each looked at before it is used."""

    def __init__(
        self, templates: Templates, template: Template, parameters: Mapping[str, str], ours: Mapping[str, str]
    ) -> None:
        self._templates = templates
        self._template = template
        self._parameters = parameters
        self._ours = ours

    def value(self, name: str, *, needed: bool) -> str:
        """A value as it will be read; empty if it need not be there and is not. Raises _Unfit."""
        kind = self._templates.values[name]
        said = self._ours.get(name, "")
        if not said and kind.given_by != "channel":
            said = self._parameters.get(name, "")
        said = clean(said)
        if not said:
            if needed and kind.given_by == "channel":
                raise _Unfit(f"{name.replace('_', '-')}-not-set", name)
            if needed:
                raise _Unfit("parameter-missing", name)
            return ""
        value = fit(kind.type, said, self._template.language)
        if value is None:
            raise _Unfit("parameter-not-fit-to-send", name)
        return value

    def all(self) -> dict[str, str]:
        """Every value that the template may use."""
        wording = self._template.wording
        needed = {name: self.value(name, needed=True) for name in wording.needs}
        return needed | {name: self.value(name, needed=False) for name in wording.takes}

    def notices(self, wanted: Iterable[str]) -> str:
        """What is wanted said, and the template does not say of itself."""
        said = []
        for condition in wanted:
            notice = self._templates.notices.get((condition, self._template.language))
            if notice is not None and condition not in self._template.wording.discloses:
                values = {name: self.value(name, needed=True) for name in notice.words.names}
                said.append(notice.words.template.render(values))
        return " ".join(said)


def _filled(templates: Templates, template: Template, given: Given, notices: str) -> Composed:
    channel = template.wording.channel
    values = given.all() | {NOTICES: notices}
    subject = _line(template.subject, values) if template.subject is not None else ""
    if templates.media[channel].suffix != "html":
        words = _line(template.body, values)
        return Composed(template.wording.id, template.language, words, subject, media=template.media)
    html = template.body.template.render(values)
    layout = templates.layouts.get(channel)
    if layout is not None:
        around = {name: given.value(name, needed=True) for name in layout.names - FROM_TEMPLATE}
        around |= {"language": template.language, "subject": subject}
        html = layout.template.render(around, body=Markup(html))  # noqa: S704  the sandbox has escaped every value
    return Composed(template.wording.id, template.language, plain(html), subject, html)


FROM_TEMPLATE = frozenset({"body", "language", "subject"})
"""Names in a layout that are filled from the template in it."""


def _line(words: Compiled, values: Mapping[str, str]) -> str:
    """Words in one line."""
    return _BLANK.sub(" ", words.template.render(values)).strip()
