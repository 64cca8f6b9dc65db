"""What templates there are, without their words: from this a strategy's contact chooses the one to ask for.

A template may have variants: other words for the same purpose, in another tone or for a segment of consumers. A
strategy names the template; the variant is chosen when the contact is asked for, and the request names it.
"""

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct


class Wording(Struct, frozen=True):
    """One template of one channel, in all its languages.

    `needs` are values that must be given from the record, `takes` those that may be. `variant_of` is the template that
    it stands in for; a `segment` limits it to consumers who are in it.
    """

    channel: str
    id: str
    title: str
    tone: str
    languages: Sequence[str]
    purposes: Sequence[str]
    discloses: Sequence[str]
    needs: Sequence[str]
    takes: Sequence[str]
    variant_of: str = ""
    segment: str = ""


Catalogue = Mapping[tuple[str, str], Wording]
"""By channel and id."""


def variants(catalogue: Catalogue, channel: str, template: str) -> Sequence[Wording]:
    """A template of a channel and the words that may stand in for it, itself first; none if there is no such one."""
    itself = catalogue.get((channel, template))
    if itself is None:
        return ()
    others = [w for (of, _), w in sorted(catalogue.items()) if of == channel and w.variant_of == template]
    return (itself, *others)


def best(words: Sequence[Wording], *, tone: str = "", segments: Collection[str] = ()) -> Wording:
    """The variant to use: one for a segment of the consumer's before others, then one in the tone that was asked for.

    Where nothing fits better it is the template itself, in its own tone; of equals, the first by id.
    """
    itself = words[0]
    wanted = tone or itself.tone
    usable = [w for w in words if w.tone in (wanted, itself.tone) and (not w.segment or w.segment in segments)]
    return max(usable, key=lambda w: (bool(w.segment), w.tone == wanted, not w.variant_of))
