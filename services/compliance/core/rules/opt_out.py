"""The consumer said stop: about one address, or about a whole medium."""

from contracts.events import Finding, FindingResult
from services.compliance.core.codes import CONFIRMATION, REPLY, Scope
from services.compliance.core.rules import confirmation
from services.compliance.core.rules.ask import Ask
from services.compliance.core.rules.rule import About, Definition, Rule, make_rule
from services.compliance.core.state import ConsumerState, OptOut

NAME = "opt-out"
NEVER = -(1 << 62)


def build(definition: Definition) -> Rule:
    """A rule with the parameter `reach`: address, medium, or number (the address, whatever medium was named for it)."""
    reach = definition.parameters["reach"]
    barring = {"address": bars_address, "medium": bars_medium, "number": bars_number}[reach]
    what = "this medium, or every contact" if reach == "medium" else "this address"
    allowed = definition.standard(f"The consumer has not refused {what}.")
    answer = definition.standard(
        f"The consumer has refused {what}, and one answer is allowed: to what they wrote since, or to confirm.",
    )

    def judge(ask: Ask, at: int) -> Finding:
        found = [o for o in ask.state.opt_outs if barring(o, ask.state, ask.channel, ask.address_id)]
        if not found:
            return allowed
        if ask.purpose.code == CONFIRMATION and confirmation.fault(ask, at) is None:
            return answer
        if ask.purpose.code == REPLY and ask.purpose.answers is not None:
            written = ask.purpose.answers.at
            found = [o for o in found if o.since >= written]
            if not found:
                return answer
        return definition.finding(
            FindingResult.VETOED,
            f"The consumer has refused {what}.",
            counted=[o.counted(ask.partition) for o in found],
        )

    return make_rule(definition, NAME, About.OPT_OUTS, judge, allowed, standing=True)


def bars_address(said: OptOut, state: ConsumerState, channel: int, address_id: str) -> bool:
    """Whether an opt-out that names the address stands: later than, or at the same second as, the last opt-in.

    One of the whole medium covers every address of it.
    """
    return (
        said.channel == channel
        and (said.address_id == address_id or said.scope == Scope.MEDIUM)
        and said.scope != Scope.EVERYTHING
        and said.since >= taken_back(state, channel, ("", address_id))
    )


def bars_number(said: OptOut, state: ConsumerState, channel: int, address_id: str) -> bool:
    """Whether an opt-out that was said of a number stands for calls that are not made by a person too."""
    by_number = said.address_id == address_id and said.since >= taken_back(state, said.channel, ("", address_id))
    return by_number or bars_address(said, state, channel, address_id)


def bars_medium(said: OptOut, state: ConsumerState, channel: int, address_id: str) -> bool:
    """Whether an opt-out of a medium, or of everything, stands for an address.

    To opt in again at one address frees that address of an opt-out of the medium, and leaves other addresses barred;
    an opt-out of everything is taken back only by opting in to a medium as a whole.
    """
    if said.scope == Scope.EVERYTHING:
        return said.since >= taken_back(state, channel, ("",))
    return (
        said.scope == Scope.MEDIUM
        and said.channel == channel
        and said.since >= taken_back(state, channel, ("", address_id))
    )


def taken_back(state: ConsumerState, channel: int, address_ids: tuple[str, ...]) -> int:
    """When the consumer last opted in on a channel, for one of these addresses."""
    return max((i.since for i in state.opt_ins if i.channel == channel and i.address_id in address_ids), default=NEVER)
