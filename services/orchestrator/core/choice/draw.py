"""Draws an option: chance follows from the seed, the choice, the consumer and the number, so it can be repeated."""

from collections.abc import Sequence

from msgspec import Struct

from contracts.events import ChoiceMade, WeighedOption
from services.orchestrator.core.choice.propensity import MILLION, Belief, best
from services.orchestrator.core.state import hash_of


class Drawn(Struct, frozen=True):
    """Which option it is, by its place; whether it was drawn evenly; how likely each was, in millionths."""

    option: int
    held_out: bool
    propensities: Sequence[int]


def draw(
    lot: str,
    beliefs: Sequence[Belief],
    hold_out: int,
    may: Sequence[int] | None = None,
    should: Sequence[int] | None = None,
) -> Drawn:
    """Choose by a lot: evenly for the share held out, in millionths; otherwise as likely as each option is the best.

    `may` are the places of the options that there is a budget for, `should` those of them that are worth it now; all
    of them, if not said. There must be one of each.
    """
    may = range(len(beliefs)) if may is None else may
    should = may if should is None else should
    chances = [0] * len(beliefs)
    for n, chance in zip(should, best(tuple(beliefs[n] for n in should)), strict=True):
        chances[n] = chance
    evenly = MILLION // len(may)
    mixed = [
        (hold_out * (evenly if n in may else 0) + (MILLION - hold_out) * c) // MILLION for n, c in enumerate(chances)
    ]
    mixed[mixed.index(max(mixed))] += MILLION - sum(mixed)
    if _up_to(f"{lot}/hold-out", MILLION) < hold_out:
        return Drawn(may[_up_to(f"{lot}/evenly", len(may))], True, mixed)
    rest = _up_to(lot, MILLION)
    for n, chance in enumerate(chances):
        rest -= chance
        if rest < 0:
            return Drawn(n, False, mixed)
    raise AssertionError("the chances add up to a million")


def lot_of(seed: int, choice_id: str, consumer_id: str, number: int) -> str:
    """What the chance in one choice follows from."""
    return f"{seed}/{choice_id}/{consumer_id}/{number}"


def _up_to(lot: str, most: int) -> int:
    return hash_of(lot) * most >> 64


def belief_in(option: WeighedOption) -> Belief:
    """All that is known of an option, what is believed from the outset counted in."""
    rewarded, made = option.prior_rewarded + option.rewarded, option.prior_made + option.made
    return rewarded, max(0, made - rewarded)


def drawn_from(lot: str, options: Sequence[WeighedOption], hold_out: int) -> Drawn:
    """Choose among options as they were weighed."""
    may = [n for n, option in enumerate(options) if option.left[:1] != (0,)]
    should = [n for n in may if options[n].worth_now]
    return draw(lot, [belief_in(option) for option in options], hold_out, may, should)


def follows(made: ChoiceMade) -> bool:
    """Whether a choice that is in the log is the one that follows from what it says of itself."""
    lot = lot_of(made.seed, made.choice_id, made.meta.consumer_id, made.sequence)
    drawn = drawn_from(lot, made.options, made.hold_out_millionths)
    propensities = [option.propensity_millionths for option in made.options]
    chosen = made.options[drawn.option]
    return (made.option, made.held_out, propensities) == (chosen.name, drawn.held_out, list(drawn.propensities)) and (
        made.propensity_millionths == chosen.propensity_millionths
    )
