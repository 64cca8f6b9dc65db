"""Where a consumer is, read from the changelog of an orchestrator that ran in memory.

A green run does not prove it for a changelog that a broker has compacted.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from chassis.failures import Halted
from chassis.runtime.memory import HandClock, MemoryRuntime
from contracts.events import ContactRequested
from contracts.ids import ConsumerId
from counterpoint.audit.history import MemoryHistory
from counterpoint.audit.whereabouts import Whereabouts, remembered, tell, whereabouts
from counterpoint.strategy_words import told
from services.orchestrator.loader import LIBRARY, load_files, strategies_of
from services.orchestrator.service import service
from tests.unit.compliance.factories import ANA, a_reply, an_account
from tests.unit.orchestrator.factories import accepted

FILES = [file for file in load_files(LIBRARY) if file.name == "two-wordings@1"]
STEPS = {file.name: [step["id"] for step in file.content["steps"]] for file in FILES}
PLANS = {file.name: told(file.content) for file in FILES}
SIX = datetime(2026, 10, 19, 10, tzinfo=UTC)


class Story:
    """Ana and an orchestrator in memory."""

    def __init__(self) -> None:
        self.clock = HandClock(SIX)
        self.runtime = MemoryRuntime([service(strategies_of(FILES))], clock=self.clock, partitions=2)
        self.runtime.publish(an_account(when=SIX))
        self.go_on()

    def go_on(self, span: timedelta = timedelta()) -> None:
        """Let time pass, and the orchestrator handle what there is."""
        self.clock.at += span
        asyncio.run(self.runtime.run())

    def where(self, who: ConsumerId = ANA) -> Whereabouts:
        """Where somebody is now."""
        history = MemoryHistory(self.runtime.broker, self.runtime.codec)
        return whereabouts(who, asyncio.run(remembered(history, who)), STEPS)


def test_it_is_told_what_is_waited_for_in_the_consumers_own_time() -> None:
    story = Story()
    found = story.where()
    assert (found.strategy, found.end, found.waits_for_contact) == ("two-wordings@1", "running", False)
    assert found.next_at is not None
    assert found.next_at >= datetime(2026, 10, 19, 13, tzinfo=UTC)
    text = "\n".join(tell(found, PLANS))
    assert "times are of America/New_York" in text
    assert f"at {found.step}: ask for the sms welcome" in text
    assert "next: Mon 2026-10-19 09:" in text or "next: Mon 2026-10-19 1" in text
    assert f"in the experiment first-wording: {found.step}, 50 %" in text

    story.go_on(timedelta(hours=6))
    found = story.where()
    assert found.waits_for_contact
    assert found.next_is == "the end of patience with the answer"
    (contact,) = found.contacts
    assert (contact.step, contact.verdict, contact.progress) == (found.step, "none", "none")
    assert "waits to hear what becomes of the contact" in "\n".join(tell(found, PLANS))

    (request,) = story.runtime.events(ContactRequested)
    assert isinstance(request, ContactRequested)
    (arm,) = request.arms
    assert (arm.experiment_id, arm.arm, arm.propensity_millionths) == ("first-wording", contact.step, 500_000)
    story.runtime.publish(accepted(request, story.clock.at))
    story.go_on()
    found = story.where()
    assert (found.step, found.contacts[0].progress) == ("pause", "accepted")
    assert found.next_at == story.clock.at + timedelta(days=4)

    story.runtime.publish(a_reply(story.clock.at))
    story.go_on()
    text = "\n".join(tell(story.where(), PLANS))
    assert "ended as replied, at pause: wait 4d; then follow-up" in text
    assert "Ana" not in text


def test_a_strategy_that_is_not_at_hand_is_told_by_numbers() -> None:
    found = Story().where()
    state = asyncio.run(remembered(_history(Story()), ANA))
    other = whereabouts(ANA, state, {})
    assert other.step in ("step 2", "step 3")
    assert found.next_at == other.next_at
    assert "say where with --strategies" in "\n".join(tell(other, {}))


def _history(story: Story) -> MemoryHistory:
    return MemoryHistory(story.runtime.broker, story.runtime.codec)


def test_nobody_is_remembered_of_whom_nothing_came() -> None:
    with pytest.raises(Halted, match="the orchestrator remembers no consumer con-nobody"):
        Story().where(ConsumerId("con-nobody"))
