"""Facts that were learned late: contacts made before we knew of what would have barred them.

Both times of a fact are kept: since when it is so, and when we learned of it. A contact is judged by what was known
when it was made; that it would have been barred is a finding of its own, for a person to read.
"""

from msgspec.structs import replace

from contracts.events import (
    ContactsReviewed,
    CountedEvent,
    FactLearned,
    Finding,
    FindingResult,
    OptedOut,
)
from services.compliance.core.codes import ALL_DEBTS, STATEMENTS, Outcome, instant, seconds
from services.compliance.core.decide import outcome_meta
from services.compliance.core.rules.ask import Ask, zones_at
from services.compliance.core.rules.rule import RuleSet
from services.compliance.core.state import ConsumerState, Contact
from services.compliance.core.suppressions import protects

LATE = 60
"""Seconds after which a fact was learned late."""
REASON = "Lawful on what was known: this rule would have refused the contact, but we learned of the fact only later."
NOT_OURS = (Outcome.REJECTED, Outcome.CALLED_US)


def review(
    before: ConsumerState,
    after: ConsumerState,
    event: FactLearned | OptedOut,
    rules: RuleSet,
    learned_at: int,
    place: tuple[int, int],
) -> tuple[ContactsReviewed, ...]:
    """What is to be said of contacts made since a fact was so and before we knew; `place` is partition and offset."""
    since = seconds(event.from_at if isinstance(event, FactLearned) else event.stated_at)
    if learned_at - since < LATE or before == after:
        return ()
    partition, offset = place
    fact = CountedEvent(STATEMENTS, partition, offset, instant(since))
    made = [c for c in before.contacts if since <= c.at < learned_at and c.outcome not in NOT_OURS]
    findings = tuple(
        replace(finding, result=FindingResult.ALLOWED, reason=REASON, counted=(contact.counted(partition), fact))
        for contact in made
        for finding in _newly_barred(before, after, event.address_id or "", contact, rules)
    )
    if not findings:
        return ()
    meta = outcome_meta(event.meta, "review", instant(learned_at))
    return (ContactsReviewed(meta, event.meta.event_id, instant(since), instant(learned_at), findings, rules.digest),)


def _newly_barred(
    before: ConsumerState, after: ConsumerState, address_id: str, contact: Contact, rules: RuleSet
) -> list[Finding]:
    found = []
    for rule in rules.in_force(contact.at):
        if rule.standing and rule.binds & contact.channel and protects(rule, after):
            was, now = (rule.judge(_ask(state, address_id, contact), contact.at) for state in (before, after))
            if now.result is FindingResult.VETOED and was.result is not FindingResult.VETOED:
                found.append(now)
    return found


def _ask(state: ConsumerState, address_id: str, contact: Contact) -> Ask:
    zones, located = zones_at(state, contact.at)
    debts = contact.debts or ALL_DEBTS
    return Ask(state, zones, located, contact.channel, address_id, debts, 0, person=contact.person, place=contact.place)
