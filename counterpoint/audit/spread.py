"""Spreads work on partitions over the machine's cores: partitions share nothing, and so neither do processes."""

import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Concatenate, ParamSpec, TypeVar

from chassis.settings import StackSettings

START = "fork" if sys.platform == "linux" else "spawn"
"""Whoever calls has one thread and no client open, so that nothing is lost by a fork, and all is loaded already."""

T = TypeVar("T")
Given = ParamSpec("Given")


def spread(
    work: Callable[Concatenate[StackSettings, Sequence[int], Given], Sequence[T]],
    settings: StackSettings,
    processes: int | None,
    *args: Given.args,
    **kwargs: Given.kwargs,
) -> list[T]:
    """Do the work for every partition, some of them in each process; give back what each partition gave, in order.

    One process for each core, unless a number is given.
    """
    partitions = range(settings.kafka_partitions)
    count = min(len(partitions), processes or os.cpu_count() or 1)
    shares = [partitions[n::count] for n in range(count)]
    with ProcessPoolExecutor(count, mp_context=get_context(START)) as pool:
        running = [pool.submit(work, settings, share, *args, **kwargs) for share in shares]
        found = [each.result() for each in running]
    by_partition = {
        p: part for share, parts in zip(shares, found, strict=True) for p, part in zip(share, parts, strict=True)
    }
    return [by_partition[partition] for partition in partitions]
