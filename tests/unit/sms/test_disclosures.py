"""What a text must say is in every template, and a text that does not say it is not sent.

Green does not prove that the words are the law's, nor that a consumer understands them.
"""

from itertools import pairwise

import pytest

from contracts.disclosures import SHOWN_BY, missing
from services.sms.loader import load_templates

TEMPLATES = load_templates()
OUTREACH = ("disclose_initial", "disclose_debt_collector", "optout_notice")


@pytest.mark.parametrize("key", sorted(TEMPLATES), ids="-".join)
def test_every_template_says_all_that_any_text_must(key: tuple[str, str]) -> None:
    assert missing(TEMPLATES[key].text, OUTREACH) == ()


@pytest.mark.parametrize("key", sorted(TEMPLATES), ids="-".join)
def test_a_template_cut_short_is_noticed(key: tuple[str, str]) -> None:
    text = TEMPLATES[key].text
    said = [missing(text[:n], OUTREACH) for n in range(0, len(text) + 1, 10)]
    assert set(said[0]) == set(OUTREACH)
    assert all(set(later) <= set(earlier) for earlier, later in pairwise(said))


def test_what_words_cannot_show_is_not_looked_for() -> None:
    assert missing("Hello", ["mark_disputed", "license_number"]) == ()
    assert missing("Hello", SHOWN_BY) == tuple(SHOWN_BY)
