"""Who is answered by WhatsApp, and what its addresses and words mean.

A green run does not prove that WhatsApp's window is as long as its documentation says.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.channel.core.reading import Report, Said
from contracts.events import AttemptStatus, CallbackKind, CallbackReceived, Meta, ReasonClass
from contracts.ids import ConsumerId, EventId
from services.sms.core.codes import reason_of
from services.sms.core.reading import read
from services.sms.core.whatsapp import CONFIRMATIONS, OPEN, by_whatsapp, confirmation, may_answer, number_of

NOW = datetime(2026, 10, 19, 16, tzinfo=UTC)


def a_callback(kind: CallbackKind, body: bytes) -> CallbackReceived:
    """What Twilio posted."""
    meta = Meta(EventId("e"), NOW, ConsumerId("con-1"), "e", None, "sms", "0")
    return CallbackReceived(meta, "twilio", kind, None, None, body, NOW)


@given(st.datetimes(timezones=st.just(UTC)), st.timedeltas(timedelta(0), timedelta(days=2)))
def test_whoever_wrote_by_whatsapp_is_answered_there_within_its_day_and_never_after(
    heard_at: datetime, later: timedelta
) -> None:
    try:
        now = heard_at + later
        heard_at + OPEN
    except OverflowError:
        return
    assert may_answer(heard_at, now) == (later < OPEN)
    assert not (may_answer(heard_at, now) and later >= timedelta(hours=24))


def test_whoever_never_wrote_by_whatsapp_gets_texts() -> None:
    assert not may_answer(None, NOW)
    assert not may_answer(NOW + timedelta(hours=1), NOW)


def test_a_number_is_the_same_by_either_way() -> None:
    assert number_of("whatsapp:+13125550101") == number_of("+13125550101") == "+13125550101"
    assert by_whatsapp("whatsapp:+13125550101")
    assert not by_whatsapp("+13125550101")


def test_what_is_written_by_whatsapp_is_said_from_the_number() -> None:
    body = b"MessageSid=SM1&From=whatsapp%3A%2B13125550101&To=whatsapp%3A%2B12125550199&Body=STOP"
    assert read(a_callback(CallbackKind.INBOUND, body)) == (Said("SM1", "+13125550101", "STOP"),)


def test_read_comes_above_delivered_and_what_whatsapp_did_not_carry_says_nothing_of_the_number() -> None:
    ranks = {}
    for word in ("delivered", "read"):
        (report,) = read(a_callback(CallbackKind.STATUS, f"MessageSid=SM1&MessageStatus={word}".encode()))
        assert isinstance(report, Report)
        ranks[report.status] = report.rank
    assert ranks[AttemptStatus.READ] > ranks[AttemptStatus.DELIVERED]
    for code in ("63003", "63016", "63024"):
        assert reason_of(code) is ReasonClass.TEMPORARY


@pytest.mark.parametrize("language", [*CONFIRMATIONS, "fr", None])
def test_a_stop_is_confirmed_without_a_word_about_the_debt_or_signs_that_xml_minds(language: str | None) -> None:
    words = confirmation(language)
    assert "START" in words
    assert not set("<>&") & set(words)
    assert not {"debt", "deuda"} & set(words.lower().split())
