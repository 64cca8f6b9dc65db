"""Signatures against Twilio's published vectors and against its own SDK.

A green run does not prove that callbacks come over the address that is configured: only a real account does.
"""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from chassis.channel.core.form import fields, pairs
from chassis.channel.twilio_signature import FRAGMENT, is_authentic, signature
from counterpoint.providers.twilio.callbacks import signed

TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}
BODY = urlencode(FORM).encode()
PUBLISHED = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
JSON_URL = URL + "&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
JSON_BODY = b'{"property": "value", "boolean": true}'
JSON_PUBLISHED = "a9nBmqA0ju/hNViExpshrM61xv4="


def test_the_published_form_vector() -> None:
    assert signature(TOKEN, URL, FORM.items()) == PUBLISHED
    assert is_authentic([TOKEN], URL, BODY, PUBLISHED)
    assert not is_authentic([TOKEN], URL.replace("mycompany", "other"), BODY, PUBLISHED)
    assert not is_authentic([TOKEN], URL, BODY + b"&More=1", PUBLISHED)
    assert is_authentic([TOKEN], URL.replace(".com/", ".com:443/"), BODY, PUBLISHED)


def test_the_published_json_vector() -> None:
    assert is_authentic([TOKEN], JSON_URL, JSON_BODY, JSON_PUBLISHED)
    assert not is_authentic([TOKEN], JSON_URL, JSON_BODY + b" ", JSON_PUBLISHED)


def test_f9_either_token_is_good_while_tokens_are_changed() -> None:
    assert is_authentic(["new", TOKEN], URL, BODY, PUBLISHED)
    assert not is_authentic(["new"], URL, BODY, PUBLISHED)


def test_the_fragment_may_be_signed_or_not() -> None:
    with_fragment = signature(TOKEN, URL + FRAGMENT, FORM.items())
    assert is_authentic([TOKEN], URL, BODY, with_fragment)
    other = signature(TOKEN, URL + "#rc=1", FORM.items())
    assert not is_authentic([TOKEN], URL, BODY, other)


@pytest.mark.parametrize(
    "given_signature", [None, "", "garbage", "\u20ac", "=" * 10_000, PUBLISHED[:-1], PUBLISHED + "="]
)
def test_no_signature_and_nonsense_are_not_authentic(given_signature: str | None) -> None:
    assert not is_authentic([TOKEN], URL, BODY, given_signature)


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=8)
VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)


@given(form=st.dictionaries(NAMES, VALUES, max_size=6), token=st.text(min_size=1, max_size=20, alphabet="abc123"))
def test_we_agree_with_twilios_own_validator(form: dict[str, str], token: str) -> None:
    body = urlencode(form).encode()
    ours = signature(token, URL, pairs(body))
    assert RequestValidator(token).validate(URL, form, ours)
    assert is_authentic([token], URL, body, RequestValidator(token).compute_signature(URL, form))


@given(form=st.dictionaries(NAMES, VALUES, max_size=6))
def test_the_simulator_signs_as_twilios_validator_wants(form: dict[str, str]) -> None:
    assert RequestValidator(TOKEN).validate(URL, form, signed(TOKEN, URL + FRAGMENT, form))


@given(form=st.lists(st.tuples(NAMES, VALUES), max_size=8))
def test_forms_are_read_as_they_were_written(form: list[tuple[str, str]]) -> None:
    assert pairs(urlencode(form).encode()) == form


@given(body=st.binary(max_size=200))
def test_f18_no_body_is_too_broken_to_be_looked_at(body: bytes) -> None:
    assert len(pairs(body)) >= len(fields(body))
