"""What Lookup's answers mean, for a text and for the gate.

A green run does not prove that Twilio answers so: the words come from its specification.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.events import FactKind
from contracts.ids import AddressId, ConsumerId
from services.sms.core.lookup import FINAL, Found, ask_again, barred, facts, read_lookup

AT = datetime(2026, 11, 25, 16, tzinfo=UTC)
HOLDS = timedelta(days=45)


def an_answer(line: Any = "mobile", whose: Any = "no", *, valid: Any = True, error: Any = None) -> dict[str, Any]:
    """An answer to both questions."""
    return {
        "valid": valid,
        "line_type_intelligence": {"type": line, "error_code": None},
        "reassigned_number": {"is_number_reassigned": whose, "error_code": error},
    }


@pytest.mark.parametrize(
    ("content", "found", "why"),
    [
        (an_answer(), Found("mobile", "same"), None),
        (an_answer("landline"), Found("landline", "same"), "landline"),
        (an_answer("fixedVoip"), Found("voip", "same"), None),
        (an_answer("nonFixedVoip"), Found("voip", "same"), None),
        (an_answer("tollFree"), Found("toll-free", "same"), None),
        (an_answer("pager"), Found("unknown", "same"), None),
        (an_answer(None), Found("unknown", "same"), None),
        (an_answer(whose="yes"), Found("mobile", "reassigned"), "number-reassigned"),
        (an_answer(whose="no_data_available"), Found("mobile", "no-data"), None),
        (an_answer(valid=False), Found("invalid", ""), "number-not-valid"),
        ({**an_answer(), "line_type_intelligence": None}, Found("unknown", "same"), None),
    ],
)
def test_an_answer_says_whether_a_text_may_go(content: dict[str, Any], found: Found, why: str | None) -> None:
    assert read_lookup(content, asked_whose=True) == found
    assert barred(found) == why
    assert ask_again(found, AT, HOLDS) == AT + (HOLDS if why is None else FINAL)


@pytest.mark.parametrize(
    "content",
    [
        {},
        an_answer(valid="true"),
        an_answer(whose="perhaps"),
        an_answer(whose=None),
        an_answer(error=60600),
        {**an_answer(), "reassigned_number": None},
        {**an_answer(), "reassigned_number": "no"},
    ],
)
def test_what_does_not_say_whose_the_number_is_by_now_is_no_answer(content: dict[str, Any]) -> None:
    assert read_lookup(content, asked_whose=True) is None


def test_where_no_date_of_consent_is_known_only_the_line_is_asked_for() -> None:
    assert read_lookup({**an_answer(), "reassigned_number": None}, asked_whose=False) == Found("mobile", "")


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s), max_leaves=3)
FIELDS = st.sampled_from(["valid", "line_type_intelligence", "reassigned_number"])


@given(st.dictionaries(FIELDS, JSON | st.dictionaries(st.text(), JSON)), st.booleans())
def test_nothing_that_comes_back_breaks_the_reading(content: dict[str, Any], asked_whose: bool) -> None:
    found = read_lookup(content, asked_whose=asked_whose)
    assert found is None or found.standing != "same"


def test_the_gate_learns_what_was_found_when_and_under_ids_that_stay_the_same() -> None:
    told = list(facts(Found("landline", "reassigned"), AddressId("tel-1"), ConsumerId("con-1"), AT))
    assert [(f.fact, f.detail, f.from_at, f.source) for f in told] == [
        (FactKind.LINE_TYPE, "landline", AT, "database"),
        (FactKind.NUMBER_CHECKED, "reassigned", AT, "database"),
    ]
    again = list(facts(Found("landline", "reassigned"), AddressId("tel-1"), ConsumerId("con-1"), AT))
    assert told == again
    assert len({f.meta.event_id for f in told}) == 2
    assert [f.fact for f in facts(Found("mobile", ""), AddressId("tel-1"), ConsumerId("con-1"), AT)] == [
        FactKind.LINE_TYPE
    ]
