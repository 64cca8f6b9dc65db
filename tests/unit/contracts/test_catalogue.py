"""Which words a contact is asked for in. Green does not prove that a tone suits anybody."""

from collections.abc import Sequence

import pytest

from contracts.catalogue import Wording, best, variants


def wording(name: str, *, tone: str = "plain", of: str = "", segment: str = "") -> Wording:
    """A template of the text channel."""
    return Wording("sms", name, "", tone, ("en",), ("outreach",), (), (), (), of, segment)


CATALOGUE = {
    (w.channel, w.id): w
    for w in (
        wording("hello"),
        wording("hello-friendly", tone="friendly", of="hello"),
        wording("hello-new", of="hello", segment="new"),
        wording("hello-new-friendly", tone="friendly", of="hello", segment="new"),
        wording("bye"),
    )
}


@pytest.mark.parametrize(
    ("tone", "segments", "chosen"),
    [
        ("", (), "hello"),
        ("plain", (), "hello"),
        ("friendly", (), "hello-friendly"),
        ("firm", (), "hello"),
        ("", ("new",), "hello-new"),
        ("friendly", ("new",), "hello-new-friendly"),
        ("plain", ("new", "other"), "hello-new"),
        ("firm", ("new",), "hello-new"),
        ("firm", ("other",), "hello"),
    ],
)
def test_the_words_that_fit_best_are_chosen(tone: str, segments: Sequence[str], chosen: str) -> None:
    assert best(variants(CATALOGUE, "sms", "hello"), tone=tone, segments=segments).id == chosen


def test_what_has_no_variants_stays_what_it_is() -> None:
    assert best(variants(CATALOGUE, "sms", "bye"), tone="firm", segments=["new"]).id == "bye"
    assert variants(CATALOGUE, "email", "hello") == ()
