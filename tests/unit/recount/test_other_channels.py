"""The check finds what is wrong with e-mails and calls: no approval, one too many, a word too much, one after a stop.

A green run does not prove that nothing else can go wrong with them.
"""

from datetime import timedelta
from typing import Any

import pytest

from counterpoint.recount.evidence import Text
from tests.unit.recount.factories import CONSUMER, MONDAY, Story, a_story, numbers

DAY = timedelta(days=1)


def email_story(*, stop: bool = False, twice: bool = False, approved: bool = True) -> Story:
    """The clean story, with an e-mail in it."""
    story = a_story()
    at = MONDAY + DAY
    reference = {"cp_contact": "by-mail", "cp_consumer": CONSUMER}
    address = "ana@mail.test"
    if approved:
        approval: dict[str, Any] = {"contact_id": "by-mail", "to": address, "expires_at": at + DAY}
        story.add("EmailApproved", at - DAY / 24, **approval)
    if stop:
        story.add("OptedOut", at - DAY / 24, channel="EMAIL", scope="MEDIUM", stated_at=at - DAY / 24)
    for n in range(2 if twice else 1):
        story.texts.append(Text(90 + n, "email", f"m{n}", address, "words", reference, at, at, "delivered"))
    return story


def call_story(
    *, hour: int = 0, approved: bool = True, twice: bool = False, said: str = "May I speak with Ana?"
) -> Story:
    """A call to somebody who was not recognised, told rightly or wrongly."""
    story, at, number = a_story(), MONDAY + timedelta(hours=4 + hour), "+12125550100"
    about: dict[str, Any] = {"contact_id": "call-1", "to": number, "expires_at": at + timedelta(hours=1)}
    if approved:
        story.add("CallApproved", at, **about)
    reference = {"contact": "call-1", "consumer": CONSUMER}
    words = f"Hello\n> 1\n# a debt\n{said}"
    for n in range(1 + twice):
        story.texts.append(Text(90 + n, "call", f"c{n}", number, words, reference, at, at, "completed"))
    return story


def test_finds_nothing_in_a_call_that_was_approved_and_told_nobody_of_a_debt() -> None:
    assert numbers(call_story().checked()) == numbers(a_story().checked())


@pytest.mark.parametrize(
    ("wrong", "where"),
    [({"hour": 12}, 0), ({"approved": False}, 0), ({"said": "You owe us a debt"}, 0), ({"twice": True}, 1)],
)
def test_finds_what_is_wrong_with_a_call(wrong: Any, where: int) -> None:
    assert numbers(call_story(**wrong).checked())[where] == 1


def test_finds_nothing_in_an_email_that_was_approved() -> None:
    assert numbers(email_story().checked()) == numbers(a_story().checked())


@pytest.mark.parametrize(("wrong", "where"), [("stop", 0), ("twice", 1), ("approved", 0)])
def test_finds_what_is_wrong_with_an_email(wrong: str, where: int) -> None:
    found = email_story(**{wrong: wrong != "approved"}).checked()
    assert numbers(found)[where] > numbers(a_story().checked())[where]
