"""What commands read: the summary, a consumer's story, and what the views say, on stories told by hand.

A green run does not prove that the services tell such stories: tests/e2e runs them.
"""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Any, TypeVar

import pytest
from msgspec import structs
from typer.testing import CliRunner

from chassis.failures import Halted, Unreachable
from contracts.events import (
    AccountPlaced,
    AttemptAccepted,
    AttemptRejected,
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    ContactApproved,
    ContactDeferred,
    ContactRequested,
    ContactVetoed,
    Event,
    OptedOut,
    PaymentSettled,
    PlacementRejected,
    ReasonClass,
    ReplyReceived,
    RulePackLoaded,
    SuppressionChanged,
)
from contracts.ids import AttemptId, ConsumerId, ContactId, EventId, RuleId
from counterpoint import read_model
from counterpoint.cli import application
from counterpoint.commands.timeline import sentence, story_of
from tests.examples import examples
from tests.integration.reporting.harness import NOON, a_database, ask, in_the_log, store

E = TypeVar("E", bound=Event)
CONSUMER = ConsumerId("con-1")


def an(kind: type[E], name: str, minutes: float = 0, cause: str | None = None, **changes: Any) -> E:
    """An event like the first example of its type."""
    example: Any = next(iter(examples(kind).values()))
    meta = structs.replace(
        example.meta,
        event_id=EventId(name),
        occurred_at=NOON + timedelta(minutes=minutes),
        consumer_id=CONSUMER if example.meta.consumer_id else "",
        correlation_id="a-story",
        causation_id=EventId(cause) if cause else None,
    )
    changed: E = structs.replace(example, meta=meta, **changes)
    return changed


def a_contact(number: int, minutes: float = 0) -> list[Event]:
    """A text that was asked for, approved, sent and delivered."""
    contact, attempt = ContactId(f"contact-{number}"), AttemptId(f"attempt-{number}")
    of: dict[str, Any] = {"contact_id": contact, "attempt_id": attempt}
    return [
        an(ContactRequested, f"asked-{number}", minutes, contact_id=contact),
        an(ContactApproved, f"approved-{number}", minutes, f"asked-{number}", contact_id=contact),
        an(AttemptStarted, f"started-{number}", minutes + 1, f"approved-{number}", **of),
        an(AttemptAccepted, f"accepted-{number}", minutes + 2, f"started-{number}", **of),
        an(
            AttemptStatusChanged,
            f"delivered-{number}",
            minutes + 3,
            **of,
            status=AttemptStatus.DELIVERED,
            reason_class=ReasonClass.NONE,
        ),
    ]


def refused(number: int, kind: type[ContactDeferred] | type[ContactVetoed], rule: str) -> list[Event]:
    """A text that the gate did not let go."""
    contact = ContactId(f"contact-{number}")
    return [
        an(ContactRequested, f"asked-{number}", contact_id=contact),
        an(kind, f"answer-{number}", contact_id=contact, deciding_rule=RuleId(rule)),
    ]


async def kept(database: str, events: Sequence[Event]) -> None:
    """Store events as they are."""
    async with a_database(database) as model:
        await store(model, in_the_log(events))


async def test_the_summary_counts_everything_once(database: str) -> None:
    failed = a_contact(2)[:4]
    failed.append(
        an(
            AttemptStatusChanged,
            "failed-2",
            contact_id=ContactId("contact-2"),
            attempt_id=AttemptId("attempt-2"),
            status=AttemptStatus.UNDELIVERED,
            reason_class=ReasonClass.PERMANENT_ADDRESS,
        )
    )
    events = [
        an(AccountPlaced, "placed"),
        an(PlacementRejected, "rejected", codes=("balance-missing", "ssn-wrong")),
        an(PlacementRejected, "rejected-too", row_number=999_999, codes=("ssn-wrong",)),
        *a_contact(1),
        *failed,
        *refused(3, ContactDeferred, "us.hours.federal"),
        *refused(4, ContactDeferred, "us.hours.federal"),
        *refused(5, ContactVetoed, "us.opt-out.address"),
        an(ReplyReceived, "reply"),
        an(OptedOut, "stop"),
        an(PaymentSettled, "paid"),
    ]
    await kept(database, [*events, *events])
    found = await asyncio.to_thread(read_model.summary, database)
    assert found == read_model.Summary(
        events=2 * len(events),
        placed=1,
        rejected_rows=2,
        rejected={"balance-missing": 1, "ssn-wrong": 2},
        requested=5,
        approved=2,
        deferred=2,
        deferred_by_rule={"us.hours.federal": 2},
        vetoed=1,
        vetoed_by_rule={"us.opt-out.address": 1},
        attempts=2,
        accepted=2,
        delivered=1,
        failed={"PERMANENT_ADDRESS": 1},
        in_doubt=0,
        replies=1,
        opt_outs=1,
        payments=1,
    )


async def test_the_summary_of_nothing_is_zero(database: str) -> None:
    await kept(database, [])
    assert read_model.summary(database).events == 0


