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


def draw(lot: str, beliefs: Sequence[Belief], hold_out: int) -> Drawn:
    """Choose by a lot: evenly for the share held out, in millionths; otherwise as likely as each option is the best."""
    options = len(beliefs)
    chances = best(tuple(beliefs))
    mixed = [(hold_out * (MILLION // options) + (MILLION - hold_out) * chance) // MILLION for chance in chances]
    mixed[mixed.index(max(mixed))] += MILLION - sum(mixed)
    if _up_to(f"{lot}/hold-out", MILLION) < hold_out:
        return Drawn(_up_to(f"{lot}/evenly", options), True, mixed)
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


def follows(made: ChoiceMade) -> bool:
    """Whether a choice that is in the log is the one that follows from what it says of itself."""
    lot = lot_of(made.seed, made.choice_id, made.meta.consumer_id, made.sequence)
    drawn = draw(lot, [belief_in(option) for option in made.options], made.hold_out_millionths)
    propensities = [option.propensity_millionths for option in made.options]
    chosen = made.options[drawn.option]
    return (made.option, made.held_out, propensities) == (chosen.name, drawn.held_out, list(drawn.propensities)) and (
        made.propensity_millionths == chosen.propensity_millionths
    )
