"""What must hold of the gate whatever happens: hours in every zone, no rule that loosens, memory that forgives repeats.

A green run does not prove that the rules are the law's.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.events import (
    AttemptStatus,
    Channel,
    ContactApproved,
    ContactDeferred,
    ContactVetoed,
    Event,
    FactKind,
    FactLearned,
    FindingResult,
    Purpose,
    Technology,
)
from counterpoint.casebook.cases import EVERY_CHANNEL
from services.compliance.core.decide import decide
from services.compliance.core.evolve import evolve
from services.compliance.core.judge import judge
from services.compliance.core.rules.rule import RuleSet
from services.compliance.core.state import FRESH, ConsumerState, decode, encode
from tests.unit.compliance.factories import (
    CARD,
    GIVEN,
    LOAN,
    NOON,
    a_meta,
    a_payment,
    a_reply,
    a_request,
    accepted,
    an_account,
    an_ask,
    at,
    in_zones,
    opted_in,
    opted_out,
    rejected,
    shipped_rules,
    started,
    status,
)

ZONES = sorted(z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "posix/", "right/")))
VERDICTS = (ContactApproved, ContactDeferred, ContactVetoed)
instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda d: d.replace(tzinfo=UTC))  # noqa: DTZ001
near_noon = st.integers(-40 * 24 * 60, 40 * 24 * 60).map(lambda m: NOON + timedelta(minutes=m))


@cache
def without(rule_id: str) -> RuleSet:
    """The shipped rules but one."""
    return RuleSet([r for r in shipped_rules().rules if r.id != rule_id], "fewer")


def a_fact(kind: FactKind, when: datetime, holds: bool, detail: str, about_card: bool, for_days: int) -> FactLearned:
    """Something learned of Ana."""
    until = when + timedelta(days=for_days) if for_days else None
    debts = (CARD,) if about_card else ()
    name = f"fact-{kind.value}-{detail}-{about_card}"
    return FactLearned(a_meta(name, when), kind, holds, detail, debts, None, when, until, "test")


facts = st.builds(
    a_fact,
    st.sampled_from(FactKind),
    near_noon,
    st.booleans(),
    st.sampled_from(
        ["", "collector", "creditor", "home", "Pacific/Honolulu", "127 08:00 14:00", "x 1", "written", "99999999"]
    ),
    st.booleans(),
    st.sampled_from([0, 0, 3]),
)
names = st.sampled_from(["a", "b", "c", "d"])
events = st.one_of(
    facts,
    st.builds(opted_out, near_noon),
    st.builds(opted_in, near_noon),
    st.builds(a_reply, near_noon, channel=st.sampled_from([Channel.SMS, Channel.VOICE])),
    st.builds(a_payment, near_noon),
    st.builds(started, names, near_noon, st.sampled_from([Channel.SMS, Channel.VOICE, Channel.UNKNOWN])),
    st.builds(accepted, names, near_noon),
    st.builds(rejected, names, near_noon),
    st.builds(status, names, st.sampled_from(AttemptStatus), near_noon),
    st.just(an_account()),
    st.just(an_account("second", debt_id=LOAN)),
)
histories = st.lists(events, max_size=14)


def remembered(history: list[Event]) -> ConsumerState:
    """What is known after a history."""
    state = evolve(FRESH, an_account(), 0)
    for offset, event in enumerate(history, 1):
        state = evolve(state, event, offset)
    return state


requests = st.builds(
    a_request,
    st.sampled_from(["r1", "r2"]),
    channel=st.sampled_from([Channel.SMS, Channel.EMAIL, Channel.VOICE, Channel.LETTER]),
    purpose=st.sampled_from(Purpose),
    technology=st.sampled_from(Technology),
    person=st.sampled_from(["", "spouse", "neighbor", "attorney", "executor_1"]),
    in_reply_to=st.sampled_from([None, a_reply().meta.event_id]),
    content=st.sampled_from([{}, {"disclosure": "none"}, {"voicemail": "limited"}, {"marketing": "true"}]),
)


@given(st.lists(st.sampled_from(ZONES), min_size=1, max_size=4, unique=True), instants)
@settings(max_examples=150)
def test_never_allows_a_text_outside_hours_in_any_zone(zones: list[str], now: datetime) -> None:
    judgement = judge(an_ask(in_zones(*zones, places=("OH",))), shipped_rules(), at(now.isoformat()))
    if judgement.result is FindingResult.ALLOWED:
        assert all(8 <= now.astimezone(ZoneInfo(z)).hour < 21 for z in zones)
        assert judgement.closes is not None
        last = datetime.fromtimestamp(judgement.closes - 1, UTC)
        assert all(8 <= last.astimezone(ZoneInfo(z)).hour < 21 for z in zones)
    elif judgement.earliest is not None:
        first = datetime.fromtimestamp(judgement.earliest, UTC)
        assert all(8 <= first.astimezone(ZoneInfo(z)).hour < 21 for z in zones)
        before = first - timedelta(seconds=1)
        assert before < now or not all(8 <= before.astimezone(ZoneInfo(z)).hour < 21 for z in zones)


@given(histories, requests, near_noon, st.data())
def test_a_rule_more_never_turns_a_refusal_into_an_approval(
    history: list[Event], request: object, now: datetime, data: st.DataObject
) -> None:
    rule = data.draw(st.sampled_from(shipped_rules().rules))
    given_ = type(GIVEN)(now, 3, GIVEN.as_of, "")
    state = remembered(history)
    fewer = decide(state, request, without(rule.id), given_, EVERY_CHANNEL)  # type: ignore[arg-type]
    more = decide(state, request, shipped_rules(), given_, EVERY_CHANNEL)  # type: ignore[arg-type]
    if not isinstance(fewer, ContactApproved):
        assert not isinstance(more, ContactApproved)
    if isinstance(fewer, ContactDeferred) and isinstance(more, ContactDeferred):
        assert more.earliest_at >= fewer.earliest_at


@given(histories, requests, near_noon)
def test_a_deferral_names_an_instant_at_which_it_is_allowed(
    history: list[Event], request: object, now: datetime
) -> None:
    state = remembered(history)
    verdict = decide(state, request, shipped_rules(), type(GIVEN)(now, 3, GIVEN.as_of, ""), EVERY_CHANNEL)  # type: ignore[arg-type]
    assert isinstance(verdict, VERDICTS)
    if isinstance(verdict, ContactDeferred) and verdict.earliest_at < a_request().not_after:
        then = type(GIVEN)(verdict.earliest_at, 3, GIVEN.as_of, "")
        assert isinstance(decide(state, request, shipped_rules(), then, EVERY_CHANNEL), ContactApproved)  # type: ignore[arg-type]


@given(histories)
def test_a_repeat_of_anything_changes_nothing(history: list[Event]) -> None:
    state = evolve(FRESH, an_account(), 0)
    for offset, event in enumerate(history, 1):
        state = evolve(state, event, offset)
        assert evolve(state, event, offset) == state
    for offset, event in enumerate(history, 1):
        again = evolve(state, event, offset)
        assert (again.facts, again.opt_outs, again.heard) == (state.facts, state.opt_outs, state.heard)
    assert decode(encode(state)) == state


@given(histories)
def test_what_bars_does_not_depend_on_the_order_in_which_it_was_heard(history: list[Event]) -> None:
    barring = [
        e for e in history if isinstance(e, FactLearned) and e.fact in (FactKind.CEASED, FactKind.BANKRUPT) and e.holds
    ]
    forwards, backwards = remembered(list(barring)), remembered(list(reversed(barring)))
    now = NOON + timedelta(days=60)
    verdicts = [
        type(decide(s, a_request(), shipped_rules(), type(GIVEN)(now, 3, GIVEN.as_of, ""), EVERY_CHANNEL))
        for s in (forwards, backwards)
    ]
    assert verdicts[0] is verdicts[1]
