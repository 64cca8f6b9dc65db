"""Who may use the HTTP interface.

Green does not prove that the comparison takes the same time for every key; hmac.compare_digest promises that.
"""

import pytest

from services.ingest.api_keys import WrongKeys, client_of, hash_of, parse_keys

KEYS = parse_keys(f"acme={hash_of('a')}, zenith={hash_of('z')}, acme={hash_of('second')}, *={hash_of('operator')},")


@pytest.mark.parametrize(
    ("authorization", "named", "client"),
    [
        ("Bearer a", None, "acme"),
        ("bearer  second", None, "acme"),
        ("Bearer a", "acme", "acme"),
        ("Bearer a", "zenith", None),
        ("Bearer z", None, "zenith"),
        ("Bearer operator", "zenith", "zenith"),
        ("Bearer operator", None, None),
        ("Bearer operator", "*", None),
        ("Bearer operator", "Not An Id", None),
        ("Bearer wrong", "acme", None),
        ("Basic a", None, None),
        ("a", None, None),
        ("Bearer", None, None),
        ("", None, None),
    ],
)
def test_a_key_says_whom_a_request_acts_for(authorization: str, named: str | None, client: str | None) -> None:
    assert client_of(KEYS, authorization, named) == client


def test_without_keys_nobody_may_do_anything() -> None:
    assert parse_keys("") == ()
    assert client_of((), "Bearer a", None) is None


@pytest.mark.parametrize("setting", ["acme", "acme=plain", f"Acme={hash_of('a')}", f"acme:{hash_of('a')}"])
def test_a_setting_that_cannot_be_read_stops_the_start_without_showing_it(setting: str) -> None:
    with pytest.raises(WrongKeys) as caught:
        parse_keys(f"zenith={hash_of('z')},{setting}")
    assert "entry 2" in str(caught.value)
    assert setting not in str(caught.value)