async def test_a_database_without_a_read_model_says_what_to_do(database: str) -> None:
    with pytest.raises(Unreachable, match="start the service reporting"):
        read_model.summary(database)


def test_a_database_that_is_down_is_told_in_words() -> None:
    with pytest.raises(Unreachable, match="PostgreSQL does not answer"):
        read_model.summary("host=127.0.0.1 port=1")


async def test_a_contact_is_one_row_with_everything_about_it(database: str) -> None:
    await kept(database, list(reversed(a_contact(1))))
    assert ask(
        database,
        "select contact_id, verdict, status, outcome, accepted_at is not null, started_at is not null,"
        " requested_at from reporting.contacts",
    ) == [("contact-1", "approved", "DELIVERED", "delivered", True, True, NOON)]


async def test_a_status_that_comes_late_takes_nothing_back(database: str) -> None:
    rejected = an(AttemptRejected, "late", contact_id=ContactId("contact-1"), attempt_id=AttemptId("attempt-1"))
    await kept(database, [*a_contact(1), rejected])
    assert ask(database, "select status from reporting.attempts") == [("DELIVERED",)]


async def test_findings_are_counted_by_rule(database: str) -> None:
    vetoed, pack = an(ContactVetoed, "vetoed"), an(RulePackLoaded, "loaded")
    await kept(database, [vetoed, vetoed, pack, an(RulePackLoaded, "loaded again")])
    asked = [f.rule_id for f in vetoed.findings]
    asked += [pack.standard_findings[n].rule_id for n in vetoed.standard_findings]
    assert len(set(asked)) == len(asked) > len(vetoed.findings) > 0
    assert sorted(ask(database, "select rule_id, asked from reporting.rules")) == sorted((rule, 1) for rule in asked)


async def test_how_long_a_stop_took_to_reach_the_channels(database: str) -> None:
    stop = an(OptedOut, "stop", stated_at=NOON - timedelta(seconds=2))
    earlier = an(SuppressionChanged, "earlier", -60, active=True)
    barred = an(SuppressionChanged, "barred", cause="reply", active=True)  # the reply was read before the opt-out
    await kept(database, [earlier, barred, stop])
    assert ask(database, "select latency from reporting.opt_outs") == [(timedelta(seconds=2),)]


async def test_a_stop_that_barred_nothing_new_has_no_latency(database: str) -> None:
    stop = an(OptedOut, "stop", stated_at=NOON - timedelta(seconds=2))
    of_another = an(SuppressionChanged, "barred", active=True)
    meta = structs.replace(of_another.meta, correlation_id="another-story")
    await kept(database, [structs.replace(of_another, meta=meta), stop])
    assert ask(database, "select latency from reporting.opt_outs") == [(None,)]


async def test_a_story_is_told_in_order_whatever_order_it_came_in(database: str) -> None:
    story = [an(AccountPlaced, "placed", -5), *a_contact(1), an(ReplyReceived, "reply", 9)]
    await kept(database, [*reversed(story), *story])
    told = read_model.timeline(database, CONSUMER)
    assert [e.event_id for e in told.entries] == [e.meta.event_id for e in story]
    assert told.zone is not None
    assert all(e.personal is None for e in told.entries)


async def test_a_consumer_is_found_by_the_clients_number(database: str) -> None:
    placed = an(AccountPlaced, "placed")
    await kept(database, [placed])
    found = story_of(database, f"{placed.client_id}/{placed.client_account_number}")
    assert found.consumer_id == CONSUMER
    with pytest.raises(Halted, match="no account"):
        story_of(database, f"{placed.client_id}/none-such")
    with pytest.raises(Halted, match="nothing is known"):
        story_of(database, "con-nobody")


async def test_what_is_personal_is_told_only_if_asked_for(database: str) -> None:
    reply = an(ReplyReceived, "reply", text="Please call my lawyer")
    await kept(database, [reply, an(AccountPlaced, "placed")])
    lines = [
        "\n".join(line for e in story_of(database, CONSUMER, personal=asked).entries for line in sentence(e, UTC))
        for asked in (False, True)
    ]
    placed = an(AccountPlaced, "placed")
    for personal in (reply.text, placed.name.last, placed.phones[0].number, placed.client_account_number):
        assert personal not in lines[0]
        assert personal in lines[1]


async def test_the_command_prints_lines_or_json(database: str) -> None:
    await kept(database, [an(AccountPlaced, "placed"), *a_contact(1)])

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(
            application("timeline"), ["timeline", *arguments], env={"COUNTERPOINT_POSTGRES_DSN": database}
        )
        assert result.exit_code == 0, result.output
        return result.output

    assert "text approved until" in run(CONSUMER)
    story = json.loads(run(CONSUMER, "--json"))
    assert [e["event_type"] for e in story["entries"]][:2] == ["AccountPlaced", "ContactRequested"]
    assert {e["personal"] is None for e in story["entries"]} == {True}
    assert json.loads(run(CONSUMER, "--json", "--personal"))["entries"][0]["personal"]
