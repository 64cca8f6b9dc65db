"""A stop that comes after Lob took a letter on, and before it was printed.

A green run does not prove that Lob's own window is as long as it says.
"""

import json

from contracts.events import (
    AttemptAccepted,
    AttemptStatus,
    AttemptStatusChanged,
    CallbackReceived,
    Channel,
    ReasonClass,
)
from counterpoint.embedded.processes import free_ports
from tests.channels import until
from tests.integration.letter.harness import ADDRESS, a_world

MINUTE_IN_A_SECOND = 60.0


async def test_f17_a_stop_takes_a_letter_back_before_it_is_printed(database: str) -> None:
    [port] = free_ports(1)
    async with a_world(database, rate=MINUTE_IN_A_SECOND, port=port) as letters, letters.running():
        letters.approve()
        await until(lambda: letters.events(AttemptAccepted))
        letters.bar(Channel.LETTER, "post", ADDRESS, active=True)
        await until(lambda: [e for e in letters.events(AttemptStatusChanged) if e.terminal])
        [ended] = [e for e in letters.events(AttemptStatusChanged) if e.terminal]
        [letter] = letters.simulator.lob.letters.every
    assert (ended.status, ended.reason_class) == (AttemptStatus.CANCELED, ReasonClass.NOT_SENT)
    assert letter.deleted


async def test_f17_a_letter_that_is_printed_stays_so_and_the_log_has_both_times(database: str) -> None:
    async with a_world(database, rate=MINUTE_IN_A_SECOND) as letters:
        letters.simulator.lob.letters.undo *= 0
        async with letters.running():
            letters.approve()
            await until(lambda: letters.events(AttemptAccepted))
            letters.bar(Channel.LETTER, "post", ADDRESS, active=True)
            await until(lambda: letters.events(CallbackReceived))
            [told] = letters.events(CallbackReceived)
    lost = json.loads(told.body)
    assert lost["not_taken_back"] == "http-422"
    assert lost["barred_at"] <= lost["asked_at"] <= lost["answered_at"]
