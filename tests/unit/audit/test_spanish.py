"""Every reason that the rules which come with the gate can give has its Spanish.

A green run does not prove that the Spanish is good; a person has to read it.
"""

import re
from pathlib import Path

from contracts.events import Finding
from counterpoint.audit.languages import CONDITIONS
from counterpoint.audit.spanish import in_spanish
from counterpoint.casebook.cases import judge_case
from counterpoint.casebook.golden import read_cases
from services.compliance.core import decide
from tests.unit.audit.story import pack

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


ENGLISH = re.compile(r"\b(the|that|this|about|consumer|contact|every|on|is)\b|\(en inglés\)")
NAMES = re.compile(r"«[^»]*»|\w+/[\w/]+")
"""What a rule calls a part of a contact, and time zones, are names and stay as they are."""


def english(reason: str) -> bool:
    """Whether nobody has translated it, or a part of it."""
    return ENGLISH.search(NAMES.sub("", in_spanish(reason))) is not None


def test_what_a_rule_answers_without_evidence() -> None:
    reasons = {f.reason for rule in pack().rules.rules for f in (rule.allowed, *rule.standard, rule.not_evaluated)}
    assert not [r for r in reasons if english(r)]


def test_what_the_gate_itself_refuses() -> None:
    refusals = [value for value in vars(decide).values() if isinstance(value, Finding)]
    assert len(refusals) >= 6
    assert not [f.reason for f in refusals if english(f.reason)]


def test_what_rules_answer_to_the_worked_cases() -> None:
    cases = [case for file in pack().files.values() for case in file.content["cases"]]
    cases += [case for path in GOLDEN.glob("*.yaml") for case in read_cases(path)]
    reasons = {f.reason for case in cases for f in judge_case(case, pack().rules)[1].findings}
    assert len(reasons) > 50
    assert not [r for r in reasons if english(r)]


def test_zones_that_are_not_named_are_counted() -> None:
    reason = (
        "It is 06:30 in America/New_York, 05:30 in America/Chicago, 04:30 in America/Denver and 3 more zones; "
        "it must be between 08:00 and 21:00 in every plausible time zone of the consumer."
    )
    assert in_spanish(reason) == (
        "Hora local: 06:30 en America/New_York, 05:30 en America/Chicago, 04:30 en America/Denver y 3 zonas más; "
        "debe estar entre las 08:00 y las 21:00 en todas las zonas horarias posibles del consumidor."
    )


def test_a_cap_of_one_reads_like_a_sentence() -> None:
    assert in_spanish("No counted contact on the same date.") == "Ningún contacto computado en la misma fecha."
    said = in_spanish("1 counted contact about one debt on the same date; at most 1 is allowed.")
    assert said == "1 contacto computado sobre una misma deuda en la misma fecha; se permite 1 como máximo."


def test_what_is_denied_is_in_the_subjunctive() -> None:
    assert in_spanish("We were told that the consumer has died.") == "Se nos ha comunicado que el consumidor falleció."
    said = in_spanish("Nobody told us that the consumer has died.")
    assert said == "No se nos ha comunicado que el consumidor haya fallecido."


def test_what_a_channel_must_see_to_has_words() -> None:
    asked = {str(file.content["parameters"].get("condition", "")) for file in pack().files.values()} - {""}
    assert asked
    assert asked <= CONDITIONS.keys()
