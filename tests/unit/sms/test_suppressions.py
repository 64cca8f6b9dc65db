"""The last look: who is barred, by the gate or by what they have just said.

A green run does not prove how soon the gate's topic is followed.
"""

from datetime import UTC, datetime, timedelta

from contracts.events import Channel, Meta, SuppressionChanged
from contracts.ids import AddressId, ConsumerId, EventId
from services.sms.suppressions import Suppressions

AT = datetime(2026, 10, 19, 16, tzinfo=UTC)
HERE = AddressId("tel-1")


def changed(*, active: bool, consumer: str = "a", channel: Channel = Channel.SMS, later: int = 0) -> SuppressionChanged:
    """What the gate says."""
    meta = Meta(EventId("e"), AT, ConsumerId(consumer), "e", None, "compliance", "0")
    return SuppressionChanged(meta, channel, HERE, active, AT + timedelta(seconds=later), "rule")


def test_a_number_is_barred_while_it_is_for_anybody() -> None:
    s = Suppressions()
    assert HERE not in s
    s.apply(changed(active=True, consumer="a"))
    s.apply(changed(active=True, consumer="b"))
    s.apply(changed(active=False, consumer="a"))
    assert HERE in s
    s.apply(changed(active=False, consumer="b"))
    assert HERE not in s


def test_other_channels_do_not_matter_and_an_unknown_one_does() -> None:
    s = Suppressions()
    s.apply(changed(active=True, channel=Channel.EMAIL))
    assert HERE not in s
    s.apply(changed(active=True, channel=Channel.UNKNOWN))
    assert HERE in s


def test_a_stop_bars_at_once_until_the_gate_lifts_a_later_word() -> None:
    s = Suppressions()
    s.said_stop(HERE, AT)
    assert HERE in s
    s.apply(changed(active=False, later=-1))
    assert HERE in s
    s.apply(changed(active=True, later=1))
    s.apply(changed(active=False, later=2))
    assert HERE not in s
