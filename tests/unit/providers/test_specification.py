"""The compiled checks give the same answers as openapi-core does from the same file.

A green run does not prove that Twilio does as its specification says; rules that it leaves out are in test_twilio.py.
"""

import json
from functools import cache
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockResponse
from werkzeug.datastructures import Headers, ImmutableMultiDict

from counterpoint.providers.specification import DIRECTORY, FORM, Specification

PATH = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
ACCOUNT = "AC" + "5" * 32
SPECIFICATION = Specification("twilio.openapi.json")
CREATE, LIST = SPECIFICATION.operations["post", PATH], SPECIFICATION.operations["get", PATH]


class Asked:
    """A request, as openapi-core wants to see it."""

    def __init__(self, method: str, query: list[tuple[str, str]], body: bytes) -> None:
        self.method = method
        self.host_url = "http://localhost"
        self.path = "/twilio" + PATH.replace("{AccountSid}", ACCOUNT)
        self.full_url_pattern = self.host_url + self.path
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(query),
            header=Headers({"Authorization": "Basic YTpi"}),
            cookie=ImmutableMultiDict(),
        )
        self.body = body if method == "post" else None
        self.content_type = FORM if method == "post" else ""


@cache
def oracle() -> OpenAPI:
    """openapi-core, with the simulator's own address for a server."""
    document = json.loads((DIRECTORY / "twilio.openapi.json").read_text())
    for item in (document, *document["paths"].values()):
        item["servers"] = [{"url": "/twilio"}]
    return OpenAPI.from_dict(document)


def allowed(asked: Any) -> bool:
    """Whether openapi-core lets a request pass."""
    try:
        oracle().validate_request(asked)
    except OpenAPIError:
        return False
    return True


FIELDS = sorted(CREATE.form._checks)
WORDS = ["", "a", "0", "1", "36000", "-1", "1.5", "1e3", "nan", "true", "FALSE", "yes", "maybe", "fixed", "enable"]
WORDS += ["disable", "retain", "discard", "obfuscate", "free", "+13125550101", "http://a.test/x?y=1", "é€😀"]
WORDS += ["2026-10-19", "2026-10-19T12:00:00Z", "2026-10-19t12:00:00.5z", "2026-10-19T12:00:00", "2026-13-19T12:00:00Z"]
WORDS += ["2026-02-30T12:00:00Z", "2026-10-19T12:00:00+02:00", "2026-10-19 12:00:00Z", "MG" + "a" * 32, "MG" + "g" * 32]
WORDS += ["HX" + "0" * 32, "AP" + "F" * 32, "AP" + "F" * 33]


@settings(max_examples=300)
@given(form=st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(WORDS), max_size=4), to=st.booleans())
def test_forms_are_judged_as_openapi_core_judges_them(form: dict[str, str], to: bool) -> None:
    pairs = [*({"To": "+13125550101"} if to else {}).items(), *form.items()]
    fields = list(dict(pairs).items()) or [("Body", "")]  # no body at all is allowed: the specification forgets it
    assert (not CREATE.form.check(fields)) == allowed(Asked("post", [], urlencode(fields).encode()))


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", WORDS)
def test_every_field_is_judged_the_same(field: str, value: str) -> None:
    fields = [("To", "+13125550101"), (field, value)] if field != "To" else [("To", value)]
    assert (not CREATE.form.check(fields)) == allowed(Asked("post", [], urlencode(fields).encode()))


QUERY = ["To", "From", "DateSent", "DateSent<", "DateSent>", "PageSize", "Page", "PageToken"]


@given(query=st.dictionaries(st.sampled_from(QUERY), st.sampled_from([*WORDS, "1000", "1001"]), max_size=3))
def test_queries_are_judged_as_openapi_core_judges_them(query: dict[str, str]) -> None:
    asked = list(query.items())
    assert (not LIST.query.check(asked)) == allowed(Asked("get", asked, b""))


def test_fields_that_the_specification_does_not_know_are_refused_here_alone() -> None:
    fields = [("To", "+13125550101"), ("StatusCallBack", "http://a.test")]
    assert allowed(Asked("post", [], urlencode(fields).encode()))
    assert [w.field for w in CREATE.form.check(fields)] == ["StatusCallBack"]


ANSWER = {
    "account_sid": ACCOUNT,
    "api_version": "2010-04-01",
    "body": "Hello",
    "date_created": "Mon, 19 Oct 2026 12:00:00 +0000",
    "date_sent": None,
    "date_updated": "Mon, 19 Oct 2026 12:00:00 +0000",
    "direction": "outbound-api",
    "error_code": None,
    "error_message": None,
    "from": "+12125550199",
    "messaging_service_sid": None,
    "num_media": "0",
    "num_segments": "1",
    "price": None,
    "price_unit": "USD",
    "sid": "SM" + "a" * 32,
    "status": "queued",
    "subresource_uris": {"media": "/x"},
    "to": "+13125550101",
    "uri": "/x",
}
ODD: list[Any] = [None, "", 1, 1.5, True, [], {}, "SM" + "a" * 32, "queued", "teleported", "AC" + "5" * 32]


@pytest.mark.parametrize("field", sorted(ANSWER))
def test_answers_are_judged_as_openapi_core_judges_them(field: str) -> None:
    asked: Any = Asked("post", [], b"To=%2B13125550101")
    for odd in ODD:
        answer = {**ANSWER, field: odd}
        response = MockResponse(json.dumps(answer).encode(), 201, content_type="application/json")
        try:
            oracle().validate_response(asked, response)
            right = True
        except OpenAPIError:
            right = False
        assert (CREATE.check_answer(201, answer) is None) == right, odd


def test_an_answer_that_is_not_described_is_wrong() -> None:
    assert CREATE.check_answer(418, ANSWER) is not None
    assert CREATE.check_answer(201, []) is not None
