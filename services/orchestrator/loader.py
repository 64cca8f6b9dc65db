"""Reads strategy files: all of them, or none and a reason that names file and line."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from chassis import yaml_files
from chassis.failures import Halted
from chassis.settings import load_own, load_stack
from chassis.templates.loader import load_templates
from chassis.yaml_files import YamlFile
from contracts.catalogue import Catalogue
from services.orchestrator.core.codes import FLAGS, LINES, REASONS, Consent, Reason, span
from services.orchestrator.core.segments import Segment
from services.orchestrator.core.steps import KINDS
from services.orchestrator.core.steps.choose import REST
from services.orchestrator.core.strategy import (
    Given,
    Numbers,
    Reaction,
    Reactions,
    Strategies,
    Strategy,
    by_priority,
)
from services.orchestrator.core.wording import LANGUAGES, OFFER, PARAMETERS
from services.orchestrator.graph import PASSING, SHORTEST, faults, order
from services.orchestrator.segment_files import (
    SEGMENTS,
    marked,
    segment_faults,
    segments_in,
    unknown_segments,
    wordings_of_nobody,
)
from services.orchestrator.settings import OrchestratorSettings

DIRECTORY = Path(__file__).resolve().parent / "strategies"
LIBRARY = Path(__file__).resolve().parent / "library"
"""Strategies to choose from: what is used of them is copied to the folder in use."""

SCHEMA = json.loads((DIRECTORY / "strategy.schema.json").read_text(encoding="utf-8"))
_CONSENTS = {"given": {Consent.GIVEN}, "not-refused": {Consent.GIVEN, Consent.UNKNOWN}}
_STOPS = {"reply": Reason.REPLIED, "payment": Reason.PAID, "arrangement": Reason.ARRANGED}
_validator = Draft202012Validator(SCHEMA)


class WrongStrategy(Halted):
    """Strategies cannot be used; the message names each file and line, and says why."""


class StrategyFile(YamlFile, frozen=True):
    """A strategy as it stands in its file, and the line of each of its parts."""

    @property
    def name(self) -> str:
        """The strategy with its version."""
        return f"{self.content['id']}@{self.content['version']}"


def load_strategies(directory: Path = DIRECTORY) -> Strategies:
    """All strategies of a folder; raises WrongStrategy if one of them cannot be used, or they do not go together."""
    return strategies_of(load_files(directory))


def strategies_of(files: Sequence[StrategyFile]) -> Strategies:
    """The strategies of checked files: the highest version of each is offered, in order of their ids."""
    every = {file.name: strategy_of(file.content) for file in files}
    highest = {s.id: s for s in sorted(every.values(), key=lambda s: s.version)}
    return Strategies(by_priority(highest.values()), every, segments=marked(load_segments()))


def load_files(directory: Path = DIRECTORY) -> list[StrategyFile]:
    """All strategy files of a folder, checked; raises WrongStrategy."""
    paths = sorted(directory.glob("*.yaml"))
    if not paths:
        raise WrongStrategy(f"{directory}: there is no strategy here; check COUNTERPOINT_ORCHESTRATOR_STRATEGIES")
    return check(paths)


def check(paths: Sequence[Path]) -> list[StrategyFile]:
    """Files that are to be used together, checked; raises WrongStrategy."""
    templates = catalogue()
    files: list[StrategyFile] = []
    found: list[str] = []
    for path in paths:
        try:
            file = read_file(path)
        except WrongStrategy as fault:
            found.append(str(fault))
        else:
            files.append(file)
            found += _faults(file, templates)
    found += together(files) if not found else []
    if found:
        raise WrongStrategy("\n".join(found))
    return files


def load_file(path: Path) -> StrategyFile:
    """One file, checked; raises WrongStrategy."""
    return check([path])[0]


def read_file(path: Path) -> StrategyFile:
    """One file, parsed and not yet checked; raises WrongStrategy."""
    return yaml_files.read_file(path, StrategyFile, "a strategy", WrongStrategy)


@cache
def catalogue() -> Catalogue:
    """The templates that strategies may name; raises WrongTemplate."""
    found = load_templates(load_stack().templates).catalogue()
    if unknown := wordings_of_nobody(found, load_segments()):
        raise WrongStrategy("\n".join(unknown))
    return found


@cache
def load_segments(path: Path | None = None) -> Sequence[Segment]:
    """The segments of a file, or those of the settings; raises WrongStrategy."""
    file = read_file(path or load_own("orchestrator", OrchestratorSettings).segments or SEGMENTS)
    if found := segment_faults(file):
        raise WrongStrategy("\n".join(found))
    return segments_in(file)


def _faults(file: StrategyFile, templates: Catalogue) -> list[str]:
    found = [_explained(file, error) for error in _validator.iter_errors(file.content)]
    return found or [
        *_contradictions(file),
        *_wrong_order(file),
        *_wrong_contacts(file, templates),
        *unknown_segments(file, load_segments()),
        *_wrong_choices(file),
    ]


def _explained(file: StrategyFile, error: ValidationError) -> str:
    place = tuple(error.absolute_path)
    name = "/".join(map(str, place)) or "the strategy"
    if error.validator in ("additionalProperties", "unevaluatedProperties") and isinstance(error.instance, dict):
        unknown = [str(key) for key in error.instance if f"'{key}'" in error.message]
        return file.fault(f"{name}: nobody knows {', '.join(unknown)} here", *place, *unknown[:1])
    return file.fault(f"{name}: {error.message}", *place)


def _contradictions(file: StrategyFile) -> list[str]:
    content = file.content
    if file.path.stem not in (content["id"], file.name):
        called = f"its file must be called {content['id']}.yaml or {file.name}.yaml"
        return [file.fault(f"the strategy is {file.name}, so {called}", "id")]
    if content["reactions"]["vetoed"][-1]["rules"] != ["*"]:
        return [file.fault('reactions/vetoed: the last entry must be for every rule, ["*"]', "reactions", "vetoed")]
    return []


def _wrong_order(file: StrategyFile) -> list[str]:
    found = faults(file.content["steps"], file.content.get("events"))
    return [file.fault(f"{where[0]}: {reason}", *where) for reason, where in found]


def _wrong_contacts(file: StrategyFile, templates: Catalogue) -> list[str]:
    """Contacts that no channel could make."""
    contacts = [(n, step) for n, step in enumerate(file.content["steps"]) if step["kind"] == "contact"]
    found = []
    for n, step in contacts:
        found += _wrong_templates(file, n, step, templates)
        if step["window"]["opens"] >= step["window"]["closes"]:
            found.append(file.fault(f"steps/{n}/window: it must open before it closes", "steps", n, "window", "opens"))
    return found or ([] if contacts else [file.fault("steps: there is no contact among them", "steps")])


def _wrong_templates(file: StrategyFile, n: int, contact: Mapping[str, Any], templates: Catalogue) -> list[str]:
    found = []
    given = PARAMETERS | OFFER if "offer" in contact else PARAMETERS
    for o, step in enumerate((contact, *contact.get("otherwise", ()))):
        where = ("steps", n, "template") if o == 0 else ("steps", n, "otherwise", o - 1, "template")
        template = templates.get((step["channel"], step["template"]))
        if template is None:
            known = ", ".join(name for channel, name in sorted(templates) if channel == step["channel"])
            reason = f"{step['channel']} has no template {step['template']}; it has {known}"
            found.append(file.fault(f"steps/{n}/template: {reason}", *where))
        elif missing := set(template.needs) - given or set(LANGUAGES) - set(template.languages):
            reason = f"{step['template']} needs {', '.join(sorted(missing))}, which nobody can give it"
            found.append(file.fault(f"steps/{n}/template: {reason}", *where))
        elif contact["purpose"] not in template.purposes:
            reason = f"{step['template']} is for {' or '.join(template.purposes)}, not for {contact['purpose']}"
            found.append(file.fault(f"steps/{n}/template: {reason}", *where))
    return found


def _wrong_choices(file: StrategyFile) -> list[str]:
    """Choices that nothing could be learned for."""
    found = []
    for n, step in enumerate(file.content["steps"]):
        if step["kind"] != "choose":
            continue
        if len(step["options"]) < 2 and "budget" not in step:
            found.append(file.fault(f"steps/{n}/options: two at least, where nothing else can be done", "steps", n))
        if span(step["reward"]["within"]) < SHORTEST:
            found.append(file.fault(f"steps/{n}/reward/within: an hour at least", "steps", n, "reward", "within"))
        for o, option in enumerate(step["options"]):
            prior = option.get("prior", {"rewarded": 0, "of": 0})
            if "budget" in step and ("spends" not in option or option["name"] == REST):
                reason = f"steps/{n}/options/{o}: with a budget it must say what it spends, and not be called {REST}"
                found.append(file.fault(reason, "steps", n, "options", o))
            if prior["rewarded"] > prior["of"]:
                reason = f"steps/{n}/options/{o}/prior: more were rewarded than there were"
                found.append(file.fault(reason, "steps", n, "options", o, "prior"))
    return found


def together(files: Sequence[StrategyFile]) -> list[str]:
    """What is wrong with checked files as soon as they are used together."""
    names = [file.name for file in files]
    found = [
        file.fault(f"there is another file with {file.name}", "version") for file in files if names.count(file.name) > 1
    ]
    arms: dict[str, Any] = {}
    choices: dict[str, Any] = {}
    for file in files:
        for n, step in enumerate(file.content["steps"]):
            said = [(arm["name"], arm["weight"]) for arm in step.get("arms", ())]
            if said and arms.setdefault(step["experiment"], said) != said:
                reason = f"the experiment {step['experiment']} has other arms or weights elsewhere: give it a new id"
                found.append(file.fault(reason, "steps", n, "experiment"))
            if step["kind"] == "choose" and choices.setdefault(step["choice"], _learns(step)) != _learns(step):
                reason = f"the choice {step['choice']} is another one elsewhere: give it a new id"
                found.append(file.fault(reason, "steps", n, "choice"))
    return found


def _learns(step: Mapping[str, Any]) -> Any:
    """All of a choice that belongs to its id: what it learned would not fit another."""
    options = [(option["name"], option.get("prior")) for option in step["options"]]
    return options, step.get("budget"), step["seed"], step["hold_out"], step["reward"], step.get("context")


def text_of(content: Mapping[str, Any]) -> str:
    """What a strategy says, whatever the layout of its file; its cases are no part of it."""
    return json.dumps({k: v for k, v in content.items() if k != "cases"}, sort_keys=True, ensure_ascii=False)


def digest_of(text: str) -> str:
    """A hash of it."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def from_text(text: str) -> Strategy | None:
    """The strategy of a text that was published; None if this release cannot use it."""
    try:
        return strategy_of(json.loads(text))
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def strategy_of(content: Mapping[str, Any]) -> Strategy:
    """The strategy of a checked file's content."""
    lines = frozenset(int(LINES[line]) for line in content["numbers"]["line_types"])
    numbers = Numbers(lines, frozenset(int(c) for c in _CONSENTS[content["numbers"]["consent"]]))
    reactions = _reactions(content["reactions"])
    places = {step["id"]: n for n, step in enumerate(content["steps"])}
    name = f"{content['id']}@{content['version']}"
    contacts = [step for step in content["steps"] if step["kind"] == "contact"]
    channels = frozenset(way["channel"].upper() for c in contacts for way in (c, *c.get("otherwise", ())))
    entry, stops, on = content["entry"], content["stops"], content["entry"]["on"]
    shared = numbers, reactions, places, channels, content.get("review", False), catalogue()
    return Strategy(
        id=content["id"],
        version=content["version"],
        steps=[KINDS[step["kind"]](step, Given(name, n, *shared)) for n, step in enumerate(content["steps"])],
        order=order(content["steps"]),
        numbers=numbers,
        channels=channels,
        again_after=frozenset(int(REASONS[r]) for r in entry["again_after"]),
        stops_on=frozenset(int(_STOPS[s]) for s in stops["on"]),
        restrictions=sum(FLAGS[flag] for flag in stops["restrictions"]),
        enters=entry.get("if", {}),
        priority=entry.get("priority", 0),
        on=frozenset([on] if isinstance(on, str) else on),
        events={event: places[step] for event, step in content.get("events", {}).items()},
        pauses=sum(FLAGS[flag] for flag in stops.get("pauses", ())),
        resumes=entry.get("interrupted", "resume") == "resume",
        waits={step["id"]: n for n, step in enumerate(content["steps"]) if step["kind"] not in PASSING},
    )


def _reactions(content: Mapping[str, Any]) -> Reactions:
    return Reactions(
        vetoed=[(tuple(entry["rules"]), _reaction(entry)) for entry in content["vetoed"]],
        failed={name.upper().replace("-", "_"): _reaction(entry) for name, entry in content["failed"].items()},
        silence=_reaction(content["silence"]),
        patience=span(content["silence"]["patience"]),
    )


def _reaction(content: Mapping[str, Any]) -> Reaction:
    otherwise = "no-number" if content["then"] == "next-number" else "vetoed"
    return Reaction(content["then"], span(content.get("after", "0m")), REASONS[content.get("reason", otherwise)])
