"""Templates, and what is made of them.

A green run does not prove that the words satisfy every state's law: that is for counsel, and for the gate's rules.
"""

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.personal_links import Signer
from chassis.templates.check import example
from chassis.templates.compose import Composed, NotComposed, compose
from chassis.templates.loader import DIRECTORY, WrongTemplate, load_templates
from chassis.templates.ours import Ours
from chassis.templates.plain import plain
from contracts.ids import derived_id
from contracts.text_parts import segments

TEMPLATES = load_templates()
PARAMETERS = {"first_name": "Ana", "creditor": "Harborview Bank", "account_last4": "1234", "balance": "$1,234.56"}
GIVEN = {"collector": "Counterpoint Recovery", "reference": "0123ABCD", "license_number": "CA 10123-99"}
SAYS = {
    "en": ("debt collector", "Reply STOP to opt out", "used for that purpose"),
    "es": ("cobrador de deudas", "Responda STOP para dejar de recibir mensajes", "sirve para ese fin"),
}
FIRST_TEXTS = ("follow-up", "settlement", "welcome", "welcome-invitation")
EVERYWHERE = ("broken-promise", "payment-confirmation", "settlement-offer", "welcome")


def filled(
    template_id: str = "welcome",
    language: str = "en",
    conditions: tuple[str, ...] = (),
    changes: Mapping[str, str | None] = MappingProxyType({}),
    **more: str | None,
) -> Composed | NotComposed:
    """A text with parameters; None leaves one out."""
    parameters = {n: v for n, v in {**PARAMETERS, **changes, **more}.items() if v is not None}
    return compose(
        TEMPLATES,
        channel="sms",
        template_id=template_id,
        language=language,
        parameters=parameters,
        ours=GIVEN,
        conditions=conditions,
    )


def test_every_channel_has_what_every_channel_needs_in_both_languages() -> None:
    for channel in ("sms", "email", "letter"):
        for template in EVERYWHERE:
            assert {(channel, template, "en"), (channel, template, "es")} <= set(TEMPLATES.every)
    for key in (("letter", "validation-notice"), ("voice", "voicemail"), ("sms", "help"), ("sms", "reminder")):
        assert {(*key, "en"), (*key, "es")} <= set(TEMPLATES.every)


