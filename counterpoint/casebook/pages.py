"""Rules as a person reads them: one rule's page, and what differs between two packs."""

import json
from collections.abc import Sequence
from typing import Any

from services.compliance.loader import RuleFile

IGNORED = ("cases", "last_checked")
"""What may differ without the rule saying anything else."""


def page(file: RuleFile) -> str:
    """One rule in Markdown."""
    said = file.content
    until = f" until {said['effective_to']}" if "effective_to" in said else ""
    lines = [
        f"## {said['id']}",
        "",
        said["title"],
        "",
        f"- law: {said['citation']}",
        f"- covers: {', '.join(said.get('covers', ())) or 'nothing by another name'}",
        f"- in force: from {said['effective_from']}{until}",
        f"- kind: {said['kind']}; limits {', '.join(said['channels'])}",
        f"- parameters: {in_short(said['parameters'])}",
        *(f"- {name}: {in_short(said[name])}" for name in ("only", "unless", "replaces") if name in said),
        f"- source: {said['source']}; checked {said['last_checked']}; {said['confidence']}",
        *(["", str(said["note"]).strip()] if "note" in said else []),
        "",
        *(f"- {case['name']}: {in_short(case['expect'])}" for case in said["cases"]),
        "",
    ]
    return "\n".join(lines)


def in_short(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "; ".join(f"{name} {in_short(v)}" for name, v in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(in_short(v) for v in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def differences(older: Sequence[RuleFile], newer: Sequence[RuleFile]) -> list[str]:
    """What differs, a line each."""
    before, after = ({f.content["id"]: f.content for f in files} for files in (older, newer))
    found = [f"- {rule}: gone" for rule in sorted(before.keys() - after.keys())]
    found += [f"+ {rule}: {after[rule]['title']}" for rule in sorted(after.keys() - before.keys())]
    for rule in sorted(before.keys() & after.keys()):
        for name in sorted({*before[rule], *after[rule]} - set(IGNORED)):
            was, now = (json.dumps(rules[rule].get(name), sort_keys=True) for rules in (before, after))
            if was != now:
                found.append(f"~ {rule}: {name}: {was} -> {now}")
    return found
