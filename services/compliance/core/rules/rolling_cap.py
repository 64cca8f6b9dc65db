"""A cap on contacts in so many dates, today the last of them.

Dates are the consumer's own; where several zones are plausible, the contact must be free in all of them. Counting
from the earliest start among the zones is the same as that, and needs no date per contact.
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from contracts.events import Finding, FindingResult
from services.compliance.core.codes import ALL_DEBTS, PLACES, TECHNOLOGIES, Outcome
from services.compliance.core.rules.ask import Ask, with_groups
from services.compliance.core.rules.rule import About, Definition, Rule, make_rule
from services.compliance.core.state import ASKED_FOR, Contact
from services.compliance.core.zones import first_counted, released

NAME = "rolling-cap"
ALL_TOGETHER = 0
"""Contacts are counted per consumer, whatever the debts."""


def build(definition: Definition) -> Rule:
    """A rule with the parameters `most`, `days`, `per` (consumer or debt), `counts` and `except` (outcomes).

    `purposes` limits what counts to some purposes, `uncounted` takes purposes out; `places` and `technologies` limit
    it to some addresses and ways of calling; with `consented` false, calls that the consumer asked for do not count.
    """
    counted_purposes = definition.purposes("purposes") or ~0
    counted_purposes &= ~definition.purposes("uncounted")
    places = sum(PLACES[p] for p in definition.parameters.get("places", ())) or sum(PLACES.values())
    named = definition.parameters.get("technologies", ())
    technologies = sum(1 << TECHNOLOGIES[t.upper().replace("-", "_")] for t in named) or ~0
    all_count = definition.parameters.get("consented", True)
    most: int = definition.parameters["most"]
    days: int = definition.parameters["days"]
    by_debt = definition.parameters["per"] == "debt"
    counts = definition.channels("counts")
    excluded = definition.outcomes("except") | 1 << Outcome.CALLED_US  # a call of the consumer's is none of ours
    span = f"in {days} days" if days > 1 else "on the same date"
    whom = " about one debt" if by_debt else ""
    few = f"Fewer than {most} counted contacts" if most > 1 else "No counted contact"
    allowed = definition.standard(f"{few}{whom} {span}.")

    def judge(ask: Ask, at: int) -> Finding:
        first = first_counted(ask.zones, at, days)
        debts = ask.debts if by_debt else ALL_DEBTS
        contacts = ask.state.contacts
        if ask.groups:
            contacts = tuple(replace(c, debts=with_groups(c.debts, ask.groups)) for c in contacts)
        counted = [
            c
            for c in contacts
            if c.at >= first
            and c.channel & counts
            and c.debts & debts
            and not excluded >> c.outcome & 1
            and counted_purposes >> c.purpose & 1
            and c.how & places
            and technologies >> (c.how >> 3 & 7) & 1
            and (all_count or not c.how & ASKED_FOR)
            and c.person == ask.person
        ]
        if not counted:
            return allowed
        full = fullest(counted, ask.debts if by_debt else ALL_TOGETHER, most)
        if full is None:
            evidence = tuple([c.counted(ask.partition) for c in counted])
            return Finding(definition.id, definition.citation, FindingResult.ALLOWED, allowed.reason, None, evidence)
        return definition.finding(
            FindingResult.DEFERRED,
            f"{_contacts(len(full))}{whom} {span}; at most {most} {'is' if most == 1 else 'are'} allowed.",
            earliest=released(ask.zones, full[most - 1].at, days),
            counted=[c.counted(ask.partition) for c in full],
        )

    return make_rule(definition, NAME, About.CONTACTS, judge, allowed, lasting=True)


def _contacts(count: int) -> str:
    return f"{count} counted contact{'' if count == 1 else 's'}"


def fullest(counted: Sequence[Contact], debts: int, most: int) -> Sequence[Contact] | None:
    """The contacts, newest first, of the debt that is free last; None if no debt has `most`."""
    if len(counted) < most:
        return None
    if debts == ALL_TOGETHER:
        return counted
    groups = ([c for c in counted if c.debts & debt] for debt in _bits(debts & _union(counted)))
    full = [group for group in groups if len(group) >= most]
    return max(full, key=lambda group: group[most - 1].at) if full else None


def _union(contacts: Iterable[Contact]) -> int:
    found = 0
    for contact in contacts:
        found |= contact.debts
    return found


def _bits(debts: int) -> Iterable[int]:
    while debts:
        lowest = debts & -debts
        yield lowest
        debts ^= lowest
