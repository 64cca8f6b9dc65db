"""Faust with a batch for a unit of work: each poll's records are handed over by partition, to whoever has room.

Faust's own way hands messages to streams one by one, and acknowledges a message whose handler raised. Here Faust
keeps what it does well, membership of the group, assignment, heartbeats in a thread of their own, and nothing is
committed that was not handled.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import faust
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from chassis.failures import Halted
from chassis.kafka_client import connection
from chassis.runtime.kafka.hands import Hands
from chassis.settings import StackSettings

Batch = Mapping[TP, Sequence[Any]]
GLANCE = 0.01
"""Seconds that a poll waits for records of some partitions, while others work and may want more soon."""


class BatchConsumer(driver.Consumer):
    """Faust's consumer with another inner loop."""

    take: ClassVar[Callable[[Batch], None]]
    hands: ClassVar[Hands]
    broken: ClassVar[Callable[[BaseException], None]]
    bites: ClassVar[Mapping[str, int]]
    _polled_in = 0

    async def _drain_messages(self, fetcher: Any) -> None:
        try:
            while not (self._stopped.is_set() or fetcher._stopped.is_set()):
                records, _ = await self._wait_next_records(1.0)
                await type(self).hands.until_ready()
                await asyncio.sleep(0)
                if not records or self.should_stop or not self.flow_active:
                    continue
                if type(self).hands.is_current(self._polled_in):
                    type(self).take({TP(tp.topic, tp.partition): batch for tp, batch in records.items()})
                else:  # partitions moved during the poll: go on from what is committed, lest these be passed over
                    await self.perform_seek()
        except asyncio.CancelledError:
            if not self.transport.app.should_stop:
                raise
        except BaseException as error:
            type(self).broken(error)
            raise

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ASYNC109
        active, hands = active_partitions or set(), type(self).hands
        free = {tp for tp in active if not hands.is_full(tp.partition)}
        if not free:
            await hands.freed(timeout)
            return {}
        share = max(1, self._thread._ensure_consumer()._max_poll_records // len({tp.partition for tp in active}))
        patience = timeout if len(free) == len(active) else GLANCE
        self._polled_in = hands.turn
        return await self._thread.call_thread(self._shares, free, share, patience)

    async def _shares(self, free: set[TP], share: int, patience: float) -> Batch:
        """A share of the batch for each topic of each partition that has room for it.

        Left alone, the client fills a batch from the partition that it happens to have first.
        """
        thread: Any = self._thread
        client = thread._ensure_consumer()
        found: dict[TP, Sequence[Any]] = {}
        for tp in sorted(free):
            bite = min(share, type(self).bites.get(tp.topic, share))
            found |= await thread._fetch_records(client, {tp}, timeout=0, max_records=bite)
        if found:
            return found
        least = min(type(self).bites.values(), default=share)
        later: Batch = await thread._fetch_records(client, free, timeout=patience, max_records=min(share, least))
        return later

    async def commit_batch(self, offsets: Mapping[TP, int]) -> None:
        """Commit; raises Halted if the group refuses for another reason than that the partitions have moved."""
        mine = {tp: offset for tp, offset in offsets.items() if tp in self.assignment()}
        if not mine:
            return
        if not await self._thread.commit(mine) and self.app.crashed:
            raise Halted("the broker refused to commit offsets; nothing is lost, the batch will come again")
        for tp, offset in mine.items():
            self._read_offset[tp] = offset - 1


def transport_for(
    app: Any,
    take: Callable[[Batch], None],
    hands: Hands,
    broken: Callable[[BaseException], None],
    bites: Mapping[str, int],
) -> driver.Transport:
    """A transport whose consumer gives batches to `take` as `hands` have room; it says to `broken` what stopped it.

    `bites` are the most records of some topics in a batch of a partition.
    """

    class Consumer(BatchConsumer):
        pass

    class Transport(driver.Transport):
        pass

    Consumer.take = staticmethod(take)
    Consumer.hands = hands
    Consumer.broken = staticmethod(broken)
    Consumer.bites = bites
    Transport.Consumer = Consumer
    return Transport(list(app.conf.broker_consumer), app, app.loop)


def credentials(settings: StackSettings) -> faust.SASLCredentials | faust.SSLCredentials | None:
    """What every client of ours shows the broker, in Faust's words."""
    told = connection(settings)
    context = told.get("ssl_context")
    if "sasl_mechanism" in told:
        return faust.SASLCredentials(
            username=told["sasl_plain_username"],
            password=told["sasl_plain_password"],
            ssl_context=context,
            mechanism=told["sasl_mechanism"],
        )
    return None if context is None else faust.SSLCredentials(context)
