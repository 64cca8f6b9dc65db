"""Faust with a batch for a unit of work: each poll's records go to one handler, and are committed when it returns.

Faust's own way hands messages to streams one by one, and acknowledges a message whose handler raised. Here Faust
keeps what it does well, membership of the group, assignment, heartbeats in a thread of their own, and nothing is
committed that was not handled.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar

import faust
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from chassis.failures import Halted
from chassis.kafka_client import connection
from chassis.settings import StackSettings

Batch = Mapping[TP, Sequence[Any]]


class BatchConsumer(driver.Consumer):
    """Faust's consumer with another inner loop."""

    handler: ClassVar[Callable[[Batch], Awaitable[None]]]
    broken: ClassVar[Callable[[BaseException], None]]

    async def _drain_messages(self, fetcher: Any) -> None:
        try:
            while not (self._stopped.is_set() or fetcher._stopped.is_set()):
                records, _ = await self._wait_next_records(1.0)
                await asyncio.sleep(0)
                if records and not self.should_stop and self.flow_active:
                    await self._handle({TP(tp.topic, tp.partition): batch for tp, batch in records.items()})
        except asyncio.CancelledError:
            if not self.transport.app.should_stop:
                raise
        except BaseException as error:
            type(self).broken(error)
            raise

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ASYNC109
        return await self._thread.call_thread(self._shares, active_partitions or set(), timeout)

    async def _shares(self, active: set[TP], patience: float) -> Batch:
        """A share of the batch from each partition: while one waits for the broker, another is decided.

        Left alone, the client fills a batch from the partition that it happens to have first.
        """
        thread: Any = self._thread
        client = thread._ensure_consumer()
        share = max(1, client._max_poll_records // max(1, len({tp.partition for tp in active})))
        found: dict[TP, Sequence[Any]] = {}
        for tp in sorted(active):
            found |= await thread._fetch_records(client, {tp}, timeout=0, max_records=share)
        if found:
            return found
        later: Batch = await thread._fetch_records(client, active, timeout=patience, max_records=share)
        return later

    async def _handle(self, batch: Batch) -> None:
        await type(self).handler(batch)

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
    app: Any, handler: Callable[[Batch], Awaitable[None]], broken: Callable[[BaseException], None]
) -> driver.Transport:
    """A transport whose consumer hands batches to `handler`, and says to `broken` what stopped it."""

    class Consumer(BatchConsumer):
        pass

    class Transport(driver.Transport):
        pass

    Consumer.handler = staticmethod(handler)
    Consumer.broken = staticmethod(broken)
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
