"""The record of a consumer with a whole life behind it, and what of it is published.

Green does not prove that what was published is kept: the topic is compacted, and the broker's tests look at that.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from contracts.events import (
    AccountUpdated,
    ArrangementState,
    AttemptStatus,
    Channel,
    ConsumerProfileChanged,
    EmailAddress,
    Event,
    PaymentFailed,
    PlacementFlags,
    PostalAddress,
    PreferenceStated,
    ReplyIntent,
)
from contracts.ids import AddressId, ClientId, DebtId, PaymentId
from services.orchestrator.core.record import learn
from services.orchestrator.core.state import FRESH, MOST_CONTACTS, MOST_STATEMENTS, Consumer, encode
from tests.unit.compliance.factories import CARD, LOAN, a_meta, a_phone, a_reply, an_account, opted_in, opted_out
from tests.unit.orchestrator.factories import NEW_YORK_NINE, Talk, accepted, approved, status
from tests.unit.orchestrator.test_promises import agreed, paid, recalled, reversed_, sleep, together

PLACED = NEW_YORK_NINE
DAY = timedelta(days=1)
UNSAID = PlacementFlags(None, None, None, None, None, None, None)


def updated(days: float, **said: object) -> AccountUpdated:
    """A client says how the account stands."""
    at = PLACED + days * DAY
    least = AccountUpdated(
        a_meta(f"update/{days}/{said}", at), "u", ClientId("acme"), CARD, None, "USD", None, None, None, UNSAID, at
    )
    return replace(least, **said)


def preferred(days: float, **said: object) -> PreferenceStated:
    """Ana says how she would rather be contacted."""
    at = PLACED + days * DAY
    least = PreferenceStated(a_meta(f"wish/{days}", at), Channel.UNKNOWN, None, None, None, "portal", at)
    return replace(least, **said)


def failed(days: float) -> PaymentFailed:
    """Money that did not come."""
    at = PLACED + days * DAY
    return PaymentFailed(a_meta(f"f/{days}", at), PaymentId("f"), CARD, Decimal("5.00"), "USD", "ach", "declined", at)


def after(*events: Event, state: Consumer = FRESH) -> Consumer:
    """What is known after events."""
    for event in events:
        state = learn(state, event)
    return state


def a_life() -> Talk:
    """Two accounts, five addresses, a plan of twelve instalments, twenty contacts, and much that was said."""
    home = PostalAddress(
        AddressId("adr-000000000000000000000001"), ("1 Example Street",), "New York", "NY", "10001", "US"
    )
    email = EmailAddress(AddressId("eml-000000000000000000000001"), "ana@example.test")
    phones = tuple(replace(a_phone(), address_id=f"tel-00000000000000000000000{n}") for n in range(3))
    talk = Talk(together("steady", "promise-to-pay"))
    first = an_account(when=PLACED, phones=phones, emails=(email,), postal_addresses=(home,), language="es")
    talk.tell(first, replace(first, debt_id=LOAN, meta=a_meta("loan", PLACED)))
    talk.tell(agreed(*((10 + 7 * n, "20.00") for n in range(12)), days=1))
    for n in range(10):
        sleep(talk, 9 + 7 * n)
        talk.tell(paid("20.00", 9.5 + 7 * n, name=f"p{n}"))
    talk.tell(failed(80), preferred(81, channel=Channel.EMAIL, opens="17:00", closes="20:00"))
    talk.tell(opted_out(PLACED + 82 * DAY, channel=Channel.VOICE, address=None), updated(83, risk=40))
    sleep(talk, 82)
    return talk


def test_a_typical_record_with_a_whole_life_is_under_two_kibibytes_kept_and_published() -> None:
    talk = a_life()
    assert len(encode(talk.state)) < 2048
    (*_, last) = [e for e in talk.said if isinstance(e, ConsumerProfileChanged)]
    assert len(last.to_avro()) < 2048
    assert len(last.contacts) == MOST_CONTACTS
    assert last.contacts_before > 0
    assert (last.risk, last.preferred_channel, last.preferred_hours) == (40, Channel.EMAIL, "17:00-20:00")
    assert last.refused == (Channel.VOICE,)
    assert [a.channel for a in last.addresses] == [Channel.SMS] * 3 + [Channel.EMAIL, Channel.LETTER]
    (plan,) = last.arrangements
    assert (plan.state, plan.met, len(plan.instalments)) == (ArrangementState.OPEN, 10, 12)
    assert last.place is not None
    assert (last.place.strategy_id, last.place.end) == ("steady@1", "assigned")
    assert [s.what for s in last.statements][-3:] == ["payment-failed", "preference", "opt-out"]


def test_a_profile_is_published_when_it_shows_something_new_and_not_while_a_contact_is_under_way() -> None:
    talk = Talk()
    talk.tell(an_account(when=PLACED, phones=an_account().phones[:1]))

    def published() -> int:
        return sum(isinstance(e, ConsumerProfileChanged) for e in talk.said)

    assert published() == 1
    request = talk.until_asked()
    at = request.meta.occurred_at
    talk.tell(approved(request, at))
    assert published() == 1
    talk.tell(accepted(request, at))
    assert published() == 2
    talk.tell(accepted(request, at), a_reply(at, ReplyIntent.OTHER))
    assert published() == 3
    talk.tell(a_reply(at, ReplyIntent.OTHER))
    assert published() == 3
    last = next(e for e in reversed(talk.said) if isinstance(e, ConsumerProfileChanged))
    assert last.place is not None
    assert (last.place.end, last.next_at, last.first_name) == ("replied", None, "Ana")


def test_the_last_word_on_a_balance_counts_whatever_came_first() -> None:
    events: list[Event] = [
        an_account(when=PLACED),
        updated(2, balance=Decimal("900.00"), due_on=date(2026, 11, 30)),
        updated(1, balance=Decimal("50.00")),
        paid("100.00", 3),
        paid("7.00", 1.5, name="known to the client"),
    ]
    for order in (events, events[::-1]):
        (account,) = after(*order).accounts
        assert account.owed == 80000
        assert account.due_on == date(2026, 11, 30).toordinal() - date(1970, 1, 1).toordinal()


def test_an_update_of_an_account_nobody_placed_and_in_other_money_is_kept_and_asks_for_nothing() -> None:
    talk = Talk()
    talk.tell(updated(1, balance=Decimal("10.00")))
    assert (talk.requests, talk.end) == ([], "not-entered")
    state = after(an_account(when=PLACED), updated(1, balance=Decimal("1.00"), currency="CAD"))
    assert state.accounts[0].owed == 123456


def test_a_reversal_before_its_payment_voids_it_and_twice_is_once() -> None:
    state = after(an_account(when=PLACED), reversed_(2), paid("100.00", 1))
    assert state.accounts[0].owed == 123456
    assert state.payments() == set()
    assert after(reversed_(2), paid("100.00", 1), state=state) == state
    other = after(an_account(when=PLACED), paid("100.00", 1), reversed_(2))
    assert other.accounts[0].owed == 123456


def test_a_recall_holds_until_a_later_placement_whatever_came_first() -> None:
    again = an_account("again", PLACED + 5 * DAY, placement_sequence=2)
    assert after(recalled(1), an_account(when=PLACED)).open_accounts() == []
    assert after(an_account(when=PLACED), again, recalled(1)).accounts[0].owed == 123456
    assert after(recalled(6), again).open_accounts() == []


def test_preferences_are_the_last_that_were_said_and_hours_narrow_those_of_a_step() -> None:
    state = after(preferred(2, language="es", channel=Channel.SMS), preferred(1, language="en", opens="10:00"))
    wish = state.preference
    assert wish is not None
    assert (wish.language, wish.channel, wish.hours_at, state.language) == ("es", "SMS", 0, "es")
    assert after(an_account(when=PLACED, language="en"), state=state).language == "es"
    assert after(updated(9, language="fr"), state=state).language == "es"
    assert after(preferred(3, opens="20:00", closes="19:00"), preferred(3, opens="x", closes="y")).preference is None
    talk = Talk()
    evening = preferred(-1, opens="16:00", closes="19:00")
    talk.tell(evening, an_account(when=PLACED, phones=an_account().phones[:1]))
    assert talk.until_asked().meta.occurred_at >= PLACED + timedelta(hours=7)


def test_what_suits_nobody_at_the_steps_hours_is_no_reason_to_wait_for_ever() -> None:
    talk = Talk()
    night = preferred(-1, opens="20:00", closes="22:00")
    talk.tell(night, an_account(when=PLACED, phones=an_account().phones[:1]))
    assert talk.until_asked().meta.occurred_at < PLACED + DAY


def test_of_many_statements_the_last_are_kept_and_old_ones_told_again_change_nothing() -> None:
    replies = [a_reply(PLACED + n * DAY, ReplyIntent.HELP) for n in range(2 * MOST_STATEMENTS)]
    state = after(*replies)
    assert len(state.statements) == MOST_STATEMENTS
    assert after(*replies, state=state) == state
    assert after(*replies[::-1]).statements == state.statements


@pytest.mark.parametrize("sequence", [1, 2])
def test_a_flag_in_an_update_restricts_like_one_in_a_placement(sequence: int) -> None:
    talk = Talk()
    talk.tell(an_account(when=PLACED, placement_sequence=sequence), updated(1, flags=replace(UNSAID, ceased=True)))
    assert talk.end == "restricted"


def test_opted_in_again_and_the_delivered_contact_are_in_the_profile() -> None:
    talk = Talk()
    talk.tell(an_account(when=PLACED, phones=an_account().phones[:1]))
    request = talk.until_asked()
    at = request.meta.occurred_at
    talk.tell(approved(request, at), accepted(request, at), status(request, at, AttemptStatus.DELIVERED))
    talk.tell(opted_out(at), opted_in(at + DAY))
    profiles = [e for e in talk.said if isinstance(e, ConsumerProfileChanged)]
    assert profiles[-1].contacts[-1].progress == "delivered"
    assert profiles[-2].addresses[0].refused
    assert not profiles[-1].addresses[0].refused
    assert DebtId(profiles[-1].accounts[0].debt_id) == CARD
