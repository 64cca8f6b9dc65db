"""An explanation says what stands in the log, in words, in two languages; a budget what the gate would say next.

A green run does not prove that a compliance officer would sign it; docs/how-to/replay-and-explain.md shows one.
"""

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from chassis.failures import Halted
from contracts.events import Channel, ContactApproved, ContactDeferred, ContactVetoed, Event, FindingResult, Purpose
from contracts.ids import ConsumerId, ContactId
from counterpoint.audit import tell
from counterpoint.audit.budget import Budget, budget
from counterpoint.audit.explain import Explanation, explain
from counterpoint.audit.languages import ENGLISH, ENGLISH_WORDS, PURPOSES, SPANISH, SPANISH_WORDS
from counterpoint.audit.packs import Packs
from tests.unit.audit.story import ANGELENO, NEW_YORKER, ZONE_DATA, Story, a_story, pack
from tests.unit.compliance.factories import NOON


@pytest.fixture(scope="module")
def story() -> Story:
    return a_story()


def explained(story: Story, kind: type[Event]) -> Explanation:
    """The first decision of a kind."""
    return asyncio.run(explain(story.history, story.contact(kind), Packs(pack(), {}), ZONE_DATA))


def budget_of(story: Story, consumer_id: ConsumerId) -> Budget:
    """What may be sent at the end of the story."""
    return asyncio.run(budget(story.history, consumer_id, Packs(pack(), {}), ZONE_DATA, story.clock.at))


def told(e: Explanation, language: object = ENGLISH) -> str:
    """As one text."""
    return "\n".join(tell.explanation(e, SPANISH if language is SPANISH else ENGLISH))


def test_a_deferral_is_explained_with_its_rule_source_and_counted_events(story: Story) -> None:
    e = explained(story, ContactDeferred)
    text = told(e)
    assert "DEFERRED until Tue 2026-10-20 08:00:00 EDT" in text
    assert "house.rolling-cap.texts-a-day: Send a consumer at most one text on one date." in text
    assert "policy under 12 CFR 1006.14(a)" in text
    assert f"counted: contact-attempts[{e.verdict_at.partition}]@0, Mon 2026-10-19 12:01:00 EDT" in text
    assert "the same, byte for byte" in text
    assert pack().rules.digest in text
    assert {f.rule_id for f in e.findings} >= {"us.hours.federal", "us.stop.cease"}
    assert all(f.citation in text and f.reason in text for f in e.findings)


def test_findings_by_number_are_told_in_the_words_that_the_log_has(story: Story) -> None:
    record = story.records(ContactApproved)[0]
    verdict = story.event(record)
    assert isinstance(verdict, ContactApproved)
    recorded = [
        msgspec.structs.replace(f, reason=f"As it was said then: {n}.") for n, f in enumerate(pack().rules.standard)
    ]
    said = {(verdict.rule_pack, verdict.meta.producer_version): recorded}
    shown, *others = Packs(pack(), {}, said).findings(verdict)
    assert (shown.rule_id, len(verdict.findings)) == ("gate.place", 1)
    assert others == [recorded[n] for n in verdict.standard_findings]
    now = Packs(pack(), {}).findings(verdict)
    assert {f.rule_id for f in now} >= {"us.hours.federal", "us.stop.cease", "us.consent.texts"}
    assert len({f.rule_id for f in now}) == len(now) > 30


def test_a_veto_names_the_stop_that_it_rests_on(story: Story) -> None:
    e = explained(story, ContactVetoed)
    text = told(e)
    assert "VETOED" in text
    assert f"counted: consumer-statements[{e.verdict_at.partition}]@0" in text
    (texting,) = [o for o in e.openings if o.channel is Channel.SMS]
    assert texting.answer == "never"


def test_after_an_approval_the_next_text_waits_for_the_next_date(story: Story) -> None:
    e = asyncio.run(explain(story.history, story.contact(ContactApproved), Packs(pack(), {}), ZONE_DATA))
    (texting,) = [o for o in e.openings if o.channel is Channel.SMS]
    assert texting.at is not None
    assert texting.at.astimezone(ZoneInfo("America/New_York")).hour in (8, 11)
    others = {o.channel: o.answer for o in e.openings if o.channel is not Channel.SMS}
    assert others.pop(Channel.VOICE) == "now"
    assert set(others.values()) == {"no-service", "no-address"}


