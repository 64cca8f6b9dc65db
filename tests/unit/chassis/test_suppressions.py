"""The last look: who is barred, by the gate or by what they have just said.

A green run does not prove how soon the gate's topic is followed.
"""

from datetime import UTC, datetime, timedelta

from prometheus_client import REGISTRY

from chassis.channel.provider import Rejected
from chassis.channel.suppressions import Suppressions
from chassis.runtime.memory import HandClock
from contracts.events import ApprovalWithdrawn, Channel, Meta, ReasonClass, SuppressionChanged, TextApproved
from contracts.ids import AddressId, ConsumerId, ContactId, EventId

AT = datetime(2026, 10, 19, 16, tzinfo=UTC)
HERE = AddressId("tel-1")


def a_clock(later: float = 0.0) -> HandClock:
    """A clock that stands a while after the stop."""
    return HandClock(AT + timedelta(seconds=later))


def changed(*, active: bool, consumer: str = "a", channel: Channel = Channel.SMS, later: int = 0) -> SuppressionChanged:
    """What the gate says."""
    meta = Meta(EventId("e"), AT, ConsumerId(consumer), "e", None, "compliance", "0")
    return SuppressionChanged(meta, channel, HERE, active, AT + timedelta(seconds=later), "rule")


def test_a_number_is_barred_while_it_is_for_anybody() -> None:
    s = Suppressions(Channel.SMS, a_clock())
    assert HERE not in s
    s.apply(changed(active=True, consumer="a"))
    s.apply(changed(active=True, consumer="b"))
    s.apply(changed(active=False, consumer="a"))
    assert HERE in s
    s.apply(changed(active=False, consumer="b"))
    assert HERE not in s


def test_other_channels_do_not_matter_and_an_unknown_one_does() -> None:
    s = Suppressions(Channel.SMS, a_clock())
    s.apply(changed(active=True, channel=Channel.EMAIL))
    assert HERE not in s
    s.apply(changed(active=True, channel=Channel.UNKNOWN))
    assert HERE in s


def test_a_stop_bars_at_once_until_the_gate_lifts_a_later_word() -> None:
    s = Suppressions(Channel.SMS, a_clock())
    s.said_stop(HERE, AT)
    assert HERE in s
    s.apply(changed(active=False, later=-1))
    assert HERE in s
    s.apply(changed(active=True, later=1))
    s.apply(changed(active=False, later=2))
    assert HERE not in s


def test_a_contact_that_was_taken_back_is_refused_and_no_other() -> None:
    s = Suppressions(Channel.SMS, a_clock())
    meta = Meta(EventId("e"), AT, ConsumerId("a"), "e", None, "compliance", "0")
    until = AT + timedelta(hours=1)
    s.apply(ApprovalWithdrawn(meta, Channel.EMAIL, HERE, ContactId("c-1"), "paid", until))
    assert s.refuses(approval("c-1")) is None
    s.apply(ApprovalWithdrawn(meta, Channel.SMS, HERE, ContactId("c-1"), "paid", until))
    refused = s.refuses(approval("c-1"))
    assert refused is not None
    assert (refused.reason, refused.reason_class) == ("withdrawn", ReasonClass.NOT_SENT)
    assert s.refuses(approval("c-2")) is None
    s.said_stop(HERE, AT)
    assert s.refuses(approval("c-2")) == Rejected("suppressed", ReasonClass.OPTED_OUT)


def approval(contact_id: str) -> TextApproved:
    """What the gate let through."""
    meta = Meta(EventId("e"), AT, ConsumerId("a"), "e", None, "compliance", "0")
    return TextApproved(meta, ContactId(contact_id), HERE, "+12125550101", "welcome", "en", {}, AT)


def test_how_long_it_took_is_measured_once_the_topic_has_been_read() -> None:
    def measured() -> tuple[float, float]:
        names = ("counterpoint_opt_out_seconds_count", "counterpoint_opt_out_seconds_sum")
        count, total = (REGISTRY.get_sample_value(name, {"channel": "sms"}) or 0.0 for name in names)
        return count, total

    count, total = measured()
    s = Suppressions(Channel.SMS, a_clock(later=0.75))
    s.apply(changed(active=True, consumer="a"))
    assert measured() == (count, total)
    s.caught_up()
    s.apply(changed(active=True, consumer="b"))
    assert measured() == (count + 1, total + 0.75)
