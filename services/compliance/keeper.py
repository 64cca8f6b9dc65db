"""Keeps the rules of a running gate: writes the pack into the log, and takes up a new one when it is told to.

A pack that cannot be used is refused as a whole, with file, line and reason, and the old one stays in force.
"""

import asyncio
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from chassis.host import Host
from contracts.events import Meta, RulePackLoaded
from contracts.ids import ConsumerId, EventId, derived_id
from services.compliance.core.decide import NAME, VERSION
from services.compliance.core.rules.rule import RuleSet
from services.compliance.loader import Pack, WrongRules, load_pack

log = structlog.get_logger()


class Keeper:
    """Reads the rules again on SIGHUP."""

    def __init__(self, *, folders: Sequence[Path], host: Host, zone_data: str, use: Callable[[RuleSet], None]) -> None:
        self._folders = folders
        self._host = host
        self._zone_data = zone_data
        self._use = use
        self._told = asyncio.Event()

    async def announce(self, pack: Pack) -> None:
        """Write a pack into the log, whole; no decision may be made by it before that is confirmed."""
        now = self._host.clock.now()
        event_id = EventId(derived_id(cause=pack.rules.digest, name="rule-pack", at=now))
        meta = Meta(event_id, now, ConsumerId(""), event_id, None, NAME, VERSION)
        event = RulePackLoaded(meta, pack.rules.digest, dict(pack.texts), self._zone_data, now, pack.rules.standard)
        await self._host.publisher.publish(events=[event], keys=[pack.rules.digest])
        log.info("rules.loaded", rules=len(pack.texts), rule_pack=pack.rules.digest)

    async def keep(self) -> None:
        """Take up the rules anew whenever the process is told to."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._told.set)
        while True:
            await self._told.wait()
            self._told.clear()
            await self.renew()

    async def renew(self) -> bool:
        """Read the rules again and judge by them; false if they cannot be used, and the old ones stay."""
        try:
            pack = load_pack(self._folders)
        except WrongRules as fault:
            log.error("rules.refused", reason=str(fault))  # noqa: TRY400  # the reason says it all
            return False
        await self.announce(pack)
        self._use(pack.rules)
        return True
