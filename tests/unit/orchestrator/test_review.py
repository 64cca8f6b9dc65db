"""Contacts that wait for a person's release: asked for then and not before, passed over if rejected or too late.

A green run does not prove that a person sees them in time: that takes people.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from contracts.events import ContactHeld, ContactReleased, ContactWithheld, Event, Meta
from contracts.ids import EventId
from services.orchestrator.loader import LIBRARY, StrategyFile, load_file, strategies_of
from tests.unit.compliance.factories import ANA, a_payment, an_account
from tests.unit.orchestrator.factories import NEW_YORK_NINE, Talk, accepted

STEADY = load_file(LIBRARY / "steady.yaml")
HOUR = timedelta(hours=1)


def reviewed() -> Talk:
    """A conversation in which the first contact is held."""
    content = {**STEADY.content, "review": True}
    talk = Talk(strategies_of([StrategyFile(Path("steady.yaml"), content, {})]))
    talk.tell(an_account(when=NEW_YORK_NINE - 3 * HOUR))
    assert talk.wake() == []
    return talk


def said(talk: Talk, kind: type[Event]) -> list[Event]:
    """What was said of that type."""
    return [e for e in talk.said if isinstance(e, kind)]


def held(talk: Talk) -> ContactHeld:
    """The contact that was held last."""
    event = said(talk, ContactHeld)[-1]
    assert isinstance(event, ContactHeld)
    return event


def meta(at: datetime) -> Meta:
    """The head of what a person says."""
    return Meta(EventId(f"said-{at}"), at, ANA, "c", None, "operator", "1")


def release(event: ContactHeld, at: datetime) -> ContactReleased:
    """A person lets it go."""
    return ContactReleased(meta(at), event.contact_id, "rosa", at)


def reject(event: ContactHeld, at: datetime) -> ContactWithheld:
    """A person stops it."""
    return ContactWithheld(meta(at), event.contact_id, "rejected", "rosa", at)


def test_nothing_is_asked_for_before_a_person_releases_it() -> None:
    talk = reviewed()
    event = held(talk)
    assert (event.strategy_id, event.step_id, event.template_id) == ("steady@1", "first", "welcome")
    assert talk.requests == []
    (request,) = talk.tell(release(event, event.held_at + HOUR))
    assert request.step_id == "first"
    assert talk.tell(release(event, event.held_at + HOUR)) == [], "said twice, asked once"
    assert said(talk, ContactWithheld) == []
    talk.tell(accepted(request, request.meta.occurred_at))
    assert talk.wake() == [], "the next one is aimed"
    assert talk.wake() == []
    assert held(talk).step_id == "again"


def test_released_at_night_it_is_asked_for_in_the_morning() -> None:
    talk = reviewed()
    night = datetime(2026, 10, 20, 3, tzinfo=UTC)
    assert talk.tell(release(held(talk), night)) == []
    (request,) = talk.wake()
    assert request.meta.occurred_at >= datetime(2026, 10, 20, 13, tzinfo=UTC)
    assert len(said(talk, ContactHeld)) == 1


def test_rejected_it_is_passed_over() -> None:
    talk = reviewed()
    event = held(talk)
    assert talk.tell(reject(event, event.held_at + HOUR)) == []
    assert talk.end == "running"
    assert talk.tell(release(event, event.held_at + 2 * HOUR)) == [], "what was rejected is not released any more"
    assert talk.wake() == []
    assert talk.wake() == []
    assert held(talk).step_id == "again"


def test_released_by_nobody_it_expires_and_is_passed_over() -> None:
    talk = reviewed()
    assert talk.due == held(talk).not_after
    assert talk.wake() == []
    (lapsed,) = said(talk, ContactWithheld)
    assert isinstance(lapsed, ContactWithheld)
    assert (lapsed.contact_id, lapsed.reason, lapsed.by) == (held(talk).contact_id, "expired", "")
    assert talk.tell(lapsed) == [], "it comes back through its topic, and moves nothing"
    assert talk.end == "running"


def test_what_ends_the_conversation_ends_the_waiting() -> None:
    talk = reviewed()
    event = held(talk)
    talk.tell(a_payment(when=event.held_at + HOUR))
    (lapsed,) = said(talk, ContactWithheld)
    assert isinstance(lapsed, ContactWithheld)
    assert lapsed.reason == "overtaken"
    assert talk.tell(release(event, event.held_at + 2 * HOUR)) == []