@pytest.mark.parametrize("template_id", FIRST_TEXTS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_first_text_says_who_writes_and_how_to_opt_out(template_id: str, language: str) -> None:
    composed = filled(template_id, language)
    assert isinstance(composed, Composed)
    for words in (*SAYS[language], *PARAMETERS.values(), "Counterpoint Recovery"):
        assert words in composed.text
    assert composed.text.endswith("Ref 0123ABCD")
    assert "{" not in composed.text
    assert "\n" not in composed.text
    assert segments(composed.text) == 2, "costs more than two parts: shorten it, or keep to the GSM alphabet"


@pytest.mark.parametrize("missing", sorted(PARAMETERS))
def test_a_missing_or_empty_parameter_is_refused(missing: str) -> None:
    for value in (None, "", " \t\n"):
        assert filled(changes={missing: value}) == NotComposed("parameter-missing", missing)


@pytest.mark.parametrize(
    "value", ["visit http://evil.test", "www.evil.test", "pay at evil.com", "bit.ly/x", "x" * 81, "HTTPS://A.B"]
)
def test_a_value_that_is_no_value_is_refused(value: str) -> None:
    assert filled(creditor=value) == NotComposed("parameter-not-fit-to-send", "creditor")


@pytest.mark.parametrize("value", ["much", "$12", "12.34", "$1,2.345", "<b>$1.00</b>", "$1.00 call 555-0100"])
def test_an_amount_is_an_amount(value: str) -> None:
    assert filled(balance=value) == NotComposed("parameter-not-fit-to-send", "balance")


@pytest.mark.parametrize("value", ["$0.01", "$1,234.56", "50.00 CAD", "$1.00 and 2.00 CAD", "$1.00, $2.00 y 3 más"])
def test_amounts_as_the_record_writes_them(value: str) -> None:
    assert isinstance(filled(balance=value), Composed)


def test_control_characters_and_line_ends_become_spaces() -> None:
    composed = filled(first_name="Ana\r\n\x00\u202eMaria\u200b")
    assert isinstance(composed, Composed)
    assert composed.text.startswith("Hello Ana Maria, this is")


def test_what_looks_like_a_template_in_a_value_is_only_characters() -> None:
    composed = filled(first_name="{{ balance }}{% if x %}")
    assert isinstance(composed, Composed)
    assert composed.text.startswith("Hello {{ balance }}{% if x %}, ")


def test_parameters_cannot_say_who_writes_nor_give_a_link() -> None:
    composed = filled(collector="the President", reference="FORGED00")
    assert isinstance(composed, Composed)
    assert "Counterpoint Recovery" in composed.text
    assert "FORGED00" not in composed.text
    assert filled("help", link="https://evil.test/x") == NotComposed("collector-phone-not-set", "collector_phone")


def test_a_language_without_a_template_gets_english() -> None:
    assert filled(language="vi") == filled(language="en")
    assert filled(language="es-MX") == filled(language="es")
    assert filled("no-such") == NotComposed("no-such-template", "no-such")


def test_dates_are_read_in_the_language_of_the_text() -> None:
    given = {**PARAMETERS, "paid_amount": "$5.00", "paid_on": "2026-12-01"}
    for language, shown in (("en", "December 1, 2026"), ("es", "1 de diciembre de 2026")):
        composed = filled("payment-confirmation", language, changes=given)
        assert isinstance(composed, Composed)
        assert shown in composed.text
    assert filled("payment-confirmation", paid_amount="$5.00", paid_on="tomorrow") == NotComposed(
        "parameter-not-fit-to-send", "paid_on"
    )


def test_what_need_not_be_given_may_be_left_out() -> None:
    composed = filled("payment-confirmation", paid_amount="$5.00", paid_on="2026-12-01", balance=None)
    assert isinstance(composed, Composed)
    assert "Nothing is left to pay." in composed.text


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_the_approval_wants_said_is_said(language: str) -> None:
    wanted = ("license_number", "time_barred_disclosure", "mark_disputed", "optout_notice")
    composed = filled("welcome", language, wanted)
    assert isinstance(composed, Composed)
    assert "CA 10123-99" in composed.text
    assert filled("welcome", language).text != composed.text  # type: ignore[union-attr]


def test_what_is_wanted_and_cannot_be_said_keeps_the_text_back() -> None:
    without = {**GIVEN, "license_number": ""}
    refused = compose(
        TEMPLATES,
        channel="sms",
        template_id="welcome",
        language="en",
        parameters=PARAMETERS,
        ours=without,
        conditions=["license_number"],
    )
    assert refused == NotComposed("license-number-not-set", "license_number")
    assert filled(conditions=("brand_new",)) == NotComposed("does-not-say-brand-new", "brand_new")
    assert filled("opt-out-confirmation", conditions=("license_number",)) == NotComposed(
        "does-not-say-license-number", "license_number"
    )


@given(st.dictionaries(st.sampled_from([*PARAMETERS, "other", "link"]), st.text(max_size=100)))
def test_whatever_is_composed_is_fit_to_send(parameters: dict[str, str]) -> None:
    composed = compose(
        TEMPLATES, channel="sms", template_id="welcome", language="en", parameters=parameters, ours=GIVEN
    )
    if isinstance(composed, Composed):
        assert len(composed.text) <= 1600
        assert "://" not in composed.text
        assert composed.text.isprintable()


@given(st.text(max_size=80))
def test_no_name_gets_out_of_its_place_in_html(name: str) -> None:
    values = {n: v.example["en"] for n, v in TEMPLATES.values.items()}
    plainly = compose(TEMPLATES, channel="email", template_id="welcome", language="en", parameters=values, ours=values)
    composed = compose(
        TEMPLATES,
        channel="email",
        template_id="welcome",
        language="en",
        parameters={**values, "first_name": name},
        ours=values,
    )
    assert isinstance(plainly, Composed)
    if isinstance(composed, Composed):
        assert composed.html.count("<") == plainly.html.count("<")
        assert composed.html.count('"') == plainly.html.count('"')


@pytest.mark.parametrize("key", sorted(k for k in TEMPLATES.every if k[0] in ("email", "letter")), ids="-".join)
def test_html_and_text_say_the_same(key: tuple[str, str, str]) -> None:
    composed = example(TEMPLATES, TEMPLATES.every[key])
    assert isinstance(composed, Composed)
    assert composed.text == plain(composed.html)
    assert "{{" not in composed.html + composed.subject


def test_text_from_html_keeps_what_a_reader_needs() -> None:
    html = (
        "<html><head><title>No</title></head><body><h1>One  &amp; two</h1><p>Three<br>four</p>"
        '<ul><li>five</li><li>six</li></ul><p><a href="https://a.test/x">Seven</a></p>'
        "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table></body></html>"
    )
    assert plain(html) == "One & two\n\nThree\nfour\n\n- five\n- six\n\nSeven: https://a.test/x\n\na b\nc d"


def test_a_contact_gets_links_of_its_own() -> None:
    ours = Ours("A", "B", "+1 800-555-0100", "C", "", Signer("https://pay.example.test", b"key", 30))
    one, two = (derived_id(cause="x", name=name, at=datetime(2026, 11, 3, tzinfo=UTC)) for name in ("1", "2"))
    consumer = "con-0fcc60af353e99eba175bcce"
    first, second = (ours.values(contact_id=c, consumer_id=consumer) for c in (one, two))
    assert first["link"] != second["link"]
    assert len({v for n, v in first.items() if n.endswith("link")}) == 7
    assert "link" not in ours.values(contact_id="contact-1", consumer_id=consumer)


# What is refused when templates are read, each as a change to the shipped ones.
WELCOME, EMAIL = "sms/welcome.en.txt", "email/welcome.en.html"


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "why"),
    [
        (WELCOME, "balance {{ balance }}", "balance {{ balanse }}", 11, "balanse"),
        (WELCOME, "values: [first_name", "values: [shoe_size, first_name", 1, "nobody gives shoe_size"),
        (WELCOME, "{{ balance }}", "{{ balance | upper }}", 11, "filter"),
        (WELCOME, "{{ balance }}", "{{ balance.__class__ }}", 11, "getattr"),
        (WELCOME, "{{ balance }}", "{{ balance", 11, "expected token"),
        (WELCOME, "Reply STOP to opt out", "", 1, "optout_notice"),
        (WELCOME, "a debt collector", "a company", 1, "disclose_debt_collector"),
        (WELCOME, " Ref {{ reference }}", "", 1, "reference"),
        (WELCOME, "tone: plain", "tone: rude", 1, "rude"),
        (WELCOME, "tone: plain", "colour: red", 1, "colour"),
        (WELCOME, "purposes: [outreach]", "purposes: []", 1, "purposes"),
        (WELCOME, "language: en", "language: fr", 1, "not those of its place"),
        (WELCOME, "tone: plain", "tone: friendly", 1, "tone differs"),
        (WELCOME, "tone: plain", "tone: plain\nsegment: new", 1, "only a variant"),
        (WELCOME, "tone: plain", "tone: plain\nvariant_of: hello", 1, "no template hello"),
        (WELCOME, "tone: plain", "tone: plain\nsubject: Hello", 1, "subject"),
        (WELCOME, "We are trying", "Pay now, or we will sue. We are trying", 11, "threat to sue"),
        (WELCOME, "We are trying", "This is your final notice. We are trying", 11, "urgency"),
        (
            WELCOME,
            "We are trying",
            "See https://p\u0430y.test. We try",
            11,
            "looks like another",
        ),
        (WELCOME, "We are trying", "See https://xn--py-6kc.test. We try", 11, "looks like another"),
        (EMAIL, "<p>Hello", '<p><a href="https://pay.test@evil.test/">x</a> Hello', 12, "looks like another"),
        (WELCOME, "We are trying", "We are trying hard, with all that we have and in every lawful way,", 1, "parts"),
        (WELCOME, "Hello", "Adiós", 1, "GSM"),
        (WELCOME, "---\nid", "id", 1, "begins with ---"),
        (EMAIL, "<p>Hello", '<p onclick="x">Hello', 12, "runs a script"),
        (EMAIL, "<p>Hello", "<script>x</script><p>Hello", 12, "<script>"),
        (EMAIL, "<p>Hello", '<p title="{{ first_name }}">Hello', 12, "title"),
        (EMAIL, "<p>Hello", "<p {{ first_name }}>Hello", 12, "in a tag"),
        (EMAIL, 'href="{{ link }}"', 'href="{{ first_name }}"', 16, "href"),
        (EMAIL, 'href="{{ link }}"', 'href="javascript:x"', 16, "href"),
        (EMAIL, 'href="{{ link }}"', "href={{ link }}", 16, "in a tag"),
        (EMAIL, "subject: A message", "subject: Your past due account, a message", 1, "past due"),
        (
            EMAIL,
            "subject: A message",
            "subject: A rather long message of more than so many characters",
            1,
            "is the most",
        ),
        ("voice/voicemail.en.txt", "with a message", "about your debt, with a message", 12, "debt"),
        ("voice/voicemail.en.txt", "for {{ first_name }}", "about {{ balance }}", 12, "balance"),
    ],
)
def test_a_wrong_template_is_refused_with_its_line(
    tmp_path: Path, file: str, old: str, new: str, line: int, why: str
) -> None:
    path = alone(tmp_path, file)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(WrongTemplate) as refused:
        load_templates(tmp_path)
    found = [(int(said.split(":")[1]), said) for said in str(refused.value).split("\n")]
    assert any(why in said and line == at for at, said in found), str(refused.value)


def alone(folder: Path, file: str) -> Path:
    """One template in both languages, in a folder where there are no others; the path of its file."""
    for name in ("channels.yaml", "values.yaml", "notices.yaml"):
        shutil.copy(DIRECTORY / name, folder)
    path = folder / file
    path.parent.mkdir()
    for twin in (file, file.replace(".en.", ".es.")):
        shutil.copy(DIRECTORY / twin, folder / twin)
    if (DIRECTORY / path.parent.name / "layout.html").exists():
        shutil.copy(DIRECTORY / path.parent.name / "layout.html", path.parent)
    return path


def test_a_template_in_one_language_only_is_refused(tmp_path: Path) -> None:
    path = alone(tmp_path, "sms/help.en.txt")
    path.with_name("help.es.txt").unlink()
    with pytest.raises(WrongTemplate, match="no such template in es"):
        load_templates(tmp_path)


def test_no_templates_at_all_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongTemplate, match="cannot be read"):
        load_templates(tmp_path)
