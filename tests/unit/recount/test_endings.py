"""Lies about how texts ended, planted one at a time: each is found.

A green run does not prove that the ledger knows: the provider simulator's own tests do.
"""

from collections.abc import Callable

import pytest

from counterpoint.recount.endings import endings
from tests.unit.recount.factories import MONDAY, Story, a_story, changed


def lost(story: Story) -> None:
    story.texts = [t for t in story.texts if t.contact_id != "first"]


def denied(story: Story) -> None:
    story.add("AttemptRejected", MONDAY, contact_id="first", reason="not-sent")


def untold(story: Story) -> None:
    story.drop("AttemptStatusChanged", lambda body: body["contact_id"] == "first")


def told_otherwise(story: Story) -> None:
    story.texts = changed(story.texts, "first", status="undelivered")


def never_tried(story: Story) -> None:
    story.drop("AttemptStarted", lambda body: body["contact_id"] == "first")


@pytest.mark.parametrize("plant", [lost, denied, untold, told_otherwise, never_tried])
def test_an_end_that_is_not_so_is_found(plant: Callable[[Story], None]) -> None:
    story = a_story()
    plant(story)
    assert [fault.key for fault in endings(story.evidence()).faults] == ["first"]


def test_a_text_that_was_not_sent_and_one_of_which_the_carrier_says_no_more_have_their_ends() -> None:
    story = a_story()
    lost(story)
    denied(story)
    story.texts = changed(story.texts, "second", status="sent")
    story.change("AttemptStatusChanged", lambda body: {"status": "SENT", "terminal": False})
    check = endings(story.evidence())
    assert (check.looked_at, check.faults) == (2, [])
