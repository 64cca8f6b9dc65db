"""What the demo's chooser learned and its experiment shows, beside the truth that was planted in the people.

A text counts as answered for two days after it arrived.
"""

from collections.abc import Mapping, Sequence
from math import exp, log, sqrt

import psycopg
from msgspec import Struct
from psycopg.rows import class_row
from rich.console import Console
from rich.table import Table

from counterpoint.evaluate.evaluation import wilson
from counterpoint.simulate import truth

SURE = 1.96

_CHOICES = """
with arrived as (
    select distinct on (e.consumer_id, c.choice_id)
        e.consumer_id, c.choice_id, c.option, a.status_at as at
    from reporting.events e
    cross join lateral jsonb_to_recordset(e.body -> 'choices') as c (choice_id text, option text)
    join reporting.attempts a on a.contact_id = e.contact_id
    where e.event_type = 'ContactRequested' and a.outcome = 'delivered' and e.body ->> 'step_id' = c.option
    order by e.consumer_id, c.choice_id, a.status_at
), answered as (
    select distinct a.consumer_id, a.choice_id
    from arrived a join reporting.replies r using (consumer_id)
    where r.intent <> 'OPT_OUT' and r.received_at between a.at and a.at + interval '2 days'
), numbered as (
    select c.*, row_number() over (partition by choice_id, bucket order by made_at) as n,
        count(*) over (partition by choice_id, bucket) as of
    from reporting.choices c
)
select
    n.choice_id, n.bucket, n.option,
    count(*) as chosen,
    count(*) filter (where n.n * 3 <= n.of) as early,
    count(*) filter (where n.n * 3 > 2 * n.of) as late,
    count(a.consumer_id) as arrived,
    count(w.consumer_id) as answered
from numbered n
left join arrived a on (a.consumer_id, a.choice_id, a.option) = (n.consumer_id, n.choice_id, n.option)
left join answered w on w.consumer_id = a.consumer_id and w.choice_id = a.choice_id
group by n.choice_id, n.bucket, n.option
"""

_ARMS = """
with arrived as (
    select distinct on (e.consumer_id, x.experiment_id)
        e.consumer_id, x.experiment_id, x.arm, a.status_at as at
    from reporting.events e
    cross join lateral jsonb_to_recordset(e.body -> 'arms') as x (experiment_id text, arm text)
    join reporting.attempts a on a.contact_id = e.contact_id
    where e.event_type = 'ContactRequested' and a.outcome = 'delivered' and e.body ->> 'step_id' = x.arm
    order by e.consumer_id, x.experiment_id, a.status_at
)
select
    a.experiment_id, a.arm, count(distinct a.consumer_id) as arrived, count(distinct r.consumer_id) as answered
from arrived a
left join reporting.replies r
    on r.consumer_id = a.consumer_id and r.intent <> 'OPT_OUT'
    and r.received_at between a.at and a.at + interval '2 days'
group by a.experiment_id, a.arm
"""


class Learned(Struct, frozen=True):
    """An option in a bucket: how often it was chosen, in the first and the last third of all choices, and answered."""

    choice_id: str
    bucket: str
    option: str
    chosen: int
    early: int
    late: int
    arrived: int
    answered: int


class Arm(Struct, frozen=True):
    """An arm of an experiment: how many texts arrived in it, and how many of them were answered."""

    experiment_id: str
    arm: str
    arrived: int
    answered: int


def show(dsn: str, console: Console) -> None:
    """Tell both; nothing where nothing was chosen or tried."""
    with psycopg.connect(dsn, connect_timeout=10) as connected:
        choices = connected.cursor(row_factory=class_row(Learned)).execute(_CHOICES).fetchall()
        arms = connected.cursor(row_factory=class_row(Arm)).execute(_ARMS).fetchall()
    if choices:
        console.rule("What the chooser learned, and the truth that was planted")
        console.print(_learned(choices), highlight=False)
    if arms:
        console.rule("What the experiment shows")
        for line in _tried(arms):
            console.print(line, highlight=False, soft_wrap=True)


def _learned(choices: Sequence[Learned]) -> Table:
    table = Table(box=None)
    for name in ("owes", "text in the", "chosen", "first third", "last third", "arrived", "answered", "planted"):
        table.add_column(name, justify="left" if name in ("owes", "text in the") else "right")
    owes = {"small": f"less than ${truth.SMALL:,}", "other": "more"}
    order = {key: n for n, key in enumerate(truth.EAGERNESS)}
    early, late = _sums(choices, "early"), _sums(choices, "late")
    for c in sorted(choices, key=lambda c: order.get((c.bucket, c.option), len(order))):
        planted = truth.answered(c.bucket, c.option) if (c.bucket, c.option) in order else None
        table.add_row(
            owes.get(c.bucket, c.bucket),
            c.option,
            f"{c.chosen:,}",
            _share(c.early, early[c.bucket]),
            _share(c.late, late[c.bucket]),
            f"{c.arrived:,}",
            _rate(c.answered, c.arrived),
            "" if planted is None else f"{planted:.0%}",
        )
    return table


def _sums(choices: Sequence[Learned], name: str) -> Mapping[str, int]:
    sums: dict[str, int] = {}
    for choice in choices:
        sums[choice.bucket] = sums.get(choice.bucket, 0) + int(getattr(choice, name))
    return sums


def _share(of: int, whole: int) -> str:
    return f"{of / whole:.0%}" if whole else ""


def _rate(answered: int, arrived: int) -> str:
    found = wilson(answered, arrived)
    return f"{found.value:.0%} ({found.low:.0%} to {found.high:.0%})" if arrived else ""


def _tried(arms: Sequence[Arm]) -> list[str]:
    lines = []
    for experiment in sorted({a.experiment_id for a in arms}):
        of = sorted((a for a in arms if a.experiment_id == experiment), key=lambda a: a.arm, reverse=True)
        lines.append(f"{experiment}: " + "; ".join(_arm(a) for a in of))
        if len(of) == 2 and all(a.answered for a in of):
            lines.append(_times(of[1], of[0]))
    return lines


def _arm(a: Arm) -> str:
    return f"{a.arm}: {a.arrived:,} texts arrived, {_rate(a.answered, a.arrived)} were answered"


def _times(one: Arm, other: Arm) -> str:
    """How many times as often, with the interval of the logarithm."""
    a, b = one.answered / one.arrived, other.answered / other.arrived
    error = SURE * sqrt(1 / one.answered - 1 / one.arrived + 1 / other.answered - 1 / other.arrived)
    ratio, low, high = a / b, exp(log(a / b) - error), exp(log(a / b) + error)
    difference = SURE * sqrt(a * (1 - a) / one.arrived + b * (1 - b) / other.arrived)
    return (
        f"  {one.arm} is answered {ratio:.2f} times as often as {other.arm} ({low:.2f} to {high:.2f}), "
        f"{100 * (a - b):+.1f} points ({100 * (a - b - difference):+.1f} to {100 * (a - b + difference):+.1f}); "
        f"planted: {truth.INVITED:.2f} times"
    )
