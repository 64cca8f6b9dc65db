"""Reads templates/; all of it or none, and a reason that names file and line."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from chassis.failures import Halted
from chassis.templates.check import faults
from chassis.templates.compose import FROM_TEMPLATE
from chassis.templates.media import fault
from chassis.templates.model import NOTICES, Medium, Notice, Template, Templates, Value
from chassis.templates.sandbox import Compiled, NotUsable, compiled
from contracts.catalogue import Wording

DIRECTORY = Path(__file__).resolve().parents[2] / "templates"

_NAME = re.compile(r"([a-z][a-z0-9-]*)\.([a-z]{2})\.(txt|html)")
_FRONT = re.compile(r"---\n(.*?\n)---\n(.*)", re.DOTALL)


class WrongTemplate(Halted):
    """Templates that must not be used; the message names each file and line, and says why."""


class Front(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a template says of itself, before its words."""

    id: str
    channel: str
    language: str
    title: str
    tone: str
    purposes: list[str]
    discloses: list[str]
    values: list[str]
    optional: list[str] = []
    subject: str = ""
    variant_of: str = ""
    segment: str = ""
    limited_content: bool = False
    segments: int = 0
    media: list[str] = []


def load_templates(directory: Path | None = None) -> Templates:
    """All templates of a folder, checked; raises WrongTemplate if one of them must not be used."""
    where = directory or DIRECTORY
    templates = read_templates(where)
    if found := faults(templates):
        raise WrongTemplate("\n".join(found))
    return templates


def read_templates(where: Path) -> Templates:
    """All templates of a folder, read and not yet checked; raises WrongTemplate."""
    told = _yaml(where / "channels.yaml")
    media = {
        name: _struct(where / "channels.yaml", {"name": name, **m}, Medium) for name, m in told["channels"].items()
    }
    values = {n: _struct(where / "values.yaml", v, Value) for n, v in _yaml(where / "values.yaml")["values"].items()}
    every: dict[tuple[str, str, str], Template] = {}
    found: list[str] = []
    for path in sorted(p for name in media for p in (where / name).glob("*.*.*")):
        try:
            template = _template(path, media[path.parent.name])
        except WrongTemplate as fault:
            found.append(str(fault))
        else:
            every[template.wording.channel, template.wording.id, template.language] = template
    if found or not every:
        raise WrongTemplate("\n".join(found) or f"{where}: there are no templates here; check COUNTERPOINT_TEMPLATES")
    return Templates(
        languages=tuple(told["languages"]),
        media=media,
        values=values,
        every=_with_all_languages(every),
        notices=_notices(where / "notices.yaml", values),
        layouts=_layouts(where, media, values),
        excused=frozenset(told["excused"]),
    )


def _template(path: Path, medium: Medium) -> Template:
    name = _NAME.fullmatch(path.name)
    text = path.read_text(encoding="utf-8")
    parts = _FRONT.fullmatch(text)
    if name is None or name[3] != medium.suffix:
        raise WrongTemplate(f"{path}:1: a template of {medium.name} is called <id>.<language>.{medium.suffix}")
    if parts is None:
        raise WrongTemplate(f"{path}:1: a template begins with ---, what it says of itself, and --- again")
    front: Front = _struct(path, _parsed(path, parts[1], 1), Front)
    if (front.channel, front.id, front.language) != (medium.name, name[1], name[2]):
        raise WrongTemplate(f"{path}:1: channel, id and language are not those of its place, {medium.name}/{path.name}")
    if front.media and (why := fault(path.parent, front.media) if medium.parts else "media: no text, no media"):
        raise WrongTemplate(f"{path}:1: {why}")
    lines = parts[1].count("\n") + 2
    body = _compiled(path, parts[2], lines, html=medium.suffix == "html")
    subject = _compiled(path, front.subject, 0, html=False) if front.subject else None
    wording = Wording(
        channel=front.channel,
        id=front.id,
        title=front.title,
        tone=front.tone,
        languages=(front.language,),
        purposes=tuple(front.purposes),
        discloses=tuple(front.discloses),
        needs=tuple(front.values),
        takes=tuple(front.optional),
        variant_of=front.variant_of,
        segment=front.segment,
    )
    return Template(
        wording=wording,
        language=front.language,
        path=str(path),
        lines=lines,
        source=parts[2],
        body=body,
        subject_source=front.subject,
        subject=subject,
        limited=front.limited_content,
        segments=front.segments,
        media=tuple(front.media),
    )


def _with_all_languages(every: Mapping[tuple[str, str, str], Template]) -> dict[tuple[str, str, str], Template]:
    spoken: dict[tuple[str, str], list[str]] = {}
    for channel, template, language in every:
        spoken.setdefault((channel, template), []).append(language)
    return {
        key: msgspec.structs.replace(t, wording=msgspec.structs.replace(t.wording, languages=tuple(spoken[key[:2]])))
        for key, t in every.items()
    }


def _notices(path: Path, values: Mapping[str, Value]) -> dict[tuple[str, str], Notice]:
    found = {}
    for condition, said in _yaml(path)["notices"].items():
        for language, words in said.items():
            notice = Notice(condition, _compiled(path, words, 0, html=False))
            if unknown := notice.words.names - values.keys():
                raise WrongTemplate(f"{path}:1: {condition}: nobody gives {', '.join(sorted(unknown))}")
            found[condition, language] = notice
    return found


def _layouts(where: Path, media: Mapping[str, Medium], values: Mapping[str, Value]) -> dict[str, Compiled]:
    found = {}
    for name in media:
        path = where / name / "layout.html"
        if path.exists():
            layout = _compiled(path, path.read_text(encoding="utf-8"), 0, html=True)
            if unknown := layout.names - FROM_TEMPLATE - values.keys() - {NOTICES}:
                raise WrongTemplate(f"{path}:1: nobody gives {', '.join(sorted(unknown))}")
            found[name] = layout
    return found


def _compiled(path: Path, source: str, before: int, *, html: bool) -> Compiled:
    try:
        return compiled(source, html=html)
    except NotUsable as fault:
        raise WrongTemplate(f"{path}:{fault.line + before}: {fault}") from fault


def _yaml(path: Path) -> dict[str, Any]:
    try:
        return _parsed(path, path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongTemplate(f"{path}:1: cannot be read: {error.strerror}") from error


def _parsed(path: Path, text: str, before: int = 0) -> dict[str, Any]:
    try:
        content = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise WrongTemplate(f"{path}:{line + before}: {error.problem}") from error
    if not isinstance(content, dict):
        raise WrongTemplate(f"{path}:1: not a mapping of names to values")
    return content


def _struct(path: Path, content: Any, kind: Any) -> Any:
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        raise WrongTemplate(f"{path}:1: {error}") from error
