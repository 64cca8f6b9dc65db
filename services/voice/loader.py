"""The rules of what our own people must and must not say, from their file: all of it, or none with every fault."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from msgspec import Struct

from chassis import yaml_files
from chassis.failures import Halted
from chassis.yaml_files import YamlFile
from services.voice.core.talk import Patterns, Rule, Rules, When

TALK = Path(__file__).resolve().parent / "rules" / "talk.yaml"
_LANGUAGES = ("en", "es")
_PATTERNS = {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1, "maxLength": 300}}
_TEXT = {"type": "string", "minLength": 1, "maxLength": 200}
_LINE = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
    "properties": {"we": {"type": "string"}, "they": {"type": "string"}, "end": {"const": True}},
}
_CASE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["talk", "found"],
    "properties": {
        "talk": {"type": "array", "minItems": 1, "items": _LINE},
        "verified": {"type": "boolean"},
        "found": {"type": "array", "items": {"type": "string"}},
    },
}
_RULE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "citation", "say", "when", "finding", *_LANGUAGES, "cases"],
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z][a-z0-9-]{1,39}$"},
        "citation": _TEXT,
        "say": {"enum": ["must", "must-not"]},
        "when": {"enum": [when.value for when in When]},
        "finding": _TEXT,
        **dict.fromkeys((*_LANGUAGES, "unless"), _PATTERNS),
        "cases": {"type": "array", "minItems": 2, "items": _CASE},
    },
}
_validator = Draft202012Validator(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["version", "verifies", "rules"],
        "properties": {
            "version": {"const": 1},
            "verifies": {
                "type": "object",
                "additionalProperties": False,
                "required": list(_LANGUAGES),
                "properties": dict.fromkeys(_LANGUAGES, _PATTERNS),
            },
            "rules": {"type": "array", "minItems": 1, "maxItems": 100, "items": _RULE},
        },
    }
)


class WrongTalkRules(Halted):
    """The rules cannot be used; the message has each fault with its file and line."""


class Case(Struct, frozen=True):
    """A talk, as (who: we, they or end; words), and the rules that must be found in it; a case of one rule."""

    rule_id: str
    talk: Sequence[tuple[str, str]]
    verified: bool
    found: Sequence[str]


def load_talk_rules(path: Path | None = None) -> Rules:
    """The rules of a file, or those that come along; raises WrongTalkRules."""
    content = _checked(path or TALK).content
    return Rules([_rule(r) for r in content["rules"]], _compiled(_in_languages(content["verifies"])))


def load_cases(path: Path | None = None) -> Sequence[Case]:
    """The worked cases of a file; raises WrongTalkRules."""
    return [
        Case(
            rule["id"],
            [(who, str(words)) for line in case["talk"] for who, words in line.items()],
            case.get("verified", True),
            case["found"],
        )
        for rule in _checked(path or TALK).content["rules"]
        for case in rule["cases"]
    ]


def _checked(path: Path) -> YamlFile:
    file = yaml_files.read_file(path, YamlFile, "a file of rules", WrongTalkRules)
    found = [
        file.fault(f"{'/'.join(map(str, e.absolute_path)) or 'the file'}: {e.message}", *e.absolute_path)
        for e in _validator.iter_errors(file.content)
    ] or [*_unreadable(file), *_contradictions(file)]
    if found:
        raise WrongTalkRules("\n".join(found))
    return file


def _unreadable(file: YamlFile) -> Iterator[str]:
    """Patterns that are no regular expressions, or that any words at all would fit."""
    owners: list[tuple[tuple[str | int, ...], Mapping[str, Any]]] = [(("verifies",), file.content["verifies"])]
    owners += [(("rules", n), rule) for n, rule in enumerate(file.content["rules"])]
    for place, owner in owners:
        for name in (*_LANGUAGES, "unless"):
            for n, pattern in enumerate(owner.get(name, ())):
                if (why := _wrong(pattern)) is not None:
                    yield file.fault(f"{pattern!r} {why}", *place, name, n)


def _wrong(pattern: str) -> str | None:
    try:
        (compiled,) = _compiled([pattern])
    except re.error as error:
        return f"is no regular expression: {error}"
    if compiled.search("") or compiled.search("a b"):
        return "fits any words at all"
    plain = re.sub(r"\\.", "", pattern)
    return (
        None
        if plain == plain.lower() and plain.isascii()
        else "fits nothing: words are plain, without capitals and accents"
    )


def _contradictions(file: YamlFile) -> Iterator[str]:
    ids = [rule["id"] for rule in file.content["rules"]]
    for n, rule in enumerate(file.content["rules"]):
        if rule["id"] in ids[:n]:
            yield file.fault(f"{rule['id']} is here twice", "rules", n, "id")
        if (rule["say"] == "must") is not (rule["when"] == When.BY_THE_END.value):
            yield file.fault("by-the-end is for what must be said, and for nothing else", "rules", n, "when")
        for m, case in enumerate(rule["cases"]):
            for name in set(case["found"]) - set(ids):
                yield file.fault(f"there is no rule {name}", "rules", n, "cases", m, "found")


def _rule(content: Mapping[str, Any]) -> Rule:
    return Rule(
        id=content["id"],
        citation=content["citation"],
        must=content["say"] == "must",
        when=When(content["when"]),
        finding=content["finding"],
        patterns=_compiled(_in_languages(content)),
        unless=_compiled(content.get("unless", ())),
    )


def _in_languages(content: Mapping[str, Any]) -> Iterable[str]:
    """In any language: people change it in the middle of a talk."""
    return [pattern for language in _LANGUAGES for pattern in content[language]]


def _compiled(patterns: Iterable[str]) -> Patterns:
    return tuple(re.compile(rf"\b(?:{pattern})\b") for pattern in patterns)
