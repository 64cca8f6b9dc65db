"""Every row of what goes wrong is shown by a test, on the channel where it can happen, and can be brought about.

A green run does not prove that the tests show what their names say.
"""

import re

import pytest

from counterpoint.providers.faults import Kind
from tools.failures_reference import FAILURES, SIMULATED, shown_by

ONLY_PAID, ONLY_SPOKEN, ONLY_MAILED = frozenset({"F23"}), frozenset({"F21"}), frozenset({"F24"})
OWN = frozenset({"410"})
"""Kinds of fault that are one provider's own answers, and of no row."""


@pytest.mark.parametrize("row", sorted(FAILURES))
def test_a_row_is_shown(row: str) -> None:
    assert shown_by()[row]


@pytest.mark.parametrize("row", sorted(FAILURES.keys() - ONLY_PAID - ONLY_SPOKEN - ONLY_MAILED))
def test_texts_have_a_test_of_every_row_that_can_happen_to_them(row: str) -> None:
    assert {channel for channel, _, _ in shown_by()[row]} & {"sms", "every channel"}


def test_payments_are_held_to_what_was_asked_for() -> None:
    assert "payments" in {channel for channel, _, _ in shown_by()["F23"]}


def test_the_simulator_can_bring_about_every_row_and_every_fault_is_for_one() -> None:
    assert FAILURES.keys() == SIMULATED.keys()
    named = {word for how in SIMULATED.values() for word in re.findall(r"`([a-z0-9-]+)`", how)}
    kinds = {kind.value for kind in Kind}
    assert kinds - named <= OWN
    assert {word for word in named if word.startswith("callback-") or word.isdigit()} <= kinds
