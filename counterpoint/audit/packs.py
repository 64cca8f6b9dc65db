"""The rule packs that decisions were made under: on disk if they are still the same, or else out of the log."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from chassis.failures import InvalidEvent
from contracts.events import Finding, RulePackLoaded
from contracts.topics import TOPIC_OF
from counterpoint.audit.history import History, whole
from services.compliance.core.decide import Verdict, in_full
from services.compliance.core.rules.rule import RuleSet
from services.compliance.loader import HOUSE, LAW, RuleFile, load_files, rule_set

SHIPPED = (LAW, HOUSE)


class Pack:
    """A rule pack: what is asked, and what its files say, by the rule's id."""

    def __init__(self, files: Sequence[RuleFile]) -> None:
        self.rules: RuleSet = rule_set(files)
        self.files: Mapping[str, RuleFile] = {file.content["id"]: file for file in files}

    def title(self, rule_id: str) -> str:
        """What the rule demands, in a sentence; empty for what is no rule of the pack."""
        file = self.files.get(rule_id)
        return "" if file is None else str(file.content["title"])


def pack_of(directories: Sequence[Path]) -> Pack:
    """The pack in some folders; raises WrongRules."""
    return Pack(load_files(directories))


class Packs:
    """Every pack that can be had, by its digest."""

    def __init__(
        self,
        on_disk: Pack,
        recorded: Mapping[str, Mapping[str, str]],
        words: Mapping[tuple[str, str], Sequence[Finding]] = MappingProxyType({}),
    ) -> None:
        self._known: dict[str, Pack | None] = {on_disk.rules.digest: on_disk}
        self._recorded = recorded
        self._words = words
        self.current = on_disk
        self.digests: Sequence[str] = list({on_disk.rules.digest: None, **dict.fromkeys(recorded)})

    def get(self, digest: str) -> Pack | None:
        """The pack; None if it is neither on disk nor in the log as it was."""
        if digest not in self._known:
            recorded = self._recorded.get(digest)
            pack = None if recorded is None else Pack([_file(rule, text) for rule, text in recorded.items()])
            self._known[digest] = pack if pack is not None and pack.rules.digest == digest else None
        return self._known[digest]

    def findings(self, verdict: Verdict) -> tuple[Finding, ...]:
        """All that a verdict says, in the words that the gate wrote into the log, or else in those of today."""
        words = self._words.get((verdict.rule_pack, verdict.meta.producer_version))
        if words is None:
            pack = self.get(verdict.rule_pack)
            words = () if pack is None else pack.rules.standard
        return in_full(verdict, words) if words else verdict.findings


def _file(rule_id: str, text: str) -> RuleFile:
    return RuleFile(Path(f"{rule_id}.yaml"), json.loads(text), {})


async def find_packs(history: History, on_disk: Pack) -> Packs:
    """The one on disk, and every one that the gate has written into the log."""
    recorded: dict[str, Mapping[str, str]] = {}
    words: dict[tuple[str, str], Sequence[Finding]] = {}
    for partition in range(history.partitions):
        async for batch in whole(history, TOPIC_OF[RulePackLoaded], partition):
            await history.codec.prepare([r.value for r in batch])
            for record in batch:
                try:
                    event = history.codec.decode(record.value)
                except InvalidEvent:
                    continue
                if isinstance(event, RulePackLoaded):
                    recorded[event.rule_pack] = event.rules
                    words[event.rule_pack, event.meta.producer_version] = event.standard_findings
    return Packs(on_disk, recorded, words)
