"""What replies lead to, by what they ask for. A green run does not prove that their words are read right."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from contracts.events import ReplyIntent as Asks
from contracts.events import ReplyReceived
from services.orchestrator.core.record import learn
from services.orchestrator.core.state import FRESH
from services.orchestrator.core.triggers import triggers
from tests.unit.compliance.factories import a_reply, an_account
from tests.unit.orchestrator.factories import NEW_YORK_NINE

PLACED = NEW_YORK_NINE
DAY = timedelta(days=1)


def after_a_reply(intent: Asks, *also: Asks, certain: bool = True) -> tuple[list[str], bool]:
    reply = replace(a_reply(PLACED + DAY, intent), also=also, certain=certain)
    assert isinstance(reply, ReplyReceived)
    before = learn(FRESH, an_account(when=PLACED))
    after = learn(before, reply)
    return triggers(before, after, reply), after.replied_at > before.replied_at


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ((Asks.OTHER,), ["reply"]),
        ((Asks.HELP,), ["help", "reply"]),
        ((Asks.PROMISE,), ["reply-promise", "reply"]),
        ((Asks.HARDSHIP, Asks.QUESTION), ["reply-hardship", "reply-question", "reply"]),
        ((Asks.OPT_OUT, Asks.PAID_ALREADY), []),
    ],
)
def test_the_more_particular_comes_first(asked: tuple[Asks, ...], leads_to: list[str]) -> None:
    assert after_a_reply(*asked)[0] == leads_to


def test_what_a_person_must_read_says_so_before_all_else() -> None:
    assert after_a_reply(Asks.PROMISE, Asks.DISPUTE, certain=False)[0] == ["reply-unsure", "reply-promise", "reply"]


def test_a_strangers_message_is_no_reply_of_the_consumers() -> None:
    assert after_a_reply(Asks.WRONG_PERSON) == ([], False)
