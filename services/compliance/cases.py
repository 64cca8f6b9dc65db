"""Runs the worked cases that rule files carry."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from contracts.ids import AddressId
from services.compliance.core.codes import (
    ALL_DEBTS,
    CHANNELS,
    FLAGS,
    OUTCOMES,
    PLACEMENTS,
    STATEMENTS,
    Scope,
    instant,
    seconds,
)
from services.compliance.core.decide import ask_of
from services.compliance.core.judge import Judgement, judge
from services.compliance.core.rules.rule import RuleSet
from services.compliance.core.state import ConsumerState, Contact, OptIn, OptOut, Stop
from services.compliance.core.zones import zone_code

ADDRESS = "tel-of-the-case"


def run_case(case: Mapping[str, Any], rule_id: str, rules: RuleSet) -> str | None:
    """Judge one case under a set of rules; what is wrong with the answer, or None."""
    expect = case["expect"]
    got = judge_case(case, rules)
    if got.result.value.lower() != expect["verdict"]:
        return f"expected {expect['verdict']}, got {_shown(got)}"
    if got.deciding is not None and got.deciding.rule_id != expect.get("rule", rule_id):
        return f"expected {expect.get('rule', rule_id)} to decide, got {_shown(got)}"
    if "earliest" in expect and got.earliest != _at(expect["earliest"]):
        return f"expected {expect['earliest']}, got {_shown(got)}"
    return None


def judge_case(case: Mapping[str, Any], rules: RuleSet) -> Judgement:
    """What the gate's own judging says of a case."""
    request = case["request"]
    state = _state(case)
    address_id = AddressId(request.get("address", ADDRESS))
    debts = _debts(state.debts, request.get("debts", ()))
    return judge(ask_of(state, _channel(request["channel"]), address_id, 0, debts), rules, _at(request["at"]))


def _state(case: Mapping[str, Any]) -> ConsumerState:
    history = case.get("history", ())
    debts = tuple(dict.fromkeys(d for h in (*history, case["request"]) for d in h.get("debts", ())))
    zones = tuple(zone_code(z) for z in case["zones"])
    contacts = [
        Contact(
            n, _at(h["at"]), _debts(debts, h.get("debts", ())), _channel(h["channel"]), 1, _outcome(h["outcome"]), n
        )
        for n, h in enumerate(history)
    ]
    return ConsumerState(
        zones=zones,
        evidence=(0,) * len(zones),
        debts=debts,
        contacts=tuple(sorted(contacts, key=lambda c: -c.at)),
        opt_outs=tuple(
            OptOut(
                Scope[o["scope"].upper()],
                _channel(o.get("channel", "unknown")),
                o.get("address", ""),
                _at(o["at"]),
                "",
                STATEMENTS,
                n,
            )
            for n, o in enumerate(case.get("opt_outs", ()))
        ),
        opt_ins=tuple(
            OptIn(_channel(o["channel"]), o.get("address", ""), _at(o["at"])) for o in case.get("opt_ins", ())
        ),
        stops=tuple(Stop(FLAGS[f.upper().replace("-", "_")], 0, PLACEMENTS, 0) for f in case.get("flags", ())),
    )


def _at(text: str) -> int:
    return seconds(datetime.fromisoformat(text))


def _channel(name: str) -> int:
    return CHANNELS[name.upper()]


def _outcome(name: str) -> int:
    return OUTCOMES[name.upper().replace("-", "_")]


def _debts(known: Sequence[str], named: Sequence[str]) -> int:
    return sum(1 << known.index(d) for d in set(named)) or ALL_DEBTS


def _shown(got: Judgement) -> str:
    rule = f" by {got.deciding.rule_id}" if got.deciding else ""
    until = f" until {instant(got.earliest).isoformat()}" if got.earliest is not None else ""
    return f"{got.result.value.lower()}{rule}{until}"
