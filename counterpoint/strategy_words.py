"""A strategy in words, part by part, for whoever reads a plan or compares two."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from services.orchestrator.graph import SAY_THEMSELVES, order

Content = Mapping[str, Any]

EVENTS = {
    "reply": "a reply",
    "payment": "a payment",
    "delivered": "word that the text arrived",
    "undelivered": "word that the text did not arrive",
}


_REVIEWED = ", once a person has released it"
_TRIGGERS = {"account-placed": "when an account is placed"}


def told(content: Content) -> dict[str, str]:
    """What a strategy does, as sentences under the names of its parts."""
    entry, numbers, stops = content["entry"], content["numbers"], content["stops"]
    on = entry["on"]
    parts = {
        "title": content["title"],
        "enters": listed([_TRIGGERS.get(event, f"on {event}") for event in ([on] if isinstance(on, str) else on)])
        + (f", if {condition(entry['if'])}" if "if" in entry else "")
        + f"; again after {listed(entry['again_after'])}",
        "numbers": f"{listed(numbers['line_types'])}, consent {numbers['consent'].replace('-', ' ')}",
        "ends at once": f"on {listed(stops['on'])}; on {listed(stops['restrictions'])}; "
        "always on an opt-out, and when nothing is owed",
    } | _beside(content)
    steps = content["steps"]
    for step, following in zip(steps, order(steps), strict=True):
        after = "the end" if following is None else steps[following]["id"]
        leads = "" if step["kind"] in SAY_THEMSELVES else f"; then {after}"
        parts[f"step {step['id']}"] = _STEPS[step["kind"]](step) + leads
    return parts | _reactions(content["reactions"])


def _beside(content: Content) -> dict[str, str]:
    """What only some strategies say of themselves."""
    entry, stops = content["entry"], content["stops"]
    parts = {f"on {event}": f"go on with {step}" for event, step in content.get("events", {}).items()}
    if entry.get("priority", 0):
        parts["priority"] = f"{entry['priority']}; lower ones are interrupted"
    if content.get("review"):
        parts["review"] = "a person releases each contact"
    if entry.get("interrupted") == "end":
        parts["if interrupted"] = "ends, and is not taken up again"
    if stops.get("pauses"):
        parts["rests"] = f"while {listed(stops['pauses'])}"
    return parts


def plan(content: Content) -> list[str]:
    """A strategy as a page: what it does, step by step, and what it does about trouble."""
    parts = told(content)
    lines = [f"{content['id']}, version {content['version']}: {parts.pop('title')}"]
    lines += [f"  {content['note'].strip()}"] if "note" in content else []
    number = 0
    for name, said in parts.items():
        if name.startswith("step "):
            number += 1
            name = f"{number:2}. {name.removeprefix('step ')}"
        lines.append(f"  {name}: {said}")
    return [*lines, f"  {len(content['cases'])} worked cases"]


def differences(older: Content, newer: Content) -> list[str]:
    """What the one does that the other does not, or does otherwise; worked cases and notes aside."""
    before, after = told(older), told(newer)
    found = [f"- {name}: {said}" for name, said in before.items() if name not in after]
    found += [f"+ {name}: {said}" for name, said in after.items() if name not in before]
    for name, said in after.items():
        if name in before and before[name] != said:
            found += [f"~ {name}: {before[name]}", f"{' ' * len(name)}   now {said}"]
    return found + _moved(older, newer)


def _moved(older: Content, newer: Content) -> list[str]:
    first = older["steps"][0]["id"], newer["steps"][0]["id"]
    return [] if first[0] == first[1] else [f"~ it begins with {first[0]}", f"    now with {first[1]}"]


def condition(asked: Content) -> str:
    """A condition as a person would say it."""
    return " and ".join(_QUESTIONS[name](answer) for name, answer in asked.items())


def listed(words: Iterable[str]) -> str:
    """Words in a row."""
    *first, last = list(words) or ["nothing"]
    return f"{', '.join(first)} or {last}" if first else last


def _limits(said: Content) -> str:
    words = {"at_least": "at least", "below": "less than"}
    return " and ".join(f"{words[name]} {figure}" for name, figure in said.items())


_QUESTIONS: Mapping[str, Callable[[Any], str]] = {
    "owed": lambda said: f"{_limits(said)} is owed",
    "accounts": lambda said: f"{_limits(said)} accounts are open",
    "language": lambda said: f"the language is {listed(said)}",
    "consent": lambda said: f"consent to texts is {'' if said else 'not '}on record",
    "charged_off": lambda said: f"{'an' if said else 'no'} account is charged off",
    "segment": lambda said: f"the consumer is in the segment {listed(said)}",
    "promise": lambda said: f"the last promise is {listed(['not there' if s == 'none' else s for s in said])}",
    "paid": lambda said: f"{'something' if said else 'nothing'} was paid since it began",
    "replied": lambda said: f"the consumer has {'' if said else 'not '}replied since it began",
    "marked": lambda said: f"the consumer is marked {' and '.join(said)}",
    "unmarked": lambda said: f"the consumer is not marked {listed(said)}",
    "sent": lambda said: f"{_limits(said)} contacts were sent",
    "delivered": lambda said: f"the last contact is {'' if said else 'not '}known to have arrived",
}


def _contact(step: Content) -> str:
    window = step["window"]
    tone = f", {step['tone']}" if "tone" in step else ""
    offer = f", offering {step['offer']['percent']} % for {step['offer']['days']} days" if "offer" in step else ""
    others = "".join(f", or else the {way['channel']} {way['template']}" for way in step.get("otherwise", ()))
    what = f"{step['channel']} {step['template']}{others} ({step['purpose']}{tone}{offer})"
    return (
        f"ask for the {what} between {window['opens']} and {window['closes']}, spread over {window['spread']}, "
        f"good for {step['valid_for']}, {step['tries']} tries at most{_REVIEWED if step.get('review') else ''}"
    )


def _wait(step: Content) -> str:
    return f"wait {step['for']}" + (f" and up to {step['spread']} more, by consumer" if "spread" in step else "")


def _wait_until(step: Content) -> str:
    return f"wait until {step['time']}" + (f" on {listed(step['weekdays'])}" if "weekdays" in step else "")


def _wait_due(step: Content) -> str:
    return (
        f"wait until {step['time']}, {step['days_before']} days before the next instalment, then {step['then']}; "
        f"where none is open, {step['else']}"
    )


def _wait_for(step: Content) -> str:
    return (
        f"wait for {EVENTS[step['event']]}, {step['timeout']} at most; "
        f"if it comes then {step['then']}, else {step['else']}"
    )


def _branch(step: Content) -> str:
    ways = "; ".join(f"if {condition(way['if'])} then {way['then']}" for way in step["ways"])
    return f"{ways}; else {step['else']}"


def _experiment(step: Content) -> str:
    total = sum(arm["weight"] for arm in step["arms"])
    arms = "; ".join(f"{arm['name']} ({arm['weight']} of {total}) then {arm['then']}" for arm in step["arms"])
    return f"experiment {step['experiment']}: {arms}"


def _choose(step: Content) -> str:
    reward, context = step["reward"], step.get("context", {})
    apart = [*context.get("by", ())]
    segments = [f"{s['name']} ({condition(s['if'])})" for s in context.get("segments", ())]
    apart = [f"segment {', '.join(segments)} or other", *apart] if segments else apart
    options = "; ".join(_option(option) for option in step["options"])
    return (
        f"choose {step['choice']}: {options}; by what brought {listed(reward['on'])} within {reward['within']}"
        + (f", apart for each {', '.join(apart)}" if apart else "")
        + f"; {step['hold_out']} of 100 drawn evenly"
        + (_budget(step["budget"]) if "budget" in step else "")
    )


def _budget(budget: Content) -> str:
    caps = " and ".join(f"{cap['most']} by {cap['channel']} in {cap['days']} days" for cap in budget["caps"])
    return f"; at most {caps}, on the days where they are worth most; else {budget['rest']}"


def _option(option: Content) -> str:
    prior = f" (as if {option['prior']['rewarded']} of {option['prior']['of']})" if "prior" in option else ""
    return f"{option['name']}{prior} then {option['then']}"


_STEPS: Mapping[str, Callable[[Content], str]] = {
    "contact": _contact,
    "wait": _wait,
    "wait_until": _wait_until,
    "wait_due": _wait_due,
    "wait_for": _wait_for,
    "branch": _branch,
    "experiment": _experiment,
    "choose": _choose,
    "set": lambda step: f"{'mark' if step.get('to', True) else 'no longer mark'} the consumer {step['mark']}",
    "assign": lambda step: f"hand over to {step['to']}, and end as assigned",
    "exit": lambda step: f"end as {step['reason']}",
}


def _reactions(content: Content) -> dict[str, str]:
    vetoed = {f"if {_rules(entry['rules'])} refuses": _reaction(entry) for entry in content["vetoed"]}
    failed = {f"if it fails, {name}": _reaction(entry) for name, entry in content["failed"].items()}
    silence = content["silence"]
    return vetoed | failed | {f"if nobody answers for {silence['patience']}": _reaction(silence)}


def _rules(patterns: list[str]) -> str:
    return "any other rule" if patterns == ["*"] else listed(patterns)


def _reaction(entry: Content) -> str:
    words = {"again": "ask again", "next-number": "take the next number", "next-step": "go on"}
    after = f" after {entry['after']}" if "after" in entry else ""
    if entry["then"] == "end":
        return f"end as {entry['reason']}"
    without = f", and end as {entry['reason']} without one" if "reason" in entry else ""
    return words[entry["then"]] + after + without
