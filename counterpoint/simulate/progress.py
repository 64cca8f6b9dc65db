"""Shows how far the demo is: a bar and a few numbers on a terminal, a line now and then anywhere else."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from counterpoint.simulate.weeks import Progress

EVERY_ON_TERMINAL, EVERY_ELSEWHERE = 1.0, 6.0
"""Real seconds between two looks."""


class Display:
    """Where progress goes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar: Bar | None = None
        self.every = EVERY_ELSEWHERE
        if console.is_terminal:
            columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
            self._bar = Bar(*columns, console=console, transient=True)
            self._task = self._bar.add_task("", total=1.0)
            self.every = EVERY_ON_TERMINAL

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, progress: Progress) -> None:
        """How far it is now."""
        if self._bar is None:
            self._console.print(line(progress), highlight=False, soft_wrap=True)
        else:
            self._bar.update(self._task, completed=progress.share, description=line(progress))


def line(progress: Progress) -> str:
    """All that is counted, in one line."""
    counted = progress.counted
    numbers = {
        "placed": counted.placed,
        "requested": counted.requested,
        "approved": counted.approved,
        "deferred": counted.deferred,
        "vetoed": counted.vetoed,
        "delivered": counted.delivered,
        "replies": progress.said,
        "stops": progress.stopped,
        "payments": progress.paid,
    }
    told = "  ".join(f"{name} {number:,}" for name, number in numbers.items())
    waiting = f"  waiting for {progress.waiting_for}" if progress.waiting_for else ""
    return f"{progress.now:%a %Y-%m-%d %H:%M} UTC  {told}{waiting}"
