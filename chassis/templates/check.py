"""What would be wrong with a contact, found before there is one: every template is filled with examples and read."""

import re
from collections.abc import Callable, Iterator

from chassis.templates.claims import CLAIMS, DEBT, SUBJECT
from chassis.templates.compose import Composed, NotComposed, compose
from chassis.templates.markup import holes
from chassis.templates.model import NOTICES, Medium, Template, Templates
from chassis.templates.values import KINDS
from contracts.disclosures import SHOWN_BY, missing
from contracts.text_parts import beyond_gsm, segments

TONES = ("plain", "friendly", "firm")
LIMITED = frozenset({"first_name", "agent_name", "voicemail_name", "collector_phone", "reference"})
"""All that a limited-content voicemail may be filled with (12 CFR 1006.2(j))."""

OPEN_TO_ALL = frozenset({"voicemail_name"})
"""All that may be filled in where whoever is near reads it: our name, in the form that tells nothing of what we do."""


def faults(templates: Templates) -> list[str]:
    """Everything that is wrong, each as file, line and reason."""
    found = [
        f"values.yaml:1: {n}: nobody knows the type {v.type}"
        for n, v in templates.values.items()
        if v.type not in KINDS
    ]
    if found:
        return found
    for template in templates.every.values():
        where = f"{template.path}:"
        mine = [f"{where}{line}: {reason}" for check in _CHECKS for line, reason in check(templates, template)]
        found += mine or [f"{where}{line}: {reason}" for line, reason in _as_it_reads(templates, template)]
    return found


def example(templates: Templates, template: Template, **changes: str) -> Composed | NotComposed:
    """The template filled with examples."""
    given = {name: v.example.get(template.language) or v.example["en"] for name, v in templates.values.items()}
    return compose(
        templates,
        channel=template.wording.channel,
        template_id=template.wording.id,
        language=template.language,
        parameters=given,
        ours=given | changes,
    )


Fault = tuple[int, str]


def _languages(templates: Templates, template: Template) -> Iterator[Fault]:
    if missing_ones := sorted(set(templates.languages) - set(template.wording.languages)):
        yield 1, f"there is no such template in {', '.join(missing_ones)}"


def _front_matter(templates: Templates, template: Template) -> Iterator[Fault]:
    wording = template.wording
    if wording.tone not in TONES:
        yield 1, f"tone: {wording.tone} is none of {', '.join(TONES)}"
    if not wording.purposes:
        yield 1, "purposes: there must be one"
    if unknown := sorted(set(wording.discloses) - SHOWN_BY.keys()):
        yield 1, f"discloses: nobody knows {', '.join(unknown)}"
    if wording.variant_of and (wording.channel, wording.variant_of, template.language) not in templates.every:
        yield 1, f"variant_of: {wording.channel} has no template {wording.variant_of}"
    if template.limited and not templates.media[wording.channel].limited:
        yield 1, f"limited_content: that is for voicemails, and {wording.channel} has none"
    if wording.segment and not wording.variant_of:
        yield 1, "segment: only a variant may be for a segment, so that nobody is left without words"
    if (template.subject is None) == bool(templates.media[wording.channel].subject):
        yield 1, f"subject: {wording.channel} {'needs one' if template.subject is None else 'has none'}"


def _same_in_all_languages(templates: Templates, template: Template) -> Iterator[Fault]:
    first = templates.every.get((template.wording.channel, template.wording.id, templates.languages[0]))
    if first is None:
        return
    for name in ("tone", "purposes", "discloses", "needs", "takes", "variant_of", "segment"):
        if getattr(first.wording, name) != getattr(template.wording, name):
            yield 1, f"{name} differs from {first.path}"


def _names(templates: Templates, template: Template) -> Iterator[Fault]:
    names = template.body.names | (template.subject.names if template.subject else frozenset())
    if unknown := sorted(template.values - templates.values.keys()):
        yield 1, f"values: nobody gives {', '.join(unknown)}; values.yaml has all that there are"
    if unused := sorted(template.values - names):
        yield 1, f"values: {', '.join(unused)} is not in the words"
    for name in sorted(names - template.values - {NOTICES}):
        yield _line_of(template, name), f"{{{{ {name} }}}} is not among the values that the template says it needs"
    for name in templates.media[template.wording.channel].uses:
        if name not in names and not _excused(templates, template):
            yield 1, f"{{{{ {name} }}}} is missing: every {template.wording.channel} needs it"


