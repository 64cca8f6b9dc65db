"""What the independent check finds when something is planted in a clean story: each kind of fault, and nothing else.

A green run does not prove that real logs look like this story; the demo runs the same check on those.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from counterpoint.recount.evidence import Handed, Said
from counterpoint.recount.log import Unread
from counterpoint.recount.recount import recount
from tests.unit.recount.factories import (
    CONSUMER,
    DEBT,
    MONDAY,
    NUMBER,
    STOPPED,
    THURSDAY,
    UNFLAGGED,
    Story,
    a_phone,
    a_story,
    changed,
    failed,
    numbers,
)

DAY = timedelta(days=1)


def test_finds_nothing_in_a_clean_story_and_looked_at_all_of_it() -> None:
    found = a_story().checked()
    assert found.clean
    assert not failed(found)
    nothing = ("call", "read was", "e-mail")
    assert all(check.looked_at for check in found.checks if not any(words in check.name for words in nothing))


def text_at_night(story: Story) -> None:
    story.texts = changed(story.texts, "first", received_at=MONDAY.replace(hour=11))


def text_at_nine_sharp(story: Story) -> None:
    story.change("ContactApproved", lambda _: {"expires_at": MONDAY + DAY})
    story.change("TextApproved", lambda _: {"expires_at": MONDAY + DAY})
    story.texts = changed(story.texts, "first", received_at=(MONDAY + DAY).replace(hour=1))


def text_too_early_in_the_other_zone(story: Story) -> None:
    story.change("AccountPlaced", lambda _: {"zones": [{"zone": "America/New_York"}, {"zone": "America/Los_Angeles"}]})


def text_too_early_where_no_zone_is_known(story: Story) -> None:
    story.change("AccountPlaced", lambda _: {"zones": []})


def text_to_a_bankrupt(story: Story) -> None:
    story.change("AccountPlaced", lambda _: {"flags": UNFLAGGED | {"bankrupt": True}})


def text_after_a_letter_to_cease(story: Story) -> None:
    story.add("FactLearned", MONDAY + DAY, fact="CEASED", holds=True)


def text_without_consent(story: Story) -> None:
    story.change("AccountPlaced", lambda body: {"phones": [a_phone(consented=False)]})


def second_text_on_one_date(story: Story) -> None:
    story.sent(MONDAY + timedelta(hours=3), "again")


def fourth_text_in_seven_dates(story: Story) -> None:
    story.sent(MONDAY + DAY, "third")
    story.sent(MONDAY + 2 * DAY, "fourth")


def eighth_call(story: Story) -> None:
    for n in range(8):
        at = MONDAY + n * timedelta(hours=10)
        story.add("ContactRequested", at, contact_id=f"call-{n}", channel="VOICE", debt_ids=[DEBT])
        story.add("ContactVetoed", at, contact_id=f"call-{n}")
        story.add("AttemptStarted", at, contact_id=f"call-{n}", attempt_id=f"try-{n}", channel="VOICE", started_at=at)


def text_nobody_approved(story: Story) -> None:
    story.texts = changed(story.texts, "first", reference={"consumer": CONSUMER, "contact": "elsewhere"})


def text_to_another_number(story: Story) -> None:
    story.texts = changed(story.texts, "first", to="+13125550100")


def text_after_its_approval_ran_out(story: Story) -> None:
    story.change("TextApproved", lambda body: {"expires_at": body["meta"]["occurred_at"] + timedelta(seconds=5)})


def approval_without_a_verdict(story: Story) -> None:
    story.drop("ContactApproved", lambda body: body["contact_id"] == "first")
    story.add("ContactVetoed", MONDAY, contact_id="first")


def approval_against_a_rule(story: Story) -> None:
    story.change("ContactApproved", lambda _: {"findings": [{"rule_id": "us.stop.cease", "result": "VETOED"}]})


def text_after_a_stop(story: Story) -> None:
    story.sent(STOPPED + 4 * DAY, "after")


def text_after_a_stop_that_nobody_understood(story: Story) -> None:
    story.drop("OptedOut")
    story.sent(STOPPED + 4 * DAY, "after")


def text_to_another_number_after_a_stop(story: Story) -> None:
    story.sent(STOPPED + 4 * DAY, "after", number="+13125550100")


def text_to_another_consumer_at_a_number_that_said_stop(story: Story) -> None:
    story.placed(4, consumer_id="con-2")
    story.change("PlacementBatchLoaded", lambda _: {"rows": 4, "placed": 2})
    story.drop("OptedOut")
    story.heard(STOPPED, "INBOUND", {"MessageSid": "SMin-x", "From": NUMBER, "Body": "STOP"}, "con-2")
    story.add("ReplyReceived", STOPPED, "con-2", provider_id="SMin-x")
    story.sent(STOPPED + 4 * DAY, "after", consumer_id="con-2")


UNLAWFUL: list[tuple[Callable[[Story], None], str]] = [
    (text_at_night, "08:00 to 21:00"),
    (text_at_nine_sharp, "08:00 to 21:00"),
    (text_too_early_in_the_other_zone, "08:00 to 21:00"),
    (text_too_early_where_no_zone_is_known, "08:00 to 21:00"),
    (text_to_a_bankrupt, "bankrupt"),
    (text_after_a_letter_to_cease, "asked us to cease"),
    (text_without_consent, "consent was refused"),
    (second_text_on_one_date, "on one date"),
    (fourth_text_in_seven_dates, "in 7 dates"),
    (eighth_call, "calls about one debt"),
    (text_nobody_approved, "exactly one approval"),
    (text_to_another_number, "exactly one approval"),
    (text_after_its_approval_ran_out, "exactly one approval"),
    (approval_without_a_verdict, "follows a verdict"),
    (approval_against_a_rule, "follows a verdict"),
    (text_after_a_stop, "stops"),
    (text_after_a_stop_that_nobody_understood, "stops"),
    (text_to_another_number_after_a_stop, "stops"),
    (text_to_another_consumer_at_a_number_that_said_stop, "stops"),
]


@pytest.mark.parametrize(("plant", "name"), UNLAWFUL, ids=lambda v: v.__name__ if callable(v) else "")
def test_finds_what_is_unlawful(plant: Callable[[Story], None], name: str) -> None:
    story = a_story()
    plant(story)
    found = story.checked()
    assert numbers(found)[0] > 0
    assert any(name in check for check in failed(found))
    assert len({fault.key for check in found.unlawful for fault in check.faults}) == found.numbers["unlawful contacts"]


def test_a_contact_that_breaks_two_rules_counts_once() -> None:
    story = a_story()
    text_at_night(story)
    text_after_its_approval_ran_out(story)
    found = story.checked()
    assert len([c for c in found.unlawful if c.faults]) > 1
    assert numbers(found)[0] == 2  # both texts came after their approvals ran out, one of them at night too


def test_a_text_that_was_under_way_when_the_stop_came_is_counted_apart() -> None:
    story = a_story()
    text = story.sent(STOPPED + 4 * DAY, "crossing")
    story.wrote(text.requested_at - timedelta(seconds=0.5), "STOP", "stop", number="+13125550100")
    story.notes = [n for n in story.notes if not (isinstance(n, Said) and n.at == STOPPED)]
    for kind in ("OptedOut", "CallbackReceived", "ReplyReceived"):
        story.drop(kind, lambda body: body["meta"]["occurred_at"] == STOPPED)
    found = story.checked()
    assert found.clean
    assert list(found.stops.crossed) == [0.5]


def test_who_says_start_may_be_written_to_again() -> None:
    story = a_story()
    story.wrote(STOPPED + DAY, "START", "start")
    story.sent(STOPPED + 4 * DAY, "after")
    assert story.checked().clean


def test_an_hour_that_is_wrong_for_somebody_else_at_the_number_is_only_remarked() -> None:
    story = Story()
    story.placed(1)
    story.placed(2, consumer_id="con-2", zone="Pacific/Honolulu")
    story.sent(MONDAY, "first")
    found = story.checked()
    assert found.clean
    assert "1 came to a number shared" in found.unlawful[0].remark


def same_contact_twice(story: Story) -> None:
    story.texts.append(replace(story.texts[0], message_sid="SM-more", body="Hello once more. Ref first"))


def same_words_twice(story: Story) -> None:
    again = {"attempt": "attempt-other", "contact": "other", "consumer": CONSUMER}
    story.texts.append(replace(story.texts[0], message_sid="SM-more", reference=again))


def two_attempts(story: Story) -> None:
    at = MONDAY + timedelta(seconds=4)
    story.add("AttemptStarted", at, contact_id="first", attempt_id="attempt-more", channel="SMS", started_at=at)


def two_approvals(story: Story) -> None:
    story.add("TextApproved", MONDAY, contact_id="first", to=NUMBER, expires_at=MONDAY + timedelta(hours=8))


@pytest.mark.parametrize("plant", [same_contact_twice, same_words_twice, two_attempts, two_approvals])
def test_finds_doubles(plant: Callable[[Story], None]) -> None:
    story = a_story()
    plant(story)
    assert numbers(story.checked())[1] == 1


def test_an_event_that_stands_in_the_log_twice_is_one_event() -> None:
    story = a_story()
    story.records += [replace(r, offset=r.offset + 1000) for r in story.records]
    assert story.checked().clean


def row_without_an_end(story: Story) -> None:
    story.drop("PlacementRejected")


def row_with_two_ends(story: Story) -> None:
    story.add("PlacementRejected", MONDAY, "", batch_id="batch", row_number=1)


def row_that_is_no_repeat(story: Story) -> None:
    story.change("PlacementSubmitted", lambda b: {"fields": {"client_account_number": f"AC-{b['row_number'] * 7}"}})


def wrong_totals(story: Story) -> None:
    story.change("PlacementBatchLoaded", lambda _: {"placed": 2, "repeated": 0})


def file_that_never_came(story: Story) -> None:
    story.notes.append(Handed("acme", "an0ther", 2))


def question_without_a_choice(story: Story) -> None:
    story.drop("ChoiceMade")


def request_without_a_verdict(story: Story) -> None:
    story.add("ContactRequested", THURSDAY, contact_id="forgotten", channel="SMS", debt_ids=[DEBT])


def request_with_two_verdicts(story: Story) -> None:
    story.add("ContactDeferred", MONDAY, contact_id="first")


def approval_that_never_reached_its_channel(story: Story) -> None:
    story.add("ContactRequested", THURSDAY, contact_id="stuck", channel="SMS", debt_ids=[DEBT])
    story.add("ContactApproved", THURSDAY, contact_id="stuck", channel="SMS", decided_at=THURSDAY, findings=[])


def approval_that_was_never_tried(story: Story) -> None:
    approval_that_never_reached_its_channel(story)
    story.add("TextApproved", THURSDAY, contact_id="stuck", to=NUMBER, expires_at=THURSDAY + DAY)
    story.change("ContactApproved", lambda _: {"findings": [{"rule_id": "us.hours.federal", "result": "ALLOWED"}]})


def text_whose_end_nobody_knows(story: Story) -> None:
    story.drop("AttemptStatusChanged", lambda body: body["contact_id"] == "second")


def callback_that_never_came(story: Story) -> None:
    story.drop("CallbackReceived", lambda body: b"SM-second" in body["body"])


def message_that_never_came(story: Story) -> None:
    story.notes.append(Said(THURSDAY, NUMBER, "SMin-lost", "question"))


def message_that_was_never_read(story: Story) -> None:
    story.drop("ReplyReceived", lambda body: body["meta"]["occurred_at"] == MONDAY + timedelta(hours=1))


def payment_that_never_came(story: Story) -> None:
    story.drop("PaymentSettled")


def payment_that_came_twice(story: Story) -> None:
    story.add("PaymentSettled", THURSDAY, payment_id="acme:pay-1")


def record_that_nobody_can_read(story: Story) -> None:
    story.unread.append(Unread("counterpoint.payments.v1", 0, 99, "no event of a known schema"))
    story.stored = {**story.evidence().log.records}


def record_that_is_not_in_the_read_model(story: Story) -> None:
    counted = story.evidence().log.records
    story.stored = {topic: n - (topic == "counterpoint.payments.v1") for topic, n in counted.items()}


LOST = [
    row_without_an_end,
    row_with_two_ends,
    row_that_is_no_repeat,
    wrong_totals,
    file_that_never_came,
    question_without_a_choice,
    request_without_a_verdict,
    request_with_two_verdicts,
    approval_that_never_reached_its_channel,
    approval_that_was_never_tried,
    text_whose_end_nobody_knows,
    callback_that_never_came,
    message_that_never_came,
    message_that_was_never_read,
    payment_that_never_came,
    payment_that_came_twice,
    record_that_nobody_can_read,
    record_that_is_not_in_the_read_model,
]


@pytest.mark.parametrize("plant", LOST, ids=lambda v: v.__name__)
def test_finds_what_is_lost(plant: Callable[[Story], None]) -> None:
    story = a_story()
    plant(story)
    assert numbers(story.checked())[2] > 0


def test_what_is_still_under_way_is_not_lost() -> None:
    story = a_story()
    request_without_a_verdict(story)
    assert not story.checked().clean
    assert recount(replace(story.evidence(), settled=THURSDAY - timedelta(seconds=1))).clean


def test_what_was_set_aside_is_listed_and_not_lost() -> None:
    story = a_story()
    where = "counterpoint.payments.v1", 0, 99
    story.unread.append(Unread(*where, "no event of a known schema"))
    story.dead.append(Unread(*where, "unknown schema"))
    found = story.checked()
    assert found.clean
    assert "1 of counterpoint.payments.v1: unknown schema" in [c.remark for c in found.lost]


def test_a_text_of_which_the_network_says_no_more_is_explained() -> None:
    story = a_story()
    story.texts = changed(story.texts, "second", status="sent")
    end = b"SM-second&MessageStatus="
    story.change("CallbackReceived", lambda body: {"body": body["body"].replace(end + b"delivered", end + b"sent")})
    story.drop("AttemptStatusChanged", lambda body: body["contact_id"] == "second")
    assert story.checked().clean
