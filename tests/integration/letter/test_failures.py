"""What goes wrong between the letter channel and Lob, and that every letter still has one end, printed once or never.

A green run does not prove that Lob itself behaves as the simulator does.
"""

import pytest

from chassis.failures import Halted
from contracts.events import (
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStatus,
    AttemptStatusChanged,
    ReasonClass,
)
from counterpoint.embedded.processes import free_ports
from tests.channels import until
from tests.integration.letter.harness import WORDS, Letters, a_world


def ends(world: Letters) -> list[AttemptStatus]:
    """The ends that letters came to."""
    return [e.status for e in world.events(AttemptStatusChanged) if e.terminal]


@pytest.mark.parametrize(
    "kind",
    ["first", "twice", "late", "unknown", "forged", "stale", "huge", "strange"],
)
async def test_f4_f5_f6_f7_f8_f18_f19_whatever_lob_posts_beside_the_truth_the_letter_ends_as_it_did(
    database: str, kind: str
) -> None:
    [port] = free_ports(1)
    async with a_world(database, port=port, verify_addresses=False) as letters, letters.running():
        await letters.faults({"kind": f"callback-{kind}", "next": 1, "seconds": 0.1})
        letters.approve()
        await until(lambda: AttemptStatus.DELIVERED in ends(letters))
        await until(lambda: not letters.simulator.lob.office.under_way and not letters.simulator.lob.office.waiting)
        assert len(letters.simulator.lob.letters.every) == len(letters.events(AttemptAccepted)) == 1
    assert set(ends(letters)) == {AttemptStatus.DELIVERED}
    assert not letters.events(AttemptRejected)


async def test_f2_f10_f11_what_was_certainly_not_printed_is_tried_again(database: str) -> None:
    async with a_world(database, rate=600.0, verify_addresses=False) as letters, letters.running():
        await letters.faults({"kind": "429", "next": 1, "retry_after": "-5"}, {"kind": "429", "next": 1})
        letters.approve()
        await until(lambda: letters.events(AttemptAccepted))
        await letters.faults(refuse_seconds=0.4)
        await until(lambda: letters.simulator.door.refusing)
        letters.approve()
        await until(lambda: len(letters.events(AttemptAccepted)) == 2)
        assert len(letters.simulator.lob.letters.every) == 2
    assert not letters.events(AttemptInDoubt)


async def test_f13_nothing_is_called_not_printed_while_lob_cannot_be_asked(database: str) -> None:
    async with a_world(database, rate=600.0, verify_addresses=False) as letters, letters.running():
        await letters.faults({"kind": "reset-created", "next": 1}, {"kind": "503", "operation": "list", "rate": 1.0})
        letters.approve()
        await until(lambda: len(letters.events(AttemptInDoubt)) > 1)
        assert not letters.events(AttemptRejected)
        await letters.faults()
        await until(lambda: letters.events(AttemptAccepted))
        assert len(letters.simulator.lob.letters.every) == 1


async def test_f14_a_refused_key_halts_the_channel_and_prints_nothing(database: str) -> None:
    async with a_world(database, verify_addresses=False) as letters:
        letters.turning = False
        async with letters.running():
            await letters.faults({"kind": "401", "operation": "any", "rate": 1.0})
            letters.approve()
            with pytest.raises(Halted, match="COUNTERPOINT_LETTER_LOB_KEY"):
                await letters.runtime.run()
        assert not letters.simulator.lob.letters.every
        assert not letters.events(AttemptAccepted)


async def test_f15_f25_a_letter_that_cannot_be_made_is_rejected_and_words_are_never_markup(database: str) -> None:
    async with a_world(database, verify_addresses=False) as letters, letters.running():
        letters.approve(template_id="nobody-wrote-it")
        letters.approve(to="1 Elm Street\r\nDayton, OH 45402")
        letters.approve(parameters=WORDS | {"full_name": "Ana\nExtra: line"})
        letters.approve(parameters=WORDS | {"creditor": "<b>Bank</b> & Söhne <img src=x>"})
        await until(lambda: letters.events(AttemptAccepted) and len(letters.events(AttemptRejected)) == 3)
        [printed] = letters.simulator.lob.letters.every
        assert "<b>Bank</b> & Söhne <img src=x>" in " ".join(printed.words.split())
    reasons = {(e.reason, e.reason_class) for e in letters.events(AttemptRejected)}
    assert reasons == {
        ("no-such-template", ReasonClass.CONFIGURATION),
        ("address-not-fit-to-print", ReasonClass.PERMANENT_ADDRESS),
        ("name-not-fit-to-print", ReasonClass.CONFIGURATION),
    }


async def test_f20_while_the_log_takes_nothing_lob_comes_again(database: str) -> None:
    [port] = free_ports(1)
    async with a_world(database, port=port, verify_addresses=False) as letters, letters.running():
        letters.publisher.broken = True
        letters.approve()
        await until(lambda: letters.events(AttemptAccepted))
        await until(lambda: letters.simulator.lob.office.waiting)
        letters.publisher.broken = False
        await until(lambda: AttemptStatus.DELIVERED in ends(letters))
