"""How far contacts came on each channel, for the demo's report: from what was asked for to the last that is known."""

from collections.abc import Mapping, Sequence

import psycopg
from rich.console import Console
from rich.table import Table

_WAY = """
select channel, rung, count(distinct contact_id) from (
    select channel, contact_id, unnest(array[
        'asked for',
        case when verdict = 'approved' then 'approved' end,
        case when accepted_at is not null then 'taken on' end
    ]) as rung
    from reporting.contacts
    union all
    select body ->> 'channel', contact_id, unnest(array['taken on', body ->> 'status'])
    from reporting.events where event_type = 'AttemptStatusChanged'
) as rungs
where rung is not null and channel is not null
group by channel, rung
"""

CHANNELS: Mapping[str, str] = {"LETTER": "letters", "SMS": "texts", "EMAIL": "e-mails", "VOICE": "calls"}
FIRST = ("asked for", "approved", "taken on")
RUNGS = (
    *("QUEUED", "SENT", "MAILED", "IN_TRANSIT", "DELIVERED", "READ", "OPENED", "CLICKED", "REPLIED", "COMPLAINED"),
    *("CONVERSATION", "ANSWERED", "VOICEMAIL", "DROPPED", "NO_ANSWER", "BUSY", "NOT_IN_SERVICE", "CANCELED"),
    *("UNDELIVERED", "BOUNCED", "RETURNED", "FAILED"),
)
"""In the order in which they are told; any other comes after them."""
UNTOLD = frozenset({"QUEUED", "SENT"})
"""Rungs that say no more than that a provider has it."""


def show(dsn: str, console: Console) -> None:
    """A line for each channel that was used."""
    with psycopg.connect(dsn, connect_timeout=10) as connected:
        rows = connected.execute(_WAY).fetchall()
    if not rows:
        return
    console.rule("How far they came, by channel")
    table = Table(box=None, show_header=False)
    for channel, line in lines(rows):
        table.add_row(channel, line)
    console.print(table, highlight=False)


def lines(rows: Sequence[tuple[str, str, int]]) -> list[tuple[str, str]]:
    """What is said of each channel: its name, and how many contacts came to each rung."""
    found: dict[str, dict[str, int]] = {}
    for channel, rung, number in rows:
        found.setdefault(channel, {})[rung] = number
    order = {channel: n for n, channel in enumerate(CHANNELS)}
    channels = sorted(found, key=lambda c: (order.get(c, len(order)), c))
    return [(CHANNELS.get(c, c.lower()), _line(found[c])) for c in channels]


def _line(counted: Mapping[str, int]) -> str:
    known = (*FIRST, *RUNGS)
    rungs = [*(r for r in known if r in counted), *sorted(counted.keys() - set(known))]
    return ", ".join(f"{counted[r]:,} {r.lower().replace('_', ' ')}" for r in rungs if r not in UNTOLD)
