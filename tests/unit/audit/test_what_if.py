"""Another rule pack on the same history: what flips, and what stays.

A green run does not prove what would have followed from a different decision; nothing simulates that.
"""

import asyncio
import shutil
from datetime import datetime, timedelta

import pytest

from contracts.events import ContactDeferred, ContactVetoed
from counterpoint.audit.packs import Pack, pack_of
from counterpoint.audit.what_if import Outlook, judge_partition
from services.compliance.loader import DIRECTORY
from tests.unit.audit.story import ZONE_DATA, Story, a_story, pack
from tests.unit.compliance.factories import NOON

DAY_CAP = "house.rolling-cap.texts-a-day"


@pytest.fixture(scope="module")
def looser(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """Two texts on one date."""
    folder = tmp_path_factory.mktemp("looser") / "rules"
    shutil.copytree(DIRECTORY, folder)
    path = folder / "house" / f"{DAY_CAP}.yaml"
    path.write_text(path.read_text().replace("most: 1", "most: 2"))
    return pack_of([folder])


def judged(story: Story, by: Pack, since: datetime | None = None, until: datetime | None = None) -> Outlook:
    """All partitions."""
    found = Outlook(by.rules.digest)
    for partition in range(story.runtime.partitions):
        found.add(asyncio.run(judge_partition(story.history, partition, by, ZONE_DATA, since, until)))
    return found


def test_nothing_flips_under_the_same_rules() -> None:
    found = judged(a_story(), pack())
    assert (found.decisions, found.same, found.flips) == (5, 5, [])


def test_a_looser_cap_lets_the_second_text_go(looser: Pack) -> None:
    story = a_story()
    found = judged(story, looser)
    assert (found.decisions, found.same) == (5, 4)
    (flip,) = found.flips
    assert (flip.was, flip.now, flip.rule, flip.count) == ("deferred", "approved", DAY_CAP, 1)
    assert flip.examples[0].contact_id == story.contact(ContactDeferred)
    assert flip.examples[0].reason == "1 counted contact on the same date; at most 1 is allowed."


def test_only_decisions_of_a_span_are_judged(looser: Pack) -> None:
    story = a_story()
    assert judged(story, looser, until=NOON + timedelta(minutes=1)).decisions == 2
    assert judged(story, looser, since=NOON + timedelta(minutes=1)).decisions == 3


def test_a_stop_holds_under_any_of_the_two(looser: Pack) -> None:
    story = a_story()
    contact_id = story.contact(ContactVetoed)
    flips = judged(story, looser).flips
    assert contact_id not in {example.contact_id for flip in flips for example in flip.examples}
