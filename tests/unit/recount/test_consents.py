"""What the independent check says of consent to texts, by its own reading.

A green run does not prove that a client's word of a consent is true.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.recount.factories import MONDAY, NUMBER, THURSDAY, Story, a_phone, a_story, failed, numbers

DAY = timedelta(days=1)
SIXTY_DATES_BEFORE = MONDAY.date() - 60 * DAY


def text_with_consent_to_the_client_alone(story: Story) -> None:
    story.change("AccountPlaced", lambda body: {"phones": [a_phone(consent_to="client")]})


def text_of_whose_consent_nobody_said_anything(story: Story) -> None:
    story.change("AccountPlaced", lambda body: {"phones": [{"number": NUMBER, "consented": None}]})


def text_on_the_sixty_first_date(story: Story) -> None:
    story.change("AccountPlaced", lambda body: {"phones": [a_phone(consented_on=SIXTY_DATES_BEFORE - DAY)]})


def text_by_a_check_from_before_the_consent(story: Story) -> None:
    said = a_phone(consented_on=SIXTY_DATES_BEFORE - DAY, checked_on=SIXTY_DATES_BEFORE - 2 * DAY)
    story.change("AccountPlaced", lambda body: {"phones": [said]})


def text_by_a_check_without_consent_to_us(story: Story) -> None:
    said = a_phone(consent_to="client", checked_on=MONDAY.date() - DAY)
    story.change("AccountPlaced", lambda body: {"phones": [said]})


def text_to_a_number_that_only_somebody_else_consented_for(story: Story) -> None:
    story.change("AccountPlaced", lambda body: {"phones": [a_phone("+13125550100"), a_phone(consent_to=None)]})


def text_after_consent_was_withdrawn(story: Story) -> None:
    said: dict[str, Any] = {
        "fact": "TEXT_CONSENT",
        "holds": False,
        "detail": "",
        "address_id": None,
        "from_at": MONDAY + DAY,
    }
    story.add("FactLearned", MONDAY + DAY, **said)


def text_to_a_number_that_was_found_to_be_somebody_elses(story: Story) -> None:
    said: dict[str, Any] = {
        "fact": "NUMBER_CHECKED",
        "holds": True,
        "detail": "reassigned",
        "address_id": None,
        "from_at": MONDAY - DAY,
    }
    story.add("FactLearned", MONDAY - DAY, **said)


PLANTED = [
    text_with_consent_to_the_client_alone,
    text_of_whose_consent_nobody_said_anything,
    text_on_the_sixty_first_date,
    text_by_a_check_from_before_the_consent,
    text_by_a_check_without_consent_to_us,
    text_to_a_number_that_only_somebody_else_consented_for,
    text_after_consent_was_withdrawn,
    text_to_a_number_that_was_found_to_be_somebody_elses,
]


@pytest.mark.parametrize("plant", PLANTED, ids=lambda v: v.__name__)
def test_finds_a_text_without_fresh_consent_to_us(plant: Callable[[Story], None]) -> None:
    story = a_story()
    plant(story)
    found = story.checked()
    assert numbers(found)[0] > 0
    assert [name for name in failed(found) if "without consent to us" in name]


def test_the_sixtieth_date_still_counts_and_so_does_a_check_on_it() -> None:
    for said in (
        a_phone(consented_on=THURSDAY.date() - 60 * DAY),
        a_phone(consented_on=MONDAY.date() - 300 * DAY, checked_on=THURSDAY.date() - 60 * DAY),
    ):
        story = a_story()
        story.change("AccountPlaced", lambda _, said=said: {"phones": [said]})  # type: ignore[misc]
        assert story.checked().clean


def test_consent_that_a_person_told_us_counts_too() -> None:
    story = a_story()
    story.change("AccountPlaced", lambda _: {"phones": [a_phone(consented=None, consent_to=None)]})
    said: dict[str, Any] = {
        "fact": "TEXT_CONSENT",
        "holds": True,
        "detail": "collector",
        "address_id": None,
        "from_at": MONDAY - DAY,
    }
    story.add("FactLearned", MONDAY - DAY, **said)
    assert story.checked().clean


def test_who_wrote_from_a_number_may_be_answered_there() -> None:
    story = Story()
    story.placed(1)
    story.change("AccountPlaced", lambda _: {"phones": [a_phone(consented=None, consent_to=None)]})
    story.wrote(MONDAY - DAY, "Who is this?", "question")
    story.sent(MONDAY, "first")
    assert story.checked().clean
