"""What a template is, and what is known of the values that fill it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from chassis.templates.sandbox import Compiled
from contracts.catalogue import Catalogue, Wording

NOTICES = "notices"
"""The value that holds what an approval wants said and the template does not say of itself."""


class Price(Struct, frozen=True, forbid_unknown_fields=True):
    """What one part, e-mail, minute or letter costs; where the figure comes from, and of when it is."""

    dollars: Decimal
    per: str
    source: str
    as_of: date


class Medium(Struct, frozen=True):
    """What a channel's templates look like, from channels.yaml; a limit of 0 is none.

    `parts` is how many parts a network may carry an example in. `uses` are values that every template must use, `says`
    what every template must say, save those for a purpose that is excused; `limited`, whether it has voicemails;
    `open_to_all`, whether whoever is near reads it, so that no template may say anything of a debt or name anybody.
    """

    name: str
    suffix: str
    characters: int
    what: str
    parts: int = 0
    subject: int = 0
    uses: Sequence[str] = ()
    says: Sequence[str] = ()
    price: Price | None = None
    limited: bool = False
    open_to_all: bool = False


class Value(Struct, frozen=True):
    """A value that templates are filled with: its type, who gives it (record or channel), an example."""

    type: str
    given_by: str
    what: str
    example: Mapping[str, str]


class Template(Struct, frozen=True):
    """One template in one language, ready to be filled.

    `lines` are those of the front matter; `limited` is a voicemail that says nothing of a debt, `media`
    are names of pictures that go with it.
    """

    wording: Wording
    language: str
    path: str
    lines: int
    source: str
    body: Compiled
    subject_source: str
    subject: Compiled | None
    limited: bool
    segments: int
    media: tuple[str, ...] = ()

    @property
    def values(self) -> frozenset[str]:
        """All that it may be filled with."""
        return frozenset((*self.wording.needs, *self.wording.takes))


class Notice(Struct, frozen=True):
    """What is said where an approval wants it, in one language."""

    condition: str
    words: Compiled


class Templates(Struct, frozen=True):
    """Everything that is in templates/: by channel, id and language; notices by condition and language."""

    languages: Sequence[str]
    media: Mapping[str, Medium]
    values: Mapping[str, Value]
    every: Mapping[tuple[str, str, str], Template]
    notices: Mapping[tuple[str, str], Notice]
    layouts: Mapping[str, Compiled]
    excused: frozenset[str]
    """Purposes whose contacts need not say what others must."""

    def catalogue(self) -> Catalogue:
        """The templates without their words, and without the values that channels give themselves."""
        return {(t.wording.channel, t.wording.id): self._asked(t.wording) for t in self.every.values()}

    def _asked(self, wording: Wording) -> Wording:
        needs, takes = (
            tuple(n for n in names if self.values[n].given_by != "channel") for names in (wording.needs, wording.takes)
        )
        return replace(wording, needs=needs, takes=takes)
