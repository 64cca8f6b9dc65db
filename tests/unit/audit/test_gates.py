"""What is glimpsed of a verdict is what stands in it, in either framing.

A green run does not prove that every verdict is glimpsed: one that is not is read whole, which is slower, and as right.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chassis.codec import MARK
from contracts.avro import string
from contracts.events import AsOf, ContactApproved, ContactDeferred, ContactVetoed, Event
from counterpoint.audit.gates import glimpse, glimpsed_id
from tests.unit.audit.story import VERDICTS, a_story

STORY = a_story()
OFFSET = st.integers(-1, 1 << 40)


@pytest.mark.parametrize("kind", VERDICTS)
@pytest.mark.parametrize("head", [MARK + b"\x44\xcb\x9c\xd0\x50\xd9\x65\x82", b"\x00\x00\x00\x00\x07"])
@given(offsets=st.tuples(*[OFFSET] * 5), came=st.text("psam", max_size=64))
def test_it_is_what_stands_in_the_verdict(
    kind: type[Event], head: bytes, offsets: tuple[int, int, int, int, int], came: str
) -> None:
    verdict = STORY.event(STORY.records(kind)[0])
    assert isinstance(verdict, ContactApproved | ContactDeferred | ContactVetoed)
    verdict = replace(verdict, as_of=AsOf(*offsets, came))
    value = head + verdict.to_avro()
    found = glimpse(value, string(verdict.rule_pack) + string(verdict.tzdata))
    assert found == (verdict.decided_at, verdict.as_of) or len(came) == 64 or "p" * 56 in came
    assert glimpsed_id(value) == verdict.meta.event_id


@given(st.binary(max_size=200))
def test_whatever_else_stands_there_does_no_harm(value: bytes) -> None:
    assert glimpse(value, string("pack")) is None
    assert glimpse(value + string("pack"), string("pack")) is None
    glimpsed_id(value)
