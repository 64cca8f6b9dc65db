"""A choice among ways to go on: by channel, hour, wording, or whatever the steps that they lead to do.

    ask ──ChoiceAsked──► the choice's own record ──ChoiceMade──► go on with the option

What a choice has learned is of all consumers, so it is kept in one place, and asked for there; the answer comes within
moments. Should it not, it is asked for again: nobody waits for ever.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from contracts.events import ChoiceAsked, ChoiceMade, ChoiceOption
from contracts.ids import ConsumerId
from services.orchestrator.core.choice.budget import Budget, Cap
from services.orchestrator.core.choice.context import Context, Segment
from services.orchestrator.core.choice.lessons import PREFIX
from services.orchestrator.core.choice.rewards import KINDS
from services.orchestrator.core.codes import DAY, Timer, seconds, span
from services.orchestrator.core.state import Chosen, Consumer
from services.orchestrator.core.strategy import Given, Quiet
from services.orchestrator.core.turn import Turn

PATIENCE = DAY
REST = "rest"
"""The option that contacts nobody, of a choice with a budget."""


class Choose(Quiet, frozen=True):
    """Options, each with the step that it leads to; `hold_out` is a share in millionths, `rewards` a set of bits."""

    strategy: str
    choice: str
    seed: int
    hold_out: int
    horizon: int
    rewards: int
    context: Context
    options: Sequence[ChoiceOption]
    ways: Mapping[str, int]
    budget: Budget | None = None
    spends: Mapping[str, str] = {}
    """The channel by which an option contacts, for those that do."""

    def enter(self, *, turn: Turn, since: int) -> int | None:
        """Ask."""
        turn.wait_until(Timer.STEP, turn.now + PATIENCE)
        number = turn.state.timers[0].number
        meta = turn.following(f"{self.choice}/{turn.consumer_id}/{number}", "asked")
        turn.says(
            ChoiceAsked(
                meta=replace(meta, consumer_id=ConsumerId(f"{PREFIX}{self.choice}")),
                choice_id=self.choice,
                for_consumer_id=turn.consumer_id,
                sequence=number,
                strategy_id=self.strategy,
                step_id=self.id,
                bucket=self.context.bucket(turn.state, turn.now),
                seed=self.seed,
                hold_out_millionths=self.hold_out,
                horizon_seconds=self.horizon,
                options=tuple(self._left(turn, option) for option in self.options),
                ahead=() if self.budget is None else self._ahead(turn, self.budget),
                rest="" if self.budget is None else REST,
            )
        )
        return None

    def _left(self, turn: Turn, option: ChoiceOption) -> ChoiceOption:
        channel = self.spends.get(option.name)
        if self.budget is None or channel is None:
            return option
        return replace(option, left=self.budget.left(turn.state, channel, turn.now))

    def _ahead(self, turn: Turn, budget: Budget) -> tuple[str, ...]:
        return tuple(self.context.bucket(turn.state, turn.now + day * DAY) for day in range(budget.days))

    def due(self, *, turn: Turn, kind: int) -> int | None:
        """There was no answer."""
        return self.enter(turn=turn, since=turn.now)

    def learned(self, *, turn: Turn, before: Consumer) -> int | None:
        """Go on with the option that was chosen, if this is the answer that is waited for."""
        made = turn.event
        if not isinstance(made, ChoiceMade) or made.choice_id != self.choice or made.option not in self.ways:
            return None
        if not any(timer.number == made.sequence for timer in turn.state.timers):
            return None
        at = seconds(made.meta.occurred_at)
        turn.chose(
            Chosen(
                made.choice_id,
                made.option,
                made.bucket,
                made.sequence,
                at,
                at + self.horizon,
                made.propensity_millionths,
                made.held_out,
                self.rewards,
            )
        )
        turn.lead_to(self.ways[made.option])
        return turn.now


def build(content: Mapping[str, Any], given: Given) -> Choose:
    """The step from its checked content."""
    context = content.get("context", {})
    segments = [Segment(segment["name"], segment["if"]) for segment in context.get("segments", ())]
    options = content["options"]
    budget = content.get("budget")
    ways = {option["name"]: given.places[option["then"]] for option in options}
    known = [_option(option["name"], option.get("prior", {})) for option in options]
    if budget is not None:
        ways[REST] = given.places[budget["rest"]]
        known.append(ChoiceOption(REST, 0, 0))
    return Choose(
        id=content["id"],
        strategy=given.strategy,
        choice=content["choice"],
        seed=content["seed"],
        hold_out=content["hold_out"] * 10_000,
        horizon=span(content["reward"]["within"]),
        rewards=sum(KINDS[kind] for kind in content["reward"]["on"]),
        context=Context(segments, tuple(context.get("by", ()))),
        options=known,
        ways=ways,
        budget=None if budget is None else Budget([_cap(cap) for cap in budget["caps"]]),
        spends={option["name"]: option["spends"].upper() for option in options if "spends" in option},
    )


def _option(name: str, prior: Mapping[str, int]) -> ChoiceOption:
    return ChoiceOption(name, prior.get("rewarded", 0), prior.get("of", 0))


def _cap(cap: Mapping[str, Any]) -> Cap:
    return Cap(cap["channel"].upper(), cap["most"], cap["days"])
