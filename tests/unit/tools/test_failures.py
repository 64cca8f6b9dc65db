"""Every row of what goes wrong is shown by a test, on the channel where it can happen.

A green run does not prove that the tests show what their names say.
"""

import pytest

from tools.failures_reference import FAILURES, shown_by

NOT_OURS = frozenset({"F23"})
"""Payments."""
ONLY_SPOKEN, ONLY_MAILED = frozenset({"F21"}), frozenset({"F24"})


@pytest.mark.parametrize("row", sorted(FAILURES.keys() - NOT_OURS))
def test_a_row_is_shown(row: str) -> None:
    assert shown_by()[row]


@pytest.mark.parametrize("row", sorted(FAILURES.keys() - NOT_OURS - ONLY_SPOKEN - ONLY_MAILED))
def test_texts_have_a_test_of_every_row_that_can_happen_to_them(row: str) -> None:
    assert {channel for channel, _, _ in shown_by()[row]} & {"sms", "every channel"}