def test_in_spanish_every_word_is_spanish_but_titles_and_sources(story: Story) -> None:
    for kind in (ContactApproved, ContactDeferred, ContactVetoed):
        e = explained(story, kind)
        text = told(e, SPANISH)
        assert "(en inglés)" not in text
        assert "Todas las reglas consultadas" in text
        assert not any(f.reason in text for f in e.findings)


def test_both_languages_have_the_same_words() -> None:
    assert ENGLISH_WORDS.keys() == SPANISH_WORDS.keys()
    for name, words in ENGLISH_WORDS.items():
        assert words.count("{}") == SPANISH_WORDS[name].count("{}"), name
    assert {p.value for p in Purpose} == PURPOSES.keys()
    assert {r.value for r in FindingResult} <= ENGLISH_WORDS.keys()


def test_an_explanation_is_json_too(story: Story) -> None:
    e = explained(story, ContactDeferred)
    again = msgspec.json.decode(msgspec.json.encode(e))
    assert again["decision"] == "deferred"
    assert again["findings"][0]["counted"][0]["topic"] == "counterpoint.contact-attempts.v1"


def test_asked_about_now_it_looks_at_all_that_has_happened_since(story: Story) -> None:
    contact_id = story.contact(ContactDeferred)
    now = NOON + timedelta(days=3)
    e = asyncio.run(explain(story.history, contact_id, Packs(pack(), {}), ZONE_DATA, now))
    (texting,) = [o for o in e.openings if o.channel is Channel.SMS]
    assert (e.asked_at, texting.answer) == (now, "never")


def test_a_contact_that_nobody_judged_is_told_so(story: Story) -> None:
    with pytest.raises(Halted, match="no verdict on a contact nobody"):
        asyncio.run(explain(story.history, ContactId("nobody"), Packs(pack(), {}), ZONE_DATA))


def test_a_budget_tells_what_has_used_each_cap_and_when_it_frees(story: Story) -> None:
    b = budget_of(story, ANGELENO.consumer_id)
    week = next(c for c in b.caps if c.rule == "house.rolling-cap.texts-a-week")
    assert (len(week.uses), week.most) == (1, 3)
    assert week.uses[0].frees_at.astimezone(ZoneInfo("America/Los_Angeles")).isoformat() == "2026-10-26T00:00:00-07:00"
    (texting,) = [o for o in b.openings if o.channel is Channel.SMS]
    assert texting.answer == "later"
    text = "\n".join(tell.budget(b, ENGLISH))
    assert "house.rolling-cap.texts-a-week: text: 1 of 3 used" in text
    assert "free again from Mon 2026-10-26 00:00:00 PDT" in text


def test_a_budget_of_the_past_knows_nothing_of_what_came_later(story: Story) -> None:
    asked = budget(story.history, NEW_YORKER.consumer_id, Packs(pack(), {}), ZONE_DATA, NOON + timedelta(minutes=30))
    b = asyncio.run(asked)
    (texting,) = [o for o in b.openings if o.channel is Channel.SMS]
    assert (texting.answer, texting.rule) == ("later", "house.rolling-cap.texts-a-day")


def test_after_a_stop_the_budget_is_nothing(story: Story) -> None:
    b = budget_of(story, NEW_YORKER.consumer_id)
    assert {o.answer for o in b.openings} == {"never", "no-service", "no-address"}
    text = "\n".join(tell.budget(b, SPANISH))
    assert "no, en las circunstancias actuales" in text
    assert "(en inglés)" not in text


def test_of_somebody_unknown_nothing_is_made_up(story: Story) -> None:
    with pytest.raises(Halted, match="nothing is known of a consumer"):
        budget_of(story, ConsumerId("con-nobody"))


def test_an_approval_says_that_nothing_refuses(story: Story) -> None:
    e = explained(story, ContactApproved)
    assert f"Why\n  None of the {len(e.findings)} rules that were asked refuses." in told(e)
    assert f"Motivo\n  Ninguna de las {len(e.findings)} reglas consultadas lo impide." in told(e, SPANISH)
