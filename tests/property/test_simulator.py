"""Whatever a strategy asks for, the simulated gate lets out nothing that the recount's own reading of the law forbids.

A green run does not prove that the gate is the shipped one under load: the demo's verification asks the real log.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.codec import SingleObjectCodec
from contracts.events import (
    AttemptAccepted,
    AttemptStatus,
    AttemptStatusChanged,
    Event,
    OptedOut,
    TextApproved,
)
from contracts.topics import TOPIC_OF
from counterpoint.recount.evidence import Consumers, Evidence, Text
from counterpoint.recount.lawful import QUESTIONS
from counterpoint.recount.log import Log, Record, decode
from counterpoint.recount.schemas import writers
from counterpoint.simulate.behaviour import assumed
from counterpoint.simulate.life import Life
from counterpoint.simulate.office import Plan
from counterpoint.simulate.population import residents
from counterpoint.simulate.trial import BEGINS, Trial, world
from services.orchestrator.core.strategy import Strategies
from services.orchestrator.loader import DIRECTORY, StrategyFile, load_file, strategies_of

PEOPLE = residents(seed=11, block=0, size=120, at=BEGINS)
EAGER = assumed().with_value("text.stop", 12).with_value("text.reply", 4).with_value("people.cannot", 100)
FIRST = load_file(DIRECTORY / "first-contact.yaml").content
CODEC = SingleObjectCodec()
SCHEMAS = writers()


def pushy(times: int, wait: str, opens: str, closes: str, stops: Sequence[str]) -> Strategies:
    """A strategy that nobody should publish: texts in a row, at hours of its own."""
    steps: list[dict[str, Any]] = []
    for n in range(times):
        window = {"opens": opens, "closes": closes, "spread": "10h"}
        steps.append({**FIRST["steps"][0], "id": f"text-{n}", "window": window})
        steps.append({"id": f"wait-{n}", "kind": "wait", "for": wait})
    content = {**FIRST, "id": "pushy", "steps": steps, "stops": {"on": list(stops), "restrictions": ["military"]}}
    return strategies_of([StrategyFile(Path("pushy.yaml"), content, {})])


@settings(max_examples=40, deadline=None)
@given(
    who=st.sampled_from(PEOPLE),
    seed=st.integers(0, 1000),
    times=st.integers(1, 12),
    wait=st.sampled_from(["0m", "3h", "12h", "1d", "2d"]),
    hours=st.sampled_from([("00:00", "23:59"), ("05:00", "09:00"), ("20:30", "23:00"), ("09:00", "17:00")]),
    stops=st.sampled_from([(), ("reply",), ("reply", "payment")]),
)
def test_no_simulated_text_breaks_the_law_as_the_recount_reads_it(
    who: Any, seed: int, times: int, wait: str, hours: tuple[str, str], stops: Sequence[str]
) -> None:
    log: list[Event] = []
    lived = Life(who, Plan([pushy(times, wait, *hours, stops)]), world(Trial(1, 60, seed), EAGER), log).live()
    found = Evidence(log=_read(log), ledger=_texts(log), notes=(), settled=BEGINS)
    consumers = Consumers(found.log)
    assert {c.name: c.faults for ask in QUESTIONS if (c := ask(found, consumers)).faults} == {}
    assert len(found.ledger) == len(lived.sent_on)
    out = [e.stated_at for e in log if isinstance(e, OptedOut)]
    assert not out or all(text.requested_at <= min(out) for text in found.ledger)


def test_the_law_is_asked_of_many_texts() -> None:
    log: list[Event] = []
    for who in PEOPLE[:40]:
        Life(who, Plan([pushy(12, "0m", "00:00", "23:59", ())]), world(Trial(1, 60, 1), EAGER), log).live()
    assert len(_texts(log)) > 60


def _read(log: Sequence[Event]) -> Log:
    """The events as the recount reads them: from their bytes, by the schema files alone."""
    return Log(
        Record(TOPIC_OF[type(event)], 0, n, event.meta.occurred_at, *decode(CODEC.encode(event), SCHEMAS))
        for n, event in enumerate(log)
    )


def _texts(log: Sequence[Event]) -> list[Text]:
    """What the simulated network carried."""
    to = {e.contact_id: e.to for e in log if isinstance(e, TextApproved)}
    got = {
        e.contact_id: e.reported_at
        for e in log
        if isinstance(e, AttemptStatusChanged) and e.status is AttemptStatus.DELIVERED
    }
    return [
        Text(
            sequence=n,
            kind="text",
            message_sid=e.attempt_id,
            to=to[e.contact_id],
            body="",
            reference={"consumer": e.meta.consumer_id, "contact": e.contact_id},
            requested_at=e.accepted_at,
            received_at=got.get(e.contact_id),
            status="delivered" if e.contact_id in got else "undelivered",
        )
        for n, e in enumerate(log)
        if isinstance(e, AttemptAccepted)
    ]
