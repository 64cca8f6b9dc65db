"""Links that name a contact. Green does not prove that a page is behind them, nor that nobody passes one on."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.personal_links import CHARACTERS, Link, NoLink, Page, Signer, read
from contracts.ids import ConsumerId, ContactId, derived_id

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
CONSUMER = ConsumerId("con-0fcc60af353e99eba175bcce")
CONTACT = ContactId(derived_id(cause=CONSUMER, name="contact/1", at=NOW))
KEY, OTHER = b"a key of ours", b"another key"
SIGNER = Signer("https://pay.example.test", KEY, 30)


def token(page: Page = Page.ACCOUNT, signer: Signer = SIGNER) -> str:
    """The end of a link."""
    return signer.link(CONTACT, CONSUMER, page).rpartition("/")[2]


@pytest.mark.parametrize("page", Page)
def test_a_link_names_the_contact_the_consumer_and_the_page(page: Page) -> None:
    assert read(token(page), [KEY], NOW) == Link(CONTACT, CONSUMER, page, NOW + timedelta(days=30))
    assert len(token(page)) == CHARACTERS
    assert SIGNER.link(CONTACT, CONSUMER, page) == f"https://pay.example.test/{token(page)}"


def test_a_link_ends_with_its_days_counted_from_the_contact() -> None:
    last = NOW + timedelta(days=30)
    assert isinstance(read(token(), [KEY], last - timedelta(milliseconds=1)), Link)
    assert read(token(), [KEY], last) == NoLink("expired")


def test_while_keys_change_both_are_believed() -> None:
    assert isinstance(read(token(), [OTHER, KEY], NOW), Link)
    assert read(token(), [OTHER], NOW) == NoLink("forged")
    assert read(token(), [], NOW) == NoLink("forged")


@given(st.integers(0, CHARACTERS - 1), st.sampled_from("AZaz09-_"))
def test_no_character_can_be_changed(place: int, character: str) -> None:
    changed = token()[:place] + character + token()[place + 1 :]
    assert isinstance(read(changed, [KEY], NOW), Link) == (changed == token())


@given(st.text(max_size=60))
def test_whatever_comes_is_answered(said: str) -> None:
    assert isinstance(read(said, [KEY], NOW), NoLink)


@pytest.mark.parametrize(
    ("contact", "consumer"),
    [("contact-1", CONSUMER), (CONTACT, "consumer-1"), (CONTACT, CONSUMER[4:]), (CONTACT[:-2], CONSUMER), ("", "")],
)
def test_ids_of_another_form_get_no_link(contact: str, consumer: str) -> None:
    with pytest.raises(ValueError):
        SIGNER.link(contact, consumer)


@pytest.mark.parametrize("days", [0, 256])
def test_a_link_holds_between_a_day_and_eight_months(days: int) -> None:
    with pytest.raises(ValueError, match="1 to 255 days"):
        Signer("https://pay.example.test", KEY, days).link(CONTACT, CONSUMER)
