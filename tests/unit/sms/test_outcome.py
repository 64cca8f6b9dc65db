"""Every code in the table, and what each answer of Twilio means.

A green run does not prove that Twilio uses the codes as the table says: that comes from its documentation.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.channel.core.outcome import Verdict
from contracts.events import AttemptStatus, ReasonClass
from services.sms.core.codes import CODES, name_of, reason_of
from services.sms.core.outcome import read_answer
from services.sms.core.status import LADDER, rank_of, reason_class

EXPECTED = {
    ReasonClass.PERMANENT_ADDRESS: {21211, 21265, 21614, 21635, 30005, 30006},
    ReasonClass.OPTED_OUT: {21610, 30004},
    ReasonClass.CONTENT_OR_REPUTATION: {30007, 63013},
    ReasonClass.EXPIRED: {30036},
    ReasonClass.TECHNICAL: {20500},
    ReasonClass.TEMPORARY: {
        *(20429, 21611, 21612, 30001, 30003, 30008, 30022, 30023, 30027, 30410),
        *(63003, 63012, 63016, 63018, 63024, 63032),
    },
    ReasonClass.CONFIGURATION: {
        *(20003, 20404, 21266, 21408, 21602, 21603, 21604, 21606, 21609, 21617),
        *(30002, 30034, 21910, 63007),
    },
}


def test_each_code_means_what_it_should() -> None:
    found = {reason: {int(c) for c, (r, _) in CODES.items() if r is reason} for reason in EXPECTED}
    assert found == EXPECTED
    assert sum(map(len, EXPECTED.values())) == len(CODES)


def test_an_unknown_code_is_unknown() -> None:
    for code in (None, "", "1", "99999", "21610 "):
        assert reason_of(code) is ReasonClass.UNKNOWN
        assert name_of(code) == "unknown"


REJECTED = sorted(int(c) for c in CODES if int(c) < 30000 and c not in ("20003", "20429", "20500", "21611"))


@pytest.mark.parametrize("code", REJECTED)
def test_a_400_with_a_known_code_is_rejected_for_its_reason(code: int) -> None:
    reading = read_answer(400, code)
    assert reading.verdict is Verdict.REJECTED
    assert reading.reason_class is reason_of(str(code))
    assert reading.code == str(code)


@pytest.mark.parametrize(
    ("status", "code", "verdict"),
    [
        (201, None, Verdict.ACCEPTED),
        (200, None, Verdict.IN_DOUBT),
        (202, None, Verdict.IN_DOUBT),
        (302, None, Verdict.IN_DOUBT),
        (400, None, Verdict.REJECTED),
        (401, 20003, Verdict.LOCKED_OUT),
        (401, None, Verdict.LOCKED_OUT),
        (403, None, Verdict.LOCKED_OUT),
        (400, 20003, Verdict.LOCKED_OUT),
        (400, 30002, Verdict.LOCKED_OUT),
        (404, 20404, Verdict.REJECTED),
        (408, None, Verdict.IN_DOUBT),
        (429, 20429, Verdict.UNSENT),
        (429, None, Verdict.UNSENT),
        (400, 21611, Verdict.UNSENT),
        (500, 20500, Verdict.IN_DOUBT),
        (502, None, Verdict.IN_DOUBT),
        (503, 20503, Verdict.IN_DOUBT),
    ],
)
def test_what_an_answer_says_of_the_text(status: int, code: int | None, verdict: Verdict) -> None:
    assert read_answer(status, code).verdict is verdict


@given(status=st.integers(100, 999), code=st.none() | st.integers(-10, 10**9))
def test_only_answers_that_prove_it_count_as_not_sent(status: int, code: int | None) -> None:
    verdict = read_answer(status, code).verdict
    assert (verdict is Verdict.ACCEPTED) == (status == 201)
    if status >= 500 and str(code) not in ("20003", "30002"):
        assert verdict is Verdict.IN_DOUBT
    if verdict in (Verdict.REJECTED, Verdict.UNSENT):
        assert 400 <= status < 500


def test_the_ladder_has_every_status_of_twilio_and_rises_to_the_terminal_ones() -> None:
    order = [["accepted"], ["scheduled"], ["queued"], ["sending"], ["sent"]]
    order += [["delivered", "undelivered", "failed", "canceled"], ["read"]]
    assert [sorted(w for w, (r, _) in LADDER.items() if r == rank) for rank in range(7)] == [sorted(o) for o in order]
    assert rank_of("partially_delivered") is None
    assert rank_of("") is None


def test_failures_have_a_reason_and_successes_have_none() -> None:
    assert reason_class(AttemptStatus.UNDELIVERED, "30005") is ReasonClass.PERMANENT_ADDRESS
    assert reason_class(AttemptStatus.FAILED, "30036") is ReasonClass.EXPIRED
    assert reason_class(AttemptStatus.FAILED, None) is ReasonClass.UNKNOWN
    assert reason_class(AttemptStatus.DELIVERED, "30005") is ReasonClass.NONE
    assert reason_class(AttemptStatus.CANCELED, None) is ReasonClass.NOT_SENT
