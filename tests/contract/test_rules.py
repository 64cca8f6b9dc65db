"""Every rule file passes its own worked cases, golden files pass, and a pack with a fault is refused as a whole.

A green run does not prove that a rule says what the law says.
"""

import shutil
from pathlib import Path

import pytest

from counterpoint.casebook.cases import run_case
from counterpoint.casebook.golden import WrongFile, run_file
from services.compliance.loader import HOUSE, LAW, WrongRules, load_files, load_rules, rule_set

HERE = Path(__file__).resolve().parent
GOLDEN = sorted((HERE.parent / "golden").glob("*.yaml"))
FILES = load_files([LAW, HOUSE])
RULES = rule_set(FILES)
NAMED = {
    *("F6C-CEASE", "F6B2-ATTY", "F-BANKR", "F-DECEASED", "F38-DISPUTE", "F14H-MEDIUM", "F6E-OPTOUT", "F6B3-WORK"),
    *("F6B1P-PLACE", "F6D-3RD", "F10-LOC", "F22F-MAIL", "F22F3-WORKEMAIL", "F22F4-SOCIAL", "F26-TIMEBAR", "S-SCRA"),
    *("F6B1-HOURS", "F6B1-DESIG", "F6B1-REPLY", "F6B4-CONSENT", "S-WA-HOURS", "S-FL-HOURS", "S-MA-HOURS", "TCPA-HOURS"),
    *("F14B-7IN7", "F14B-CONV", "F14B3-EXCL", "F14B4-DEBT", "F14A-TOTALITY", "S-MA-2IN7", "S-NYC-3IN7"),
    *("S-NYC-ECONSENT", "S-DC-4CALLS", "S-DC-5ELEC", "S-WA-3WK", "S-WA-2CELL", "S-WV", "S-NH", "S-NV"),
    *("TCPA-RES-3IN30", "S-FTSA", "F6D5-TEXT", "F6D4-EMAIL", "F6E-NOTICE", "F18E-MIRANDA", "F2J-LCM", "F34-NOTICE"),
    *("F34-PERIOD", "F38-OVERSHADOW", "F42-ESIGN", "F14G-ID", "TCPA-CONSENT", "TCPA-REVOKE", "TCPA-CONFIRM"),
    *("S-CANSPAM", "S-RECORD", "S-HIPAA", "S-CA", "S-NY"),
}
"""Names by which compliance officers know the rules; docs/decisions says why others have no file."""


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.content["id"]))
def test_a_rule_passes_its_own_cases(file) -> None:  # type: ignore[no-untyped-def]
    problems = {c["name"]: run_case(c, file.content["id"], RULES) for c in file.content["cases"]}
    assert not {name: problem for name, problem in problems.items() if problem}


@pytest.mark.parametrize("path", GOLDEN, ids=lambda p: p.stem)
@pytest.mark.parametrize("folders", [[LAW], [LAW, HOUSE]], ids=["law", "law and house"])
def test_golden_cases_pass(path: Path, folders: list[Path]) -> None:
    if path.stem == "more-cases" and HOUSE in folders:
        pytest.skip("the house is stricter than the law in some of them")
    results = run_file(path, load_rules(folders))
    assert not [f"{r.case_id}: {r.problem}" for r in results if r.problem]
    assert len(results) > 50


def test_every_rule_that_has_a_name_has_a_file() -> None:
    ours = {"HOUSE-MINOR", "HOUSE-LANDLINE", "HOUSE-NO-LINE"}
    assert {name for file in FILES for name in file.content.get("covers", ())} - ours == NAMED


@pytest.mark.parametrize("bad", sorted((HERE / "bad_rules").glob("*.yaml")), ids=lambda p: p.stem.rpartition(".")[2])
def test_a_pack_with_one_bad_rule_is_refused_with_file_and_line(bad: Path, tmp_path: Path) -> None:
    shutil.copytree(HOUSE, tmp_path / "house")
    shutil.copy(bad, tmp_path / "house")
    with pytest.raises(WrongRules, match=rf"{bad.name}:\d+: ."):
        load_rules([LAW, tmp_path / "house"])


def test_versions_of_a_rule_may_not_overlap(tmp_path: Path) -> None:
    shutil.copytree(LAW, tmp_path / "us")
    older = tmp_path / "us" / "nyc" / "us-nyc.rolling-cap.contacts-older.yaml"
    older.write_text(older.read_text().replace("effective_to: 2026-08-31", "effective_to: 2026-09-15"))
    with pytest.raises(WrongRules, match=r"us-nyc.rolling-cap.contacts.yaml:\d+: it and .* both be in force"):
        load_rules([tmp_path / "us"])


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('"employer_prohibits": true', '"employer_forbids": true', "nobody knows employer_forbids"),
        ('"outcome": "received"', '"outcome": "recieved", "colour": "red"', "nobody knows colour"),
        ('"purpose": "optout_confirmation"', '"purpose": "whatever"', "nobody knows the purpose"),
        ('"at": "2026-09-16T12:00:00-04:00"', '"at": "2026-09-16T12:00:00"', "has no offset"),
        ('"how": "oral"', '"how": "oral", "loudly": true', "nobody knows loudly"),
    ],
)
def test_a_word_that_nobody_knows_fails_its_case_and_says_so(was: str, now: str, said: str, tmp_path: Path) -> None:
    text = GOLDEN[0].read_text()
    assert was in text
    spoiled = tmp_path / "spoiled.yaml"
    spoiled.write_text(text.replace(was, now))
    problems = [r.problem for r in run_file(spoiled, load_rules([LAW])) if r.problem]
    assert problems
    assert all(said in problem for problem in problems)


@pytest.mark.parametrize(
    ("was", "now"),
    [("2026-06-10T08:00:00-04:00", "2026-06-10T08:30:00-04:00"), ('"verdict": "allow"', '"verdict": "defer"')],
)
def test_a_spoiled_expectation_is_caught(was: str, now: str, tmp_path: Path) -> None:
    spoiled = tmp_path / "spoiled.yaml"
    spoiled.write_text(GOLDEN[0].read_text().replace(was, now))
    assert any(r.problem for r in run_file(spoiled, load_rules([LAW])))


def test_what_is_no_file_of_cases_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    for text in ("cases: 3", "- a", "cases: [1]", "{", "cases: []\nmore: 1"):
        wrong.write_text(text)
        with pytest.raises(WrongFile, match=r"wrong\.yaml"):
            run_file(wrong, RULES)