def _markup(templates: Templates, template: Template) -> Iterator[Fault]:
    if templates.media[template.wording.channel].suffix != "html":
        return
    links = {name for name, value in templates.values.items() if value.type == "link"}
    for line, reason in holes(template.source, links):
        yield line + template.lines, reason


_CHECKS: tuple[Callable[[Templates, Template], Iterator[Fault]], ...] = (
    _languages,
    _front_matter,
    _same_in_all_languages,
    _names,
    _markup,
)


def _as_it_reads(templates: Templates, template: Template) -> Iterator[Fault]:
    """What is wrong with the words themselves."""
    read = example(templates, template)
    if isinstance(read, NotComposed):
        yield 1, f"with the examples of values.yaml it cannot be filled: {read.reason} {read.what}".rstrip()
        return
    medium = templates.media[template.wording.channel]
    yield from _says(templates, template, medium, read)
    yield from _length(template, medium, read)
    yield from _claims(template, read)
    if template.limited:
        yield from _limited(template, read)
    if medium.open_to_all:
        yield from _open_to_all(template, read)


def _says(templates: Templates, template: Template, medium: Medium, read: Composed) -> Iterator[Fault]:
    wording = template.wording
    for condition in missing(read.text, wording.discloses, template.language):
        yield 1, f"discloses: the words do not say {condition} in {template.language}"
    if not _excused(templates, template):
        for condition in missing(read.text, medium.says, template.language):
            yield 1, f"every {medium.name} must say {condition}, and this does not"


def _excused(templates: Templates, template: Template) -> bool:
    return template.limited or set(template.wording.purposes) <= templates.excused


def _length(template: Template, medium: Medium, read: Composed) -> Iterator[Fault]:
    if medium.subject and len(read.subject) > medium.subject:
        yield 1, f"subject: {len(read.subject)} characters, and {medium.subject} is the most"
    if not medium.parts:
        return
    most = template.segments or medium.parts
    if (parts := segments(read.text)) > most:
        yield 1, f"{len(read.text)} characters make {parts} parts, and {most} is the most: shorten it"
    if strange := beyond_gsm(read.text):
        yield 1, f"{', '.join(strange)} is not in the GSM alphabet, so that each part holds 67 characters, not 153"


def _claims(template: Template, read: Composed) -> Iterator[Fault]:
    for pattern, why in CLAIMS:
        if found := re.search(pattern, f"{read.subject}\n{read.text}", re.IGNORECASE):
            yield _line_of(template, found[0]), f"“{found[0]}”: {why}"
    lowered = read.subject.lower()
    for word in SUBJECT:
        if word in lowered:
            yield 1, f"subject: “{word}” tells of a debt to whoever sees the list of messages"


def _open_to_all(template: Template, read: Composed) -> Iterator[Fault]:
    if more := sorted(template.values - OPEN_TO_ALL):
        yield 1, f"what anybody near can read has no place for {', '.join(more)}"
    for word in (*DEBT, *map(re.escape, SUBJECT)):
        if found := re.search(word, f"{read.subject}\n{read.text}", re.IGNORECASE):
            yield _line_of(template, found[0]), f"“{found[0]}” tells whoever is near of a debt"


def _limited(template: Template, read: Composed) -> Iterator[Fault]:
    if more := sorted(template.values - LIMITED):
        yield 1, f"a limited-content message has no place for {', '.join(more)}"
    for name in ("voicemail_name", "agent_name", "collector_phone"):
        if name not in template.body.names:
            yield 1, f"a limited-content message needs {{{{ {name} }}}}"
    for word in DEBT:
        if found := re.search(word, read.text, re.IGNORECASE):
            yield _line_of(template, found[0]), f"“{found[0]}” tells whoever hears it of a debt"


def _line_of(template: Template, words: str) -> int:
    """The line of the file on which some words stand; the first of the words where that is not to be found."""
    for n, line in enumerate(template.source.split("\n")):
        if words.lower() in line.lower():
            return n + 1 + template.lines
    return template.lines + 1
