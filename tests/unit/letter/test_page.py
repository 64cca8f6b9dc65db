"""Letters as pages. A green run does not prove that a page looks right: somebody must look at it."""

from html import escape
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from services.letter.page import BOX, NotPrintable, printed

BACK = ("Harborview Recovery", "PO Box 100", "Springfield, IL 62701")
WINDOW = ("Ana Maria Ejemplo", "12 Oak Street, Apt 4", "Dayton, OH 45402")


EVERYTHING = f"<h1>a</h1><h2>b</h2><table><tr><td>c</td><td>d</td></tr></table><ul><li>e</li><li>{BOX} f</li></ul><hr>"
LINK = EVERYTHING + '<p><a href="https://pay.example.test/d/abc">here</a></p>'


def letter(html: str, **given: object) -> bytes:
    wanted = {"title": "A letter", "language": "en", "back": BACK, "address": WINDOW} | given
    return printed(html, **wanted)  # type: ignore[arg-type]


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_every_word_is_on_the_page() -> None:
    found = words(
        letter("<h1>Title</h1><p>You owe <b>$12.00</b>.</p><table><tr><td>Fees</td><td>$2.00</td></tr></table>")
    )
    for said in ("Title", "You owe $12.00.", "Fees", "$2.00", *BACK, *WINDOW):
        assert said in found


def test_spanish_is_printed_as_it_is_written() -> None:
    assert "¿Cuánto debe? Señora Peña, mañana" in words(letter("<p>¿Cuánto debe? Señora Peña, mañana</p>"))


def test_the_same_letter_is_the_same_bytes() -> None:
    assert letter("<p>Same</p>") == letter("<p>Same</p>")


def test_a_link_is_printed_as_an_address() -> None:
    found = words(letter('<p>Dispute it <a href="https://pay.example.test/d/abc">here</a>.</p>'))
    assert "here (https://pay.example.test/d/abc)" in found


def test_pages_are_what_lob_takes() -> None:
    for page in PdfReader(BytesIO(letter("<p>word </p>" * 200 + LINK))).pages:
        assert (float(page.mediabox.width), float(page.mediabox.height)) == (612.0, 792.0)
        fonts = page["/Resources"]["/Font"].values()  # type: ignore[index]
        assert all("/FontFile2" in f.get_object()["/FontDescriptor"] for f in fonts)


def test_the_part_to_tear_off_is_not_torn_by_the_page() -> None:
    pages = PdfReader(
        BytesIO(letter("<p>word</p>" * 22 + "<hr><h2>Answer</h2>" + f"<ul><li>{BOX} mine</li></ul>" * 6))
    ).pages
    assert ["Answer" in p.extract_text() for p in pages] == [False, True]
    assert pages[1].extract_text().count("mine") == 6


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("", "letter-is-empty"),
        ("<p>x</p><script>1</script>", "letter-has-script"),
        ('<p>x<img src="https://x.test/a.png"></p>', "letter-has-img"),
        ("<p>x</p>loose", "letter-has-words-outside-a-paragraph"),
        ("<p>\N{GRINNING FACE}</p>", "letter-has-characters-without-a-glyph"),
        ('<p>x<object data="https://x.test/a.pdf"></object></p>', "letter-has-object"),
        (f"<table><tr><td>{'word ' * 9000}</td><td>1</td></tr></table>", "letter-does-not-fit-on-a-page"),
        (f"<table><tr>{'<td>1</td>' * 4}</tr></table>", "letter-has-a-table-too-wide"),
        ("<p>word</p>" * 4000, "letter-has-too-many-pages"),
    ],
)
def test_what_cannot_be_printed_whole_is_not_printed(html: str, why: str) -> None:
    with pytest.raises(NotPrintable, match=why):
        letter(html)


@pytest.mark.parametrize(
    "link",
    [
        "https://p\N{CYRILLIC SMALL LETTER A}y.example.test/d",
        "https://xn--py-6kc.example.test/d",
        "https://pay.example.test@evil.test/",
        "https://evil.test\\@pay.example.test/",
        "javascript:alert(1)",
        "//evil.test/",
        "",
    ],
)
def test_a_link_that_looks_like_another_is_not_printed(link: str) -> None:
    with pytest.raises(NotPrintable, match="letter-has-a-link-in-disguise"):
        letter(f'<p><a href="{escape(link)}">here</a></p>')


@given(st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), min_size=1, max_size=60))
def test_no_value_can_leave_its_place(value: str) -> None:
    pdf = letter(f"<p>start {escape(value)} end</p>")
    assert words(pdf).count("start") >= 1
