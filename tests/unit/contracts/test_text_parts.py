"""How networks carry texts. Green does not prove that a given network keeps to the standard."""

import pytest

from contracts.text_parts import beyond_gsm, encoding, segments


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


def test_one_character_makes_every_part_shorter() -> None:
    assert encoding("Señor, ¿qué?") == "GSM-7"
    assert encoding("adiós") == "UCS-2"
    assert beyond_gsm("adiós, adiós, mañana más") == "óá"
