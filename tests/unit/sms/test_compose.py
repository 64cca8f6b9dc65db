"""Templates, and what is made of them.

A green run does not prove that the words satisfy every state's law: that is for counsel, and for the gate's rules.
"""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sms.core.compose import NotComposed, Template, Text, compose, placeholders_of, segments
from services.sms.core.reference import reference_of
from services.sms.loader import WrongTemplate, load_templates

TEMPLATES = load_templates()
PARAMETERS = {"first_name": "Ana", "creditor": "Harborview Bank", "account_last4": "1234", "balance": "$1,234.56"}
GIVEN = {"collector": "Counterpoint Recovery", "reference": "0123ABCD"}
SAYS = {
    "en": ("debt collector", "Reply STOP to opt out", "used for that purpose"),
    "es": ("cobrador de deudas", "Responda STOP para dejar de recibir mensajes", "sirve para ese fin"),
}


def filled(template_id: str = "welcome", language: str = "en", **changes: str | None) -> Text | NotComposed:
    """A template with parameters; None leaves one out."""
    parameters = {n: v for n, v in {**PARAMETERS, **changes}.items() if v is not None}
    return compose(TEMPLATES, template_id=template_id, language=language, parameters=parameters, given=GIVEN)


def test_every_template_is_there_in_english_and_spanish() -> None:
    names = ("welcome", "welcome-invitation", "follow-up", "settlement")
    assert set(TEMPLATES) == {(t, language) for t in names for language in ("en", "es")}


@pytest.mark.parametrize(("template_id", "language"), sorted(TEMPLATES))
def test_every_text_says_who_writes_and_how_to_opt_out(template_id: str, language: str) -> None:
    text = filled(template_id, language)
    assert isinstance(text, Text)
    for words in (*SAYS[language], *PARAMETERS.values(), *GIVEN.values()):
        assert words in text.body
    assert text.body.endswith("Ref 0123ABCD")
    assert "{" not in text.body
    assert "\n" not in text.body
    assert text.segments == 2, "costs more than two parts: shorten it, or keep to the GSM alphabet"


@pytest.mark.parametrize(("template_id", "language"), sorted(TEMPLATES))
@pytest.mark.parametrize("missing", sorted(PARAMETERS))
def test_a_missing_or_empty_parameter_is_refused(template_id: str, language: str, missing: str) -> None:
    for value in (None, "", " \t\n"):
        assert filled(template_id, language, **{missing: value}) == NotComposed("parameter-missing")


@pytest.mark.parametrize(
    "value", ["visit http://evil.test", "www.evil.test", "pay at evil.com", "bit.ly/x", "x" * 81, "HTTPS://A.B"]
)
def test_a_value_that_is_no_value_is_refused(value: str) -> None:
    assert filled(creditor=value) == NotComposed("parameter-not-fit-to-send")


def test_control_characters_and_line_ends_become_spaces() -> None:
    text = filled(first_name="Ana\r\n\x00\u202eMaria\u200b")
    assert isinstance(text, Text)
    assert text.body.startswith("Hello Ana Maria, this is")


def test_braces_in_values_are_only_characters() -> None:
    text = filled(first_name="{balance}")
    assert isinstance(text, Text)
    assert text.body.startswith("Hello {balance}, ")


def test_parameters_cannot_say_who_writes() -> None:
    text = filled(collector="the President", reference="FORGED00")
    assert isinstance(text, Text)
    assert "Counterpoint Recovery" in text.body
    assert "FORGED00" not in text.body


def test_a_language_without_a_template_gets_english() -> None:
    assert filled(language="vi") == filled(language="en")
    assert filled(language="es-MX") == filled(language="es")
    assert filled("no-such") == NotComposed("no-such-template")


def test_a_text_over_the_limit_is_refused() -> None:
    long = {("long", "en"): Template("long", "en", "x" * 1599 + "{a}", frozenset({"a"}))}
    assert compose(long, template_id="long", language="en", parameters={"a": "1"}, given={}) == Text(
        "x" * 1599 + "1", 11
    )
    refused = compose(long, template_id="long", language="en", parameters={"a": "12"}, given={})
    assert refused == NotComposed("text-too-long")


@given(st.dictionaries(st.sampled_from([*PARAMETERS, "other"]), st.text(max_size=100)))
def test_whatever_is_composed_is_fit_to_send(parameters: dict[str, str]) -> None:
    text = compose(TEMPLATES, template_id="welcome", language="en", parameters=parameters, given=GIVEN)
    if isinstance(text, Text):
        assert len(text.body) <= 1600
        assert "://" not in text.body
        assert text.body.isprintable()


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("é" * 160, 1),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("ñ¿" * 80, 1),
    ],
)
def test_parts_are_counted_as_networks_do(body: str, parts: int) -> None:
    assert segments(body) == parts


@pytest.mark.parametrize("text", ["{", "}", "{}", "{A}", "{a b}", "{a", "{{a}}"])
def test_a_brace_that_is_no_placeholder_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="braces"):
        placeholders_of(text)


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("Welcome.txt", "{collector} {reference}", "name"),
        ("welcome.en.txt", "{collector}", "reference"),
        ("welcome.en.txt", "{reference}", "collector"),
        ("welcome.en.txt", "{collector} {reference} {", "braces"),
        ("welcome.es.txt", "{collector} {reference}", "English"),
    ],
)
def test_a_wrong_template_stops_the_start_and_says_why(tmp_path: Path, name: str, text: str, why: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(WrongTemplate, match=why):
        load_templates(tmp_path)


def test_no_templates_at_all_stop_the_start(tmp_path: Path) -> None:
    with pytest.raises(WrongTemplate, match="no templates"):
        load_templates(tmp_path)


def test_references_follow_from_the_attempt_and_are_easy_to_read_out() -> None:
    one = reference_of("0199f000-0000-7000-8000-00000000abcd")
    assert (
        one
        == reference_of("0199f000-0000-7000-8000-00000000abcd")
        != reference_of("0199f000-0000-7000-8000-00000000abce")
    )
    assert len(one) == 8
    assert not set(one) & set("ILOU")
