"""The reference page of templates: channels, templates, values, notices."""

from collections.abc import Iterator

from chassis.templates.check import TONES
from chassis.templates.loader import load_templates
from chassis.templates.model import Medium, Templates
from chassis.templates.values import KINDS
from contracts.disclosures import SHOWN_BY


def templates_page(made: str) -> str:
    """Everything that is in templates/; `made` is the line that says where the page comes from."""
    templates = load_templates()
    lines = [
        "# Templates",
        made,
        "",
        "The words of every contact: `templates/<channel>/<id>.<language>.txt` or `.html`;",
        "[how to write one](../how-to/write-a-template.md). A file that cannot be used is told with file, line and reason by",
        "`counterpoint templates check`, and stops whoever would send from it.",
        "",
        "## What a template says of itself",
        "",
        "| | | |",
        "| --- | --- | --- |",
        *_front(),
        "",
        "## Channels",
        "",
        "| channel | what it is | limits | every one uses | every one says |",
        "| --- | --- | --- | --- | --- |",
        *(_medium(medium) for medium in templates.media.values()),
        "",
        f"Contacts for {' and '.join(sorted(templates.excused))} need not say it, nor voicemails of limited content.",
        *_every(templates),
        *_values(templates),
        *_notices(templates),
    ]
    return "\n".join(lines) + "\n"


def _front() -> Iterator[str]:
    for name, needed, what in (
        ("id, channel, language", "", "As the file is called and where it stands."),
        ("title", "", "What it is for, in a sentence."),
        ("tone", "", f"One of {', '.join(f'`{tone}`' for tone in TONES)}."),
        ("purposes", "", "The purposes of contacts that it may be used for, the likeliest first."),
        ("discloses", "", "What its words say of themselves; each is looked for."),
        (
            "values, optional",
            "",
            "What it must be filled with, and what it may be: of these only `{% if … %}` may ask.",
        ),
        ("subject", "e-mail", "The subject line, which may hold values and tells nothing of a debt."),
        (
            "variant_of, segment",
            "optional",
            "The template that it stands in for; the segment of consumers that it is for.",
        ),
        ("limited_content", "voice", "It is a voicemail that says nothing of a debt (12 CFR 1006.2(j))."),
        ("segments", "sms", "How many parts it may take, where that is more than the channel's."),
        ("media", "sms", "Pictures that go with it: names of PNG, JPEG or GIF files in `sms/media/`."),
    ):
        yield f"| `{name}` | {needed} | {what} |"


def _medium(medium: Medium) -> str:
    limits = [f"{medium.characters:,} characters"]
    limits += [f"{medium.parts} parts"] if medium.parts else []
    limits += [f"a subject of {medium.subject}"] if medium.subject else []
    uses, says = (", ".join(f"`{n}`" for n in names) or "nothing" for names in (medium.uses, medium.says))
    return f"| {medium.name} | {_cell(medium.what)} | {', '.join(limits)} | {uses} | {says} |"


def _every(templates: Templates) -> Iterator[str]:
    catalogue = sorted(templates.catalogue().values(), key=lambda w: (w.channel, w.variant_of or w.id, w.variant_of))
    for medium in templates.media:
        yield from (
            "",
            f"## {medium}",
            "",
            "| template | what it is for | purposes | from the record |",
            "| --- | --- | --- | --- |",
        )
        for wording in (w for w in catalogue if w.channel == medium):
            name = f"`{wording.id}`" + (f", {wording.tone}" if wording.variant_of else "")
            values = [f"`{n}`" for n in wording.needs] + [f"`{n}` if there is one" for n in wording.takes]
            yield f"| {name} | {_cell(wording.title)} | {', '.join(wording.purposes)} | {', '.join(values) or 'nothing'} |"


def _values(templates: Templates) -> Iterator[str]:
    yield from (
        "",
        "## Values",
        "",
        "| value | type | given by | what it is | example |",
        "| --- | --- | --- | --- | --- |",
    )
    for name, value in templates.values.items():
        yield f"| `{name}` | {value.type} | {value.given_by} | {_cell(value.what)} | {_cell(value.example['en'])} |"
    yield from ("", "| type | |", "| --- | --- |")
    for kind, what in KINDS.items():
        yield f"| {kind} | {_cell(what)} |"


def _notices(templates: Templates) -> Iterator[str]:
    yield from ("", "## Conditions of approvals", "")
    yield "What the gate wants said. Where a template does not say it of itself, `{{ notices }}` does, if there are words here;"
    yield "where neither does, nothing is sent."
    yield from ("", "| condition | words in place of `{{ notices }}` |", "| --- | --- |")
    for condition in SHOWN_BY:
        notice = templates.notices.get((condition, "en"))
        words = "" if notice is None else notice.words.template.render({n: f"({n})" for n in notice.words.names})
        yield f"| `{condition}` | {_cell(words)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
