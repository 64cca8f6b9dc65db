"""Segments: who is in which, and which files of them are refused. Green does not prove that a segment is of use."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts.events import AccountPlaced
from contracts.ids import ArrangementId, DebtId
from services.orchestrator.core.decide import decide
from services.orchestrator.core.segments import Segment, segments_of, sorted_in
from services.orchestrator.core.state import FRESH, Account, Arrangement, Consumer, Instalment
from services.orchestrator.core.strategy import Strategies
from services.orchestrator.loader import (
    DIRECTORY,
    WrongStrategy,
    catalogue,
    check,
    load_files,
    load_segments,
    strategies_of,
)
from services.orchestrator.segment_files import SEGMENTS, marked, wordings_of_nobody
from tests.examples import examples

SHIPPED = SEGMENTS.read_text(encoding="utf-8")


def owing(*amounts: int, **more: Any) -> Consumer:
    """A consumer with accounts of so much."""
    accounts = [Account(DebtId(f"debt-{n}"), "Bank", "0001", a, "USD", 1, 1) for n, a in enumerate(amounts)]
    return Consumer(accounts=tuple(accounts), **more)


def on_a_plan(state: int) -> Consumer:
    """A consumer with one arrangement that stands so."""
    arrangement = Arrangement(
        ArrangementId("arr-1"), "PLAN", (DebtId("debt-0"),), "USD", 1, 3, (Instalment(21000, 500),), state
    )
    return owing(1000, arrangements=(arrangement,))


@pytest.mark.parametrize(
    ("consumer", "segments"),
    [
        (owing(), ()),
        (owing(24_999), ("small-balance",)),
        (owing(25_000), ()),
        (owing(250_000), ("large-balance",)),
        (owing(100, 200), ("small-balance", "several-accounts")),
        (owing(30_000, language="es-MX"), ("spanish",)),
        (on_a_plan(0), ("small-balance", "on-a-plan")),
        (on_a_plan(1), ("small-balance",)),
        (on_a_plan(2), ("small-balance", "broke-a-promise")),
    ],
)
def test_who_is_in_which_of_the_shipped_segments(consumer: Consumer, segments: tuple[str, ...]) -> None:
    assert segments_of(consumer, load_segments()) == segments


def test_one_of_several_conditions_is_enough() -> None:
    either = [Segment("either", "", ({"language": ["es"]}, {"accounts": {"at_least": 2}}))]
    assert [segments_of(c, either) for c in (owing(1), owing(1, language="es"), owing(1, 2))] == [
        (),
        ("either",),
        ("either",),
    ]


def test_a_record_is_sorted_in_as_it_learns_and_told_with_its_segments() -> None:
    placed = next(iter(examples(AccountPlaced).values()))
    assert isinstance(placed, AccountPlaced)
    strategies = strategies_of(load_files(DIRECTORY))
    outcome = decide(FRESH, placed, strategies, 1_790_000_000)
    assert outcome.state.segments == segments_of(outcome.state, strategies.segments.every)
    (profile,) = [e for e in outcome.said if type(e).__name__ == "ConsumerProfileChanged"]
    assert profile.segments == outcome.state.segments  # type: ignore[attr-defined]


def test_nothing_learned_changes_nothing() -> None:
    shipped = marked(load_segments())
    same = owing(100)
    assert sorted_in(same, same, shipped) is same
    sorted_once = sorted_in(FRESH, same, shipped)
    assert sorted_once.segments == ("small-balance",)
    assert sorted_in(FRESH, sorted_once, shipped) is sorted_once
    assert (
        decide(FRESH, next(iter(examples(AccountPlaced).values())), Strategies((), {}), 1_790_000_000).state.segments
        == ()
    )


def test_who_was_sorted_by_other_segments_is_sorted_anew_with_the_next_event() -> None:
    spanish = [s for s in load_segments() if s.id == "spanish"]
    known = sorted_in(FRESH, owing(100, language="es"), marked(spanish))
    assert known.segments == ("spanish",)
    later = replace(known, reply_id="r")
    assert sorted_in(known, later, marked(spanish)) is later
    assert sorted_in(known, later, marked(load_segments())).segments == ("small-balance", "spanish")


@given(st.data())
def test_sorting_by_what_changed_is_sorting_anew(data: st.DataObject) -> None:
    shipped = marked(load_segments())
    consumers = st.builds(
        lambda amounts, language, replied, plan: replace(
            owing(*amounts, language=language, replied_at=replied),
            arrangements=on_a_plan(plan).arrangements if plan < 3 else (),
        ),
        st.lists(st.integers(0, 400_000), max_size=3),
        st.sampled_from(["en", "es"]),
        st.integers(0, 2),
        st.integers(0, 3),
    )
    before = sorted_in(FRESH, data.draw(consumers), shipped)
    after = replace(data.draw(consumers), segments=before.segments, sorted_by=before.sorted_by)
    assert sorted_in(before, after, shipped).segments == segments_of(after, shipped.every)


@pytest.mark.parametrize(
    ("old", "new", "line", "why"),
    [
        ("id: small-balance", "id: Small Balance", "id: Small", "does not match"),
        ("id: large-balance", "id: small-balance", "id: small-balance\n    title: Owes 2", "another segment"),
        ("{charged_off: true}", "{charged: true}", "{charged: true}", "the questions are owed"),
        ("{charged_off: true}", "{charged_off: maybe}", "{charged_off: maybe}", "is not of type 'boolean'"),
        ("{charged_off: true}", "{segment: [spanish]}", "{segment", "the questions are owed"),
        ("{charged_off: true}", "soon", "when: soon", "is not of type"),
        ("[{replied: true}, {paid: true}]", "[{replied: true}, {paied: true}]", "{paied", "paied"),
        ("version: 1", "version: 2", "version: 2", "1 was expected"),
        ("    when: {charged_off: true}\n", "", "id: charged-off", "'when' is a required property"),
        ("version: 1", "version: 1\ncolour: red", "version: 1", "colour"),
    ],
)
def test_a_bad_segment_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: str, why: str) -> None:
    assert old in SHIPPED
    text = SHIPPED.replace(old, new, 1)
    path = tmp_path / "segments.yaml"
    path.write_text(text, encoding="utf-8")
    at = text[: text.index(line)].count("\n") + 1 if line in text else 1
    with pytest.raises(WrongStrategy) as refused:
        load_segments(path)
    told = [said for said in str(refused.value).split("\n") if why in said]
    assert told, str(refused.value)
    assert any(said.startswith(f"{path}:{at}:") for said in told) or why == "colour", told


def test_a_strategy_cannot_ask_for_a_segment_that_nobody_defined(tmp_path: Path) -> None:
    text = (DIRECTORY / "first-contact.yaml").read_text(encoding="utf-8")
    path = tmp_path / "first-contact.yaml"
    path.write_text(text.replace("  again_after:", "  if: {segment: [small-balance]}\n  again_after:", 1))
    assert check([path])
    path.write_text(text.replace("  again_after:", "  if: {segment: [rich]}\n  again_after:", 1))
    with pytest.raises(WrongStrategy, match=r"first-contact.yaml:\d+: entry/if/segment: there is no segment rich"):
        check([path])


def test_a_template_is_only_asked_for_what_it_is_for(tmp_path: Path) -> None:
    text = (DIRECTORY / "first-contact.yaml").read_text(encoding="utf-8")
    path = tmp_path / "first-contact.yaml"
    path.write_text(text.replace("template: welcome\n", "template: help\n", 1), encoding="utf-8")
    with pytest.raises(WrongStrategy, match=r"first-contact.yaml:17: .*help is for reply, not for outreach"):
        check([path])


def test_words_for_a_segment_that_nobody_defined_are_refused() -> None:
    known = load_segments()
    assert wordings_of_nobody(catalogue(), known) == []
    others = [s for s in known if s.id != "broke-a-promise"]
    (told,) = wordings_of_nobody(catalogue(), others)
    assert told.startswith(
        "templates/email/follow-up-after-a-promise: there is no segment broke-a-promise; there are small-"
    )
