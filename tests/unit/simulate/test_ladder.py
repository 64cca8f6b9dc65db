"""How far contacts came, as the demo tells it.

A green run does not prove that the read model counts them right: the demo's own test runs the query.
"""

from counterpoint.simulate.ladder import lines


def test_channels_and_rungs_are_told_in_their_order() -> None:
    rows = [("SMS", "DELIVERED", 5), ("SMS", "approved", 9), ("LETTER", "RETURNED", 1), ("LETTER", "IN_TRANSIT", 1200)]
    assert lines(rows) == [("letters", "1,200 in transit, 1 returned"), ("texts", "9 approved, 5 delivered")]


def test_what_is_not_known_here_is_told_all_the_same() -> None:
    assert lines([("PUSH", "SHOWN", 2), ("PUSH", "asked for", 3)]) == [("push", "3 asked for, 2 shown")]
