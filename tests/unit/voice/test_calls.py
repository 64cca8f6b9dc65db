"""Pieces of the telephone channel: what counts as a call, what Twilio's answers mean, recording, tokens, amounts.

A green run does not prove that carriers answer with the SIP codes that they should.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chassis.channel.core.outcome import Verdict
from contracts.events import (
    ArrangementKind,
    ArrangementState,
    AttemptStatus,
    CallbackKind,
    CallbackReceived,
    Instalment,
    Meta,
    ProfileAccount,
    ProfileArrangement,
    ReasonClass,
)
from contracts.ids import ArrangementId, AttemptId, ConsumerId, DebtId, EventId
from services.compliance.core.codes import OUTCOME_OF_STATUS, Outcome
from services.voice.core import token
from services.voice.core.account import spoken
from services.voice.core.medium import MEDIUM, PROVIDER
from services.voice.core.outcome import read_answer
from services.voice.core.place import Place, Stage
from services.voice.core.reading import read
from services.voice.core.recording import ALL_PARTIES, Recording, is_recorded
from services.voice.core.report import Turn, kept, understood, written
from services.voice.core.status import LADDER, TERMINAL
from tests.integration.voice.harness import a_profile

META = Meta(EventId("e-1"), datetime(2026, 10, 19, tzinfo=UTC), ConsumerId("con-1"), "s-1", None, "voice", "0")
UNCOUNTED = {Outcome.BUSY, Outcome.NOT_IN_SERVICE}


def status(body: str, kind: CallbackKind = CallbackKind.STATUS, provider: str = PROVIDER) -> list[AttemptStatus]:
    event = CallbackReceived(META, provider, kind, None, AttemptId("a-1"), body.encode(), META.occurred_at)
    return [h.status for h in read(event) if hasattr(h, "status")]


@pytest.mark.parametrize(
    ("form", "found", "counts"),
    [
        ("CallStatus=busy&SipResponseCode=486", AttemptStatus.BUSY, False),
        ("CallStatus=failed&SipResponseCode=404", AttemptStatus.NOT_IN_SERVICE, False),
        ("CallStatus=failed&SipResponseCode=604", AttemptStatus.NOT_IN_SERVICE, False),
        ("CallStatus=failed&SipResponseCode=503", AttemptStatus.FAILED, True),
        ("CallStatus=failed", AttemptStatus.FAILED, True),
        ("CallStatus=no-answer&SipResponseCode=480", AttemptStatus.NO_ANSWER, True),
        ("CallStatus=canceled&SipResponseCode=487", AttemptStatus.CANCELED, True),
        ("CallStatus=completed&SipResponseCode=200", AttemptStatus.DROPPED, True),
    ],
)
def test_only_busy_and_not_in_service_do_not_count_as_calls(form: str, found: AttemptStatus, counts: bool) -> None:
    assert status(f"CallSid=CA1&{form}") == [found]
    assert (OUTCOME_OF_STATUS[found.value] not in UNCOUNTED) is counts


def test_callbacks_of_other_channels_and_unknown_words_say_nothing() -> None:
    assert status("CallSid=CA1&CallStatus=busy", provider="twilio") == []
    assert status("CallSid=CA1&CallStatus=teleported") == []
    assert status("CallSid=CA1", CallbackKind.INBOUND) == []


def test_every_status_has_one_rank_so_that_a_repeat_changes_nothing() -> None:
    assert all(MEDIUM.ranks[s] == max(r for r, t in LADDER.values() if t is s) for s in MEDIUM.ranks)
    assert all(r >= TERMINAL for r, s in LADDER.values() if s not in (AttemptStatus.QUEUED, AttemptStatus.SENT))


@given(st.text(), st.text(), st.booleans(), st.binary(max_size=100))
def test_a_turn_is_read_as_it_was_written_whatever_twilios_fields_say(
    words: str, found: str, talked: bool, rest: bytes
) -> None:
    words, found = words.encode(errors="replace").decode(), found.encode(errors="replace").decode()
    turn = Turn("CA1", "+12025550123", 3, found, words, talked)
    assert understood(kept(turn, b"CallSid=CA1&_words=forged&_talked=1&" + rest)) == turn


@pytest.mark.parametrize(
    ("http", "code", "verdict"),
    [
        (201, None, Verdict.ACCEPTED),
        (400, 21211, Verdict.REJECTED),
        (400, None, Verdict.REJECTED),
        (401, 20003, Verdict.LOCKED_OUT),
        (429, 20429, Verdict.UNSENT),
        (408, None, Verdict.IN_DOUBT),
        (500, 20500, Verdict.IN_DOUBT),
        (302, None, Verdict.IN_DOUBT),
    ],
)
def test_only_what_proves_it_is_not_placed(http: int, code: int | None, verdict: Verdict) -> None:
    assert read_answer(http, code).verdict is verdict


def test_a_bad_number_is_the_numbers_fault_and_all_else_ours() -> None:
    assert read_answer(400, 21211).reason_class is ReasonClass.PERMANENT_ADDRESS
    assert read_answer(400, 99999).reason_class is ReasonClass.CONFIGURATION


def test_a_call_is_recorded_as_the_policy_and_the_states_allow() -> None:
    assert not is_recorded(Recording.NEVER, ["OH"])
    assert is_recorded(Recording.ANNOUNCED, ["CA"])
    assert is_recorded(Recording.ONE_PARTY, ["OH"])
    for state in ALL_PARTIES:
        assert not is_recorded(Recording.ONE_PARTY, ["OH", state])
    assert not is_recorded(Recording.ONE_PARTY, [])


@given(st.binary(max_size=60))
def test_no_place_is_believed_that_we_did_not_write(noise: bytes) -> None:
    place = Place(Stage.MENU, "es", 3, 1, True, "con-1", "c-1", "a-1", "s-1")
    text = token.written(place, b"key")
    assert token.read(text, b"key") == place
    assert token.read(text, b"other") is None
    assert token.read(noise.hex(), b"key") is None
    assert token.read(noise.decode("latin-1"), b"key") is None


def test_what_is_owed_and_due_in_words() -> None:
    def account(creditor: str, owed: str, currency: str = "USD") -> ProfileAccount:
        return ProfileAccount(DebtId(creditor), creditor, creditor[-4:], Decimal(owed), currency, None, "open", None)

    one = a_profile(META, account("Bank 1234", "1234.50"))
    assert spoken(one) == {"creditor": "Bank 1234", "account_last4": "1234", "balance": "$1,234.50"}
    two = a_profile(META, account("Bank 1234", "10.00"), account("Shop 5678", "5.50"), account("Paid 0000", "0.00"))
    assert spoken(two) == {"creditor": "Bank 1234 and Shop 5678", "account_last4": "1234 and 5678", "balance": "$15.50"}
    assert spoken(a_profile(META, account("Paid 0000", "0.00"))) == {}
    instalments = tuple(Instalment(date(2026, m, 1), Decimal("50.00")) for m in (10, 11, 12))
    plan = ProfileArrangement(
        ArrangementId("arr-1"), ArrangementKind.UNKNOWN, ArrangementState.OPEN, (DebtId("Bank 1234"),), instalments, 1
    )
    due = spoken(replace(one, arrangements=(plan,)))
    assert (due["due_on"], due["instalment"]) == ("2026-11-01", "$50.00")


WRITTEN = {
    "TranscriptionEvent": "transcription-content",
    "Track": "inbound_track",
    "Final": "true",
    "TranscriptionData": '{"transcript": " Stop calling me. ", "confidence": 0.93}',
}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "Stop calling me."),
        ({"Track": "outbound_track"}, "Stop calling me."),
        ({"Track": "another"}, ""),
        ({"Final": "false"}, ""),
        ({"TranscriptionEvent": "transcription-stopped"}, ""),
        ({"TranscriptionData": "Stop"}, ""),
        ({"TranscriptionData": '{"transcript": 7}'}, ""),
        ({"TranscriptionData": "{}"}, ""),
    ],
)
def test_only_finished_words_are_taken_from_what_was_written_down(changed: dict[str, str], words: str) -> None:
    assert written(WRITTEN | changed) == words


@given(st.text(), st.text())
def test_whatever_is_written_down_is_read_without_an_error(data: str, event: str) -> None:
    assert isinstance(written(WRITTEN | {"TranscriptionData": data}), str)
    assert written(WRITTEN | {"TranscriptionEvent": f"x{event}"}) == ""
