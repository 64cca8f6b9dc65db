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


def variant(
    catalogue: Catalogue, channel: str, template: str, *, tone: str = "", segments: Collection[str] = ()
) -> str:
    """The id of the words to use: those for a segment of the consumer's before others, then in the tone asked for.

    Where nothing fits better it is the template itself, in its own tone; of equals, the first by id.
    """
    itself = catalogue.get((channel, template))
    if itself is None:
        return template
    wanted = tone or itself.tone
    usable = [
        w
        for (of_channel, name), w in sorted(catalogue.items())
        if of_channel == channel
        and template in (name, w.variant_of)
        and w.tone in (wanted, itself.tone)
        and (not w.segment or w.segment in segments)
    ]
    return max(usable, key=lambda w: (bool(w.segment), w.tone == wanted, not w.variant_of)).id
