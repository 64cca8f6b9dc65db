"""What the letter channel makes of addresses, answers and reports. A green run does not prove that Lob answers so."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from chassis.channel.core.outcome import Verdict
from contracts.events import AttemptStatus, ReasonClass
from services.letter.core.outcome import is_deliverable, read_answer
from services.letter.core.place import Place, place_of
from services.letter.core.report import kept, of_lob, understood
from services.letter.core.status import LADDER, TERMINAL
from services.letter.signature import is_authentic, signature

NOW = datetime.fromtimestamp(1_700_000_000, UTC)


def test_an_address_is_read_as_it_is_written() -> None:
    place = place_of("12 Oak Street\nApt 4\nSan José, CA 95112")
    assert place == Place(("12 Oak Street", "Apt 4"), "San José", "CA", "95112")
    assert place.window == ("12 Oak Street", "Apt 4", "San José, CA 95112")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dayton, OH 45402",
        "1 Elm\nDayton OH 45402",
        "1\n2\n3\nDayton, OH 45402",
        "x" * 65 + "\nDayton, OH 45402",
        "1 Elm\r\nDayton, OH 45402",
        "1 Elm\tStreet\nDayton, OH 45402",
        "1 Elm\N{LINE SEPARATOR}Street\nDayton, OH 45402",
        "1 Elm\nDay\x00ton, OH 45402",
        " \nDayton, OH 45402",
    ],
)
def test_what_no_envelope_could_show_is_no_address(text: str) -> None:
    assert place_of(text) is None


@pytest.mark.parametrize(
    ("status", "code", "verdict", "why"),
    [
        (200, None, Verdict.ACCEPTED, ReasonClass.NONE),
        (401, "unauthorized", Verdict.LOCKED_OUT, ReasonClass.CONFIGURATION),
        (422, "failed_deliverability_strictness", Verdict.REJECTED, ReasonClass.PERMANENT_ADDRESS),
        (422, "unembedded_fonts", Verdict.REJECTED, ReasonClass.CONTENT_OR_REPUTATION),
        (422, "bad_request", Verdict.REJECTED, ReasonClass.CONFIGURATION),
        (429, "rate_limit_exceeded", Verdict.UNSENT, ReasonClass.TECHNICAL),
        (408, "request_timeout", Verdict.IN_DOUBT, ReasonClass.TECHNICAL),
        (409, "conflict", Verdict.IN_DOUBT, ReasonClass.TECHNICAL),
        (500, None, Verdict.IN_DOUBT, ReasonClass.TECHNICAL),
        (503, "service_unavailable", Verdict.IN_DOUBT, ReasonClass.TECHNICAL),
    ],
)
def test_only_what_proves_it_counts_as_not_printed(status: int, code: str, verdict: Verdict, why: ReasonClass) -> None:
    reading = read_answer(status, code)
    assert (reading.verdict, reading.reason_class) == (verdict, why)


def test_a_letter_is_tried_where_it_may_arrive() -> None:
    assert is_deliverable("deliverable_missing_unit")
    assert not is_deliverable("undeliverable")


def test_a_returned_letter_outranks_the_estimate_that_it_was_delivered() -> None:
    returned, delivered = LADDER["letter.returned_to_sender"], LADDER["letter.delivered"]
    assert returned[0] > delivered[0] >= TERMINAL
    assert (returned[1], delivered[1]) == (AttemptStatus.RETURNED, AttemptStatus.DELIVERED)


def test_what_is_kept_of_a_report_names_nobody() -> None:
    event = {
        "id": "evt_1",
        "event_type": {"id": "letter.in_transit"},
        "body": {
            "id": "ltr_1",
            "metadata": {"attempt": "a", "consumer": "c"},
            "to": {"name": "Ana Ejemplo", "address_line1": "12 Oak Street"},
            "tracking_events": [{"location": "45402"}],
        },
    }
    found = of_lob(event)
    assert found is not None
    body = kept(found[0])
    assert json.loads(body) == {"event": "letter.in_transit", "letter_id": "ltr_1", "zip_code": "45402"}
    assert understood(body) == found[0]
    assert found[1:] == ({"attempt": "a", "consumer": "c"}, "evt_1")


@pytest.mark.parametrize(
    "content", [None, [], {}, {"id": "e"}, {"id": "e", "event_type": {"id": 1}, "body": {"id": "l"}}]
)
def test_what_is_no_event_of_a_letter_is_none(content: object) -> None:
    assert of_lob(content) is None
    assert understood(b"nonsense") is None


def test_the_signature_is_the_one_that_integrations_compute() -> None:
    body = b'{"id":"evt_1","event_type":{"id":"letter.mailed"}}'
    signed = "0d8aa635251b10a02bdbbfaac507b48667c7d80dd3f54ec69f2ca50991886394"
    assert signature("secret", "1700000000000", body) == signed
    assert is_authentic("secret", "1700000000000", body, signed, NOW)
    assert not is_authentic("secret", "1700000000000", body + b" ", signed, NOW)
    assert not is_authentic("other", "1700000000000", body, signed, NOW)
    assert not is_authentic("secret", "1700000000000", body, signed, NOW + timedelta(minutes=6))
    assert not is_authentic("secret", "never", body, signed, NOW)
