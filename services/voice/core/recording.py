"""Whether a call may be recorded: nowhere unannounced, and where the policy says so not at all in some states.

Everybody on the line must know in the states below: California Penal Code 632 and 632.7; Conn. Gen. Stat. 52-570d;
11 Del. C. 1335; Fla. Stat. 934.03; 720 ILCS 5/14; Md. Courts 10-402; Mass. G.L. c. 272 s. 99; Mont. 45-8-213; N.H. RSA
570-A:2; 18 Pa. C.S. 5704; RCW 9.73.030. From memory, to be read again before it is relied on (2026-11-25). Nobody knows
where a cell is, so it is announced on every call.
"""

from collections.abc import Collection
from enum import StrEnum

ALL_PARTIES = frozenset({"CA", "CT", "DE", "FL", "IL", "MD", "MA", "MT", "NH", "PA", "WA"})


class Recording(StrEnum):
    """When the talk with a person of ours is recorded."""

    NEVER = "never"
    ONE_PARTY = "one-party"
    """Where all that we know of the consumer says that one party's consent is enough."""
    ANNOUNCED = "announced"
    """Always, since it is announced."""


def is_recorded(policy: Recording, states: Collection[str]) -> bool:
    """Whether to record a talk with a consumer who may be in these states; none known may be any."""
    if policy is Recording.ONE_PARTY:
        return bool(states) and ALL_PARTIES.isdisjoint(states)
    return policy is Recording.ANNOUNCED
