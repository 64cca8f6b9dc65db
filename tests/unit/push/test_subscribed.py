"""What follows where a consumer lets a browser take notifications: for the gate, and for the orchestrator.

A green run does not prove that a portal asks the right person.
"""

from datetime import timedelta

from contracts.events import (
    Channel,
    ContactApproved,
    ContactDeferred,
    ContactVetoed,
    FactKind,
    FactLearned,
    FindingResult,
    PushApproved,
    PushSubscribed,
    SuppressionChanged,
)
from contracts.ids import AddressId
from services.orchestrator.core.record import learn
from services.orchestrator.core.state import FRESH
from tests.unit.compliance.factories import NOON, Conversation, a_meta, a_request, an_account, opted_out

BROWSER, OTHER = AddressId("push-000000000000000000000001"), AddressId("push-000000000000000000000002")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOTIFIED = {"channel": Channel.PUSH, "address_id": BROWSER, "template_id": "new-message"}


def subscribed(days: int = 0, browser: AddressId = BROWSER) -> PushSubscribed:
    """Ana lets a browser take notifications."""
    at = NOON + days * DAY - HOUR
    meta = a_meta(f"subscribed/{browser}/{days}", at)
    return PushSubscribed(meta, browser, "https://push.example.test/m/1", "a-key", "a-secret", "portal", at)


def ana() -> Conversation:
    """Ana, of whom an account was placed, and who subscribed."""
    gate = Conversation()
    gate.tell(an_account())
    gate.tell(subscribed())
    return gate


def test_a_subscription_is_an_address_with_consent_and_no_other_medium_gains_by_it() -> None:
    gate = Conversation()
    gate.tell(an_account())
    assert isinstance(gate.ask("before", NOON - 2 * HOUR, **NOTIFIED), ContactVetoed)
    gate.tell(subscribed())
    verdict, approval = gate.tell(a_request("after", **NOTIFIED), NOON)
    assert isinstance(verdict, ContactApproved)
    assert isinstance(approval, PushApproved)
    assert approval.to == "https://push.example.test/m/1 a-key a-secret"
    assert "optout_notice" in approval.conditions


def test_a_notification_has_hours() -> None:
    assert isinstance(ana().ask("at night", NOON + 14 * HOUR, **NOTIFIED), ContactDeferred)


def test_stop_bars_every_browser_until_one_is_let_in_again() -> None:
    gate = ana()
    gate.tell(subscribed(0, OTHER))
    barred = gate.tell(opted_out(NOON + HOUR, channel=Channel.PUSH, address=BROWSER))
    assert {e.address_id for e in barred if isinstance(e, SuppressionChanged)} == {BROWSER, OTHER}
    assert isinstance(gate.ask("barred", NOON + 2 * HOUR, **NOTIFIED), ContactVetoed)
    [free] = gate.tell(subscribed(1))
    assert isinstance(free, SuppressionChanged)
    assert (free.address_id, free.active) == (BROWSER, False)
    assert isinstance(gate.ask("free", NOON + DAY, **NOTIFIED), ContactApproved)
    assert isinstance(gate.ask("other", NOON + DAY, **{**NOTIFIED, "address_id": OTHER}), ContactVetoed)


def test_consent_that_is_taken_back_elsewhere_holds_notifications_back() -> None:
    gate = ana()
    kind, meta = FactKind.ELECTRONIC_CONSENT, a_meta("no more", NOON)
    gate.tell(FactLearned(meta, kind, False, "", (), None, NOON, None, "agent"))
    verdict = gate.ask("after", NOON + HOUR, **NOTIFIED)
    assert isinstance(verdict, ContactVetoed)
    assert "house.consent.push" in {f.rule_id for f in verdict.findings if f.result is FindingResult.VETOED}


def test_the_same_subscription_again_and_again_is_remembered_once() -> None:
    gate = ana()
    known = gate.state
    for day in range(1, 30):
        gate.tell(subscribed(day))
    assert (gate.state.addresses, gate.state.facts) == (known.addresses, known.facts)
    assert len(gate.state.opt_ins) == 1


def test_the_newest_browser_is_tried_first() -> None:
    state = learn(FRESH, subscribed())
    state = learn(state, subscribed(1, OTHER))
    assert [i.address_id for i in state.inboxes if i.channel == "PUSH"] == [OTHER, BROWSER]
    assert learn(state, subscribed(2)) is state
