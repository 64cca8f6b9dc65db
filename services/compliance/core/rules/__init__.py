"""The kinds of rule; rules of each are files in `services/compliance/rules/`.

To add a kind: a module with NAME and `build`, its place in KINDS, its parameters in `rules.schema.json`, a property.
"""

from collections.abc import Callable

from msgspec import Struct

from services.compliance.core.rules import (
    confirmation,
    consent,
    content,
    cooldown,
    designated,
    hours,
    notice,
    opt_out,
    person,
    rolling_cap,
    stop,
)
from services.compliance.core.rules.rule import Definition, Rule


class Kind(Struct, frozen=True):
    """A kind of rule: its name in a file, and what makes a rule of it."""

    name: str
    build: Callable[[Definition], Rule]


_MODULES = (
    stop,
    opt_out,
    confirmation,
    person,
    notice,
    consent,
    content,
    hours,
    designated,
    cooldown,
    rolling_cap,
)
KINDS = tuple(Kind(module.NAME, module.build) for module in _MODULES)
"""In the order in which findings are listed; the order decides nothing but which of two equal refusals is named."""
