"""The check finds what is wrong with e-mails, letters and calls; what is wrong with texts is in test_planted.py.

A green run does not prove that nothing else can go wrong with them.
"""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from counterpoint.recount.evidence import Text
from tests.unit.recount.factories import (
    CONSUMER,
    DEBT,
    EMAIL,
    MONDAY,
    NUMBER,
    UNFLAGGED,
    Story,
    a_story,
    failed,
    numbers,
)

DAY = timedelta(days=1)
RULES = [{"rule_id": "us.hours.federal", "result": "ALLOWED"}]
KINDS = {
    "email": ("EMAIL", "EmailApproved", EMAIL),
    "letter": ("LETTER", "LetterApproved", "12 Elm St"),
    "call": ("VOICE", "CallApproved", NUMBER),
}


def with_another(kind: str, wrong: str = "") -> Story:
    """The clean story with an e-mail, a letter or a call in it, and perhaps something wrong with that."""
    story, contact = a_story(), f"by-{kind}"
    channel, approval, to = KINDS[kind]
    at = MONDAY + (DAY / 2 if wrong == "at night" else DAY)
    before = at - DAY / 24
    story.add("ContactRequested", before, contact_id=contact, purpose="OUTREACH", channel=channel, debt_ids=[DEBT])
    verdict: dict[str, Any] = {"contact_id": contact, "channel": channel, "findings": RULES}
    story.add("ContactApproved", before, decided_at=before, expires_at=at + DAY, **verdict)
    if wrong != "not approved":
        ends = before if wrong == "too late" else at + DAY
        story.add(approval, before, contact_id=contact, to=to, expires_at=ends)
    if wrong == "stopped":
        story.add("OptedOut", before, channel=channel, scope="MEDIUM", stated_at=before)
    if wrong == "bankrupt":
        story.change("AccountPlaced", lambda _: {"flags": UNFLAGGED | {"bankrupt": True}})
        story.texts = []
    attempt = {"contact_id": contact, "attempt_id": contact, "channel": channel}
    story.add("AttemptStarted", at, started_at=at, **attempt)
    if wrong != "unheard of":
        story.add("AttemptStatusChanged", at, status="DELIVERED", terminal=True, **attempt)
    reference = {"cp_contact": contact, "cp_consumer": CONSUMER}
    for n in range(2 if wrong == "twice" else 1):
        story.texts.append(Text(90 + n, kind, f"m{n}", to, "words", reference, at, at, "delivered"))
    return story


@pytest.mark.parametrize("kind", KINDS)
def test_finds_nothing_in_an_email_a_letter_or_a_call_that_was_approved(kind: str) -> None:
    found = with_another(kind).checked()
    assert not failed(found)


OTHERS = [(kind, wrong) for kind in KINDS for wrong in ("stopped", "not approved", "too late")]
OTHERS += [("email", "at night"), ("call", "at night")]


@pytest.mark.parametrize(("kind", "wrong"), OTHERS)
def test_finds_what_is_unlawful_on_other_channels(kind: str, wrong: str) -> None:
    unlawful, _, _ = numbers(with_another(kind, wrong).checked())
    assert unlawful == 1


@pytest.mark.parametrize("kind", KINDS)
def test_finds_what_went_to_somebody_who_is_barred_came_twice_or_has_no_end(kind: str) -> None:
    assert "restriction bars" in " ".join(failed(with_another(kind, "bankrupt").checked()))
    assert numbers(with_another(kind, "twice").checked())[1] == 1
    assert "the end of each e-mail, letter and call is in the log" in failed(with_another(kind, "unheard of").checked())


@pytest.mark.parametrize("consented", [None, False])
def test_finds_an_email_without_consent(consented: bool | None) -> None:
    story = with_another("email")
    story.change("AccountPlaced", lambda _: {"emails": [{"address": EMAIL, "consented": consented}]})
    assert failed(story.checked()) == {"no e-mail to an address without consent to us"}


def repeated(kind: str, times: int, purpose: str, apart: timedelta = DAY / 24) -> Story:
    """The story with so many contacts of a kind, all for one purpose, one soon after another."""
    story = a_story()
    for n in range(times):
        before, contact = MONDAY + DAY + n * apart, f"by-{kind}-{n}"
        channel, approval, to = KINDS[kind]
        about = {"contact_id": contact, "purpose": purpose, "channel": channel}
        story.add("ContactRequested", before, debt_ids=[DEBT], **about)
        story.add("ContactApproved", before, decided_at=before, expires_at=before + DAY, findings=RULES, **about)
        story.add(approval, before, contact_id=contact, to=to, expires_at=before + DAY)
        attempt = {"contact_id": contact, "attempt_id": contact, "channel": channel}
        story.add("AttemptStarted", before, started_at=before, **attempt)
        story.add("AttemptStatusChanged", before, status="DELIVERED", terminal=True, **attempt)
        reference = {"cp_contact": contact, "cp_consumer": CONSUMER}
        story.texts.append(Text(90 + n, kind, f"m{n}", to, "words", reference, before, before, "delivered"))
    return story


CAPS = [
    ("email", 2, "e-mails to a consumer in 7 dates", "REPLY"),
    ("call", 2, "calls to a consumer on one date", "CALLBACK"),
]


@pytest.mark.parametrize(("kind", "most", "cap", "free"), CAPS)
def test_finds_what_is_one_too_many_by_house_policy(kind: str, most: int, cap: str, free: str) -> None:
    assert not failed(repeated(kind, most, "OUTREACH").checked())
    assert failed(repeated(kind, most + 1, "OUTREACH").checked()) == {f"at most {most} {cap}"}
    assert not failed(repeated(kind, most + 1, free).checked())


def test_an_email_that_comes_back_after_it_had_arrived_is_one_email() -> None:
    story = with_another("email")
    story.texts.append(replace(story.texts[-1], sequence=99, status="bounce"))
    assert not failed(story.checked())


def test_finds_a_call_on_which_somebody_unknown_heard_of_a_debt() -> None:
    story = with_another("call")
    told = replace(story.texts[-1], body="Hello\n> 1\n# a debt\nMay I speak with Owen?")
    story.texts[-1] = told
    assert not failed(story.checked())
    story.texts[-1] = replace(told, body=f"{told.body}\nYou owe us a debt")
    assert numbers(story.checked())[0] == 1
