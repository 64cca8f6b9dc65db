"""Writes the strategies of the service's files into the log, so that nobody's version is ever gone."""

from collections.abc import Sequence

import structlog

from chassis.host import Host
from chassis.routing import everywhere
from contracts.events import Event, Meta, StrategyPublished
from contracts.ids import ConsumerId, EventId, derived_id
from services.orchestrator.core.turn import NAME, VERSION
from services.orchestrator.loader import StrategyFile, digest_of, text_of

log = structlog.get_logger()


class Herald:
    """Publishes, to every partition, what the log does not have yet."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._known: dict[str, str] = {}

    def _apply(self, event: Event) -> None:
        if isinstance(event, StrategyPublished):
            self._known.setdefault(f"{event.strategy_id}@{event.version}", event.digest)

    async def announce(self, files: Sequence[StrategyFile]) -> None:
        """Write the files into the log that it lacks; of a version that it has, its own text stays in force."""
        await self._host.views.follow(kind=StrategyPublished, apply=self._apply)
        for file in files:
            text = text_of(file.content)
            known = self._known.get(file.name)
            if known is None:
                await self._publish(file, text)
            elif known != digest_of(text):
                log.warning(
                    "strategy.differs",
                    strategy=file.name,
                    stays="the text that was published",
                    then="raise its version",
                )

    async def _publish(self, file: StrategyFile, text: str) -> None:
        now = self._host.clock.now()
        digest = digest_of(text)
        event_id = EventId(derived_id(cause=f"{file.name}/{digest}", name="kept", at=now))
        meta = Meta(event_id, now, ConsumerId(""), event_id, None, NAME, VERSION)
        strategy_id, version = str(file.content["id"]), int(file.content["version"])
        event = StrategyPublished(meta, strategy_id, version, digest, text, False, (), NAME, now)
        keys = everywhere(strategy_id, self._host.settings.kafka_partitions)
        await self._host.publisher.publish(events=[event] * len(keys), keys=keys)
        log.info("strategy.announced", strategy=file.name, digest=digest)
