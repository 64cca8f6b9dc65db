"""Was anybody contacted twice where once was meant?"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from counterpoint.recount.check import Check, Fault
from counterpoint.recount.evidence import Evidence, Text
from counterpoint.recount.log import Record

SOURCE = "design: at most one contact per approval"
APPROVALS = ("TextApproved", "EmailApproved", "CallApproved", "LetterApproved", "PushApproved")
T = TypeVar("T")


def doubles(evidence: Evidence) -> list[Check]:
    """Every way in which one contact can become two."""
    texts, log = evidence.texts, evidence.log
    return [
        _once("one message for each contact", texts, lambda t: t.contact_id, _key),
        _once("one message for each attempt", texts, lambda t: t.reference.get("attempt", t.message_sid), _key),
        _once("no two messages of the same words to one number", texts, lambda t: f"{t.to}/{t.body}", _key),
        _once("one attempt for each contact", log.of("AttemptStarted"), _contact, _contact),
        _once("one e-mail, letter, call or notification for each contact", evidence.others, _key, _key),
        _once("one approval for each contact", log.of(*APPROVALS), _contact, _contact),
    ]


def _once(name: str, things: Sequence[T], same: Callable[[T], str], key: Callable[[T], str]) -> Check:
    grouped: dict[str, list[T]] = defaultdict(list)
    for thing in things:
        grouped[same(thing)].append(thing)
    return Check(name, SOURCE, len(things), list(_repeats(grouped.values(), key)))


def _repeats(groups: Iterable[Sequence[T]], key: Callable[[T], str]) -> Iterable[Fault]:
    for group in groups:
        if len(group) > 1:
            yield Fault(key(group[1]), f"is there {len(group)} times")


def _key(text: Text) -> str:
    return text.contact_id or text.reference.get("token", "") or text.message_sid


def _contact(record: Record) -> str:
    return str(record.body["contact_id"])
