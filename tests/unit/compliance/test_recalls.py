"""Debts that were recalled, accounts that were updated, and contacts that whoever asked for them takes back.

Green does not prove that a channel looks at what was taken back: its own tests do.
"""

from datetime import timedelta

from msgspec.structs import replace

from contracts.events import (
    AccountRecalled,
    AccountUpdated,
    ApprovalWithdrawn,
    Channel,
    ContactApproved,
    ContactVetoed,
    ContactWithdrawn,
    PlacementFlags,
    SuppressionChanged,
)
from contracts.ids import ClientId, DebtId
from services.compliance.core.state import FRESH
from tests.unit.compliance.factories import (
    CARD,
    LOAN,
    MOBILE,
    NOON,
    Conversation,
    a_contact_id,
    a_meta,
    an_account,
)

DAY = timedelta(days=1)
UNSAID = PlacementFlags(None, None, None, None, None, None, None)


def a_recall(debt_id: DebtId = CARD, days: int = 0) -> AccountRecalled:
    """The client takes a debt back."""
    when = NOON + days * DAY
    return AccountRecalled(a_meta(f"recall/{debt_id}", when), "acme:r", ClientId("acme"), debt_id, "sold", when)


def with_two_debts() -> Conversation:
    """Ana, of whom two accounts were placed."""
    ana = Conversation()
    ana.tell(an_account("card", debt_id=CARD))
    ana.tell(an_account("loan", debt_id=LOAN))
    return ana


def test_nothing_goes_out_about_a_recalled_debt_and_about_another_it_does() -> None:
    ana = with_two_debts()
    assert ana.tell(a_recall()) == [], "no address is barred: there is another debt"
    verdicts = [
        ana.ask("card", NOON + DAY, debt_ids=(CARD,)),
        ana.ask("both", NOON + DAY, debt_ids=(CARD, LOAN)),
        ana.ask("all", NOON + DAY, debt_ids=()),
        ana.ask("loan", NOON + DAY, debt_ids=(LOAN,)),
    ]
    assert [type(v) for v in verdicts] == [ContactVetoed, ContactVetoed, ContactVetoed, ContactApproved]
    assert isinstance(verdicts[0], ContactVetoed)
    assert verdicts[0].deciding_rule == "house.stop.recalled"


def test_another_placement_lifts_a_recall_and_an_earlier_one_does_not() -> None:
    ana = with_two_debts()
    ana.tell(a_recall())
    ana.tell(an_account("late news", NOON - DAY, debt_id=CARD))
    assert isinstance(ana.ask("still", NOON + DAY, debt_ids=(CARD,)), ContactVetoed)
    ana.tell(an_account("again", NOON + 2 * DAY, debt_id=CARD, placement_sequence=2))
    assert isinstance(ana.ask("now", NOON + 3 * DAY, debt_ids=(CARD,)), ContactApproved)


def test_a_recall_of_a_debt_that_was_never_placed_bars_nothing() -> None:
    ana = with_two_debts()
    before = ana.state
    ana.tell(a_recall(DebtId("debt-of-nobody")))
    assert replace(ana.state, came="") == replace(before, came="")
    assert FRESH.facts == ()


def test_an_update_that_restricts_bars_the_addresses() -> None:
    ana = with_two_debts()
    update = AccountUpdated(
        a_meta("update", NOON), "u", ClientId("acme"), CARD, None, "USD", None, None, None,
        replace(UNSAID, bankrupt=True), NOON,
    )  # fmt: skip
    told = ana.tell(update)
    assert told
    assert {type(e) for e in told} == {SuppressionChanged}
    assert isinstance(ana.ask("then", NOON + DAY), ContactVetoed)


def test_a_contact_that_is_taken_back_is_told_to_the_channels_whatever_was_judged() -> None:
    ana = with_two_debts()
    contact_id = a_contact_id("taken back")
    withdrawn = ContactWithdrawn(a_meta("w", NOON), contact_id, Channel.SMS, MOBILE, "paid", NOON + DAY)
    before = ana.state
    (told,) = ana.tell(withdrawn)
    assert isinstance(told, ApprovalWithdrawn)
    assert (told.contact_id, told.address_id, told.reason) == (contact_id, MOBILE, "paid")
    assert ana.state == before, "no verdict depends on it, so a replay need not know of it"
