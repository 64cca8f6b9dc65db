"""What a contact must say is looked for in its words, in its own language.

Green does not prove that the words are the law's, nor that a consumer understands them.
"""

from itertools import pairwise

import pytest

from chassis.templates.check import example
from chassis.templates.claims import SUBJECT
from chassis.templates.compose import Composed
from chassis.templates.loader import load_templates
from contracts.disclosures import SHOWN_BY, missing
from services.compliance.loader import HOUSE, LAW, load_rules

TEMPLATES = load_templates()


def words(key: tuple[str, str, str]) -> str:
    """A template, filled with examples."""
    composed = example(TEMPLATES, TEMPLATES.every[key])
    assert isinstance(composed, Composed)
    return composed.text


@pytest.mark.parametrize("key", sorted(TEMPLATES.every), ids="-".join)
def test_a_template_cut_short_is_noticed(key: tuple[str, str, str]) -> None:
    text, discloses = words(key), TEMPLATES.every[key].wording.discloses
    said = [missing(text[:n], discloses, key[2]) for n in (*range(0, len(text), 25), len(text))]
    assert set(said[0]) == set(discloses)
    assert said[-1] == ()
    assert all(set(later) <= set(earlier) for earlier, later in pairwise(said))


@pytest.mark.parametrize("condition", SHOWN_BY)
def test_what_is_said_in_one_language_is_not_said_in_the_other(condition: str) -> None:
    for key, template in TEMPLATES.every.items():
        if condition in template.wording.discloses and condition != "optout_notice":
            other = "es" if key[2] == "en" else "en"
            assert missing(words(key), [condition], other) == (condition,), key


def test_what_nobody_knows_how_to_say_is_never_said() -> None:
    assert missing("Hello", SHOWN_BY) == tuple(SHOWN_BY)
    assert missing("We are a debt collector, brand_new_condition", ["brand_new_condition"]) == ("brand_new_condition",)


def test_every_condition_of_the_shipped_rules_is_known() -> None:
    rules = load_rules([LAW, HOUSE])
    texts = [path.read_text(encoding="utf-8") for folder in (LAW, HOUSE) for path in folder.rglob("*.yaml")]
    conditions = {part.split(",")[0].strip(" }") for text in texts for part in text.split("condition: ")[1:]}
    assert rules.digest
    assert {c.split("\n")[0].strip(" }") for c in conditions} | {"mark_disputed"} <= set(SHOWN_BY)


@pytest.mark.parametrize(
    ("condition", "said", "shown"),
    [
        ("license_number", "License CA 10123-99.", True),
        ("license_number", "Licencia CA 10123-99.", True),
        ("license_number", "License CA", False),
        ("license_number", "We are licensed.", False),
        ("mark_disputed", "Our records show that you disputed this debt.", True),
        ("mark_disputed", "You may dispute this debt.", False),
        ("time_barred_disclosure", "We will not sue you for this debt.", True),
        ("time_barred_disclosure", "We may sue you.", False),
        ("disclose_initial", "A debt collector wants to collect a debt.", False),
        ("announce_recording", "This call may be recorded.", True),
        ("announce_recording", "Call us about our records.", False),
    ],
)
def test_words_that_count_and_words_that_do_not(condition: str, said: str, shown: bool) -> None:
    assert (missing(said, [condition]) == ()) is shown


def test_subject_lines_may_hold_nothing_that_the_gate_forbids_there() -> None:
    text = (LAW / "us.content.subject.yaml").read_text(encoding="utf-8")
    words = text.split("words: [")[1].split("]")[0].split(", ")
    assert words
    assert set(words) <= set(SUBJECT)
