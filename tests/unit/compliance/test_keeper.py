"""The rules of a running gate: announced before they are used, taken up anew, and kept when the new ones are wrong.

Green does not prove that an operating system delivers the signal.
"""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chassis.host import Host
from contracts.events import ContactApproved, ContactVetoed, Event, RulePackLoaded
from services.compliance.core.rules.rule import RuleSet
from services.compliance.keeper import Keeper
from services.compliance.loader import HOUSE, LAW, load_pack, load_rules
from tests.unit.compliance.factories import NOON, Conversation, an_account


class Notes:
    """Where events would go, and what time it is."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.keys: list[str] = []

    async def publish(self, *, events: Sequence[Event], keys: Sequence[str] | None = None) -> None:
        """Note the events."""
        self.events += events
        self.keys += keys or ()

    def now(self) -> datetime:
        """A fixed time."""
        return datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def a_keeper(house: Path, used: list[RuleSet], notes: Notes) -> Keeper:
    """A keeper of the law and a house."""
    nothing: Any = None
    clock: Any = notes
    host = Host(nothing, clock, notes, nothing)
    return Keeper(folders=[LAW, house], host=host, zone_data="2026a", use=used.append)


async def test_a_pack_is_in_the_log_whole_before_it_is_used(tmp_path: Path) -> None:
    house = Path(shutil.copytree(HOUSE, tmp_path / "house"))
    notes, used = Notes(), list[RuleSet]()
    assert await a_keeper(house, used, notes).renew()
    (event,) = notes.events
    assert isinstance(event, RulePackLoaded)
    assert (event.rule_pack, notes.keys) == (used[0].digest, [used[0].digest])
    assert event.rules == load_pack([LAW, house]).texts
    assert RulePackLoaded.from_avro(event.to_avro()) == event


async def test_a_wrong_pack_is_refused_and_the_old_one_stays(tmp_path: Path) -> None:
    house = Path(shutil.copytree(HOUSE, tmp_path / "house"))
    notes, used = Notes(), list[RuleSet]()
    rule = house / "house.stop.minor.yaml"
    rule.write_text(rule.read_text().replace("fact: minor", "fact: minro"))
    assert not await a_keeper(house, used, notes).renew()
    assert (notes.events, used) == ([], [])


def test_a_gate_judges_by_what_it_was_told_to_use(tmp_path: Path) -> None:
    house = Path(shutil.copytree(HOUSE, tmp_path / "house"))
    rule = (house / "house.stop.minor.yaml").read_text()
    stricter = rule.replace("house.stop.minor", "house.stop.all").replace(
        "fact: minor", "fact: right-party, unknown: veto"
    )
    (house / "house.stop.all.yaml").write_text(stricter)
    ana = Conversation()
    ana.tell(an_account())
    assert isinstance(ana.ask("one", NOON), ContactApproved)
    ana.gate.use(load_rules([LAW, house]))
    verdict = ana.ask("two", NOON)
    assert isinstance(verdict, ContactVetoed)
    assert verdict.deciding_rule == "house.stop.all"
    assert verdict.rule_pack != load_rules([LAW, HOUSE]).digest
