"""Spreads work on partitions over the machine's cores: partitions share nothing, and so neither do processes."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Concatenate, ParamSpec, TypeVar

from chassis.settings import StackSettings

T = TypeVar("T")
Given = ParamSpec("Given")


def spread(
    work: Callable[Concatenate[StackSettings, Sequence[int], Given], T],
    settings: StackSettings,
    *args: Given.args,
    **kwargs: Given.kwargs,
) -> list[T]:
    """Do the work for every partition, some of them in each process; give back what each process found."""
    partitions = range(settings.kafka_partitions)
    processes = min(len(partitions), os.cpu_count() or 1)
    shares = [list(partitions[n::processes]) for n in range(processes)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(work, settings, share, *args, **kwargs) for share in shares]
        return [each.result() for each in running]
