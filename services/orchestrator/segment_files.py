"""Whether a file of segments can be used: every fault with its file and line."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import msgspec
from jsonschema import Draft202012Validator

from contracts.catalogue import Catalogue
from services.orchestrator.core.conditions import LOOKS_AT
from services.orchestrator.core.segments import Segment, Segments

if TYPE_CHECKING:
    from services.orchestrator.loader import StrategyFile

SEGMENTS = Path(__file__).resolve().parent / "segments.yaml"
SCHEMA = json.loads((SEGMENTS.parent / "strategies" / "strategy.schema.json").read_text(encoding="utf-8"))
MOST_SEGMENTS = 32
"""So many that sorting a consumer in stays quick, with every event."""

_CONDITION = {
    **SCHEMA["$defs"]["condition"],
    "properties": {n: p for n, p in SCHEMA["$defs"]["condition"]["properties"].items() if n != "segment"},
}
_validator = Draft202012Validator(
    {
        "$defs": {**SCHEMA["$defs"], "question": _CONDITION},
        "type": "object",
        "additionalProperties": False,
        "required": ["version", "segments"],
        "properties": {
            "version": {"const": 1},
            "segments": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_SEGMENTS,
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["id", "title", "when"],
                    "properties": {
                        "id": {"type": "string", "pattern": "^[a-z][a-z0-9-]{1,39}$"},
                        "title": {"type": "string", "minLength": 1, "maxLength": 100},
                        "when": {"type": ["object", "array"]},
                    },
                },
            },
        },
    }
)
_question = Draft202012Validator({"$defs": {**SCHEMA["$defs"], "question": _CONDITION}, "$ref": "#/$defs/question"})


def segment_faults(file: "StrategyFile") -> list[str]:
    """Everything that is wrong with a file of segments."""
    return [*_malformed(file), *_wrong_questions(file), *_repeated(file)]


def segments_in(file: "StrategyFile") -> Sequence[Segment]:
    """The segments of a checked file."""
    return [
        Segment(s["id"], s["title"], tuple(when), sorted({name for c in when for q in c for name in LOOKS_AT[q]}))
        for s in file.content["segments"]
        if (when := _conditions(s["when"]))
    ]


def marked(segments: Sequence[Segment]) -> Segments:
    """Segments with their mark."""
    looks_at = sorted({name for segment in segments for name in segment.looks_at})
    return Segments(segments, crc32(msgspec.json.encode(segments)) or 1, looks_at)


def unknown_segments(file: "StrategyFile", known: Sequence[Segment]) -> list[str]:
    """Conditions of a strategy that ask for segments which nobody defined."""
    ids = {segment.id: segment for segment in known}
    there_are = f"there are {', '.join(ids)}"
    return [
        file.fault(f"{'/'.join(map(str, place))}: there is no segment {name}; {there_are}", *place)
        for place, asked in _asked(file.content, ())
        for name in asked
        if name not in ids
    ]


def wordings_of_nobody(templates: Catalogue, known: Sequence[Segment]) -> list[str]:
    """Templates that are for segments which nobody defined."""
    ids = {segment.id: segment for segment in known}
    return [
        f"templates/{w.channel}/{w.id}: there is no segment {w.segment}; there are {', '.join(ids)}"
        for w in templates.values()
        if w.segment and w.segment not in ids
    ]


def _asked(part: Any, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Sequence[str]]]:
    """Every `segment` in a condition of a strategy, with its place; conditions stand under `if`."""
    if isinstance(part, dict):
        for name, inner in part.items():
            if name == "if" and isinstance(inner, dict) and "segment" in inner:
                yield (*place, "if", "segment"), inner["segment"]
            yield from _asked(inner, (*place, name))
    elif isinstance(part, list):
        for n, inner in enumerate(part):
            yield from _asked(inner, (*place, n))


def _malformed(file: "StrategyFile") -> list[str]:
    return [
        file.fault(f"{'/'.join(map(str, error.absolute_path)) or 'the file'}: {error.message}", *error.absolute_path)
        for error in _validator.iter_errors(file.content)
    ]


def _listed(file: "StrategyFile") -> list[Mapping[str, Any]]:
    """The segments, as far as they are some."""
    segments = file.content.get("segments")
    return [s for s in segments if isinstance(s, dict)] if isinstance(segments, list) else []


def _wrong_questions(file: "StrategyFile") -> list[str]:
    found = []
    for n, segment in enumerate(_listed(file)):
        for m, condition in enumerate(_conditions(segment.get("when", {}))):
            at = ("when", m) if isinstance(segment.get("when"), list) else ("when",)
            for error in _question.iter_errors(condition):
                place = ("segments", n, *at, *error.absolute_path)
                found.append(file.fault(f"{segment.get('id', n)}: {_said(condition, error.message)}", *place))
    return found


def _said(condition: Any, message: str) -> str:
    if "unexpected" not in message or not isinstance(condition, dict):
        return message
    return f"{message}; the questions are {', '.join(_CONDITION['properties'])}"


def _repeated(file: "StrategyFile") -> list[str]:
    ids = [segment.get("id") for segment in _listed(file)]
    return [
        file.fault(f"there is another segment {name}", "segments", n, "id")
        for n, name in enumerate(ids)
        if name in ids[:n]
    ]


def _conditions(when: Any) -> list[Any]:
    return when if isinstance(when, list) else [when]
