"""Ways through a strategy that lead round, past steps, or never out are refused, each with its line and the reason.

Green does not prove that a way which is allowed is a good one.
"""

from pathlib import Path
from textwrap import dedent, indent

import pytest

from services.orchestrator.loader import LIBRARY, WrongStrategy, check, load_strategies

STEADY = (LIBRARY / "steady.yaml").read_text(encoding="utf-8")
CONTACT = """\
- id: {id}
  kind: contact
  channel: sms
  template: welcome
  purpose: outreach
  window: {{opens: "09:00", closes: "17:00", spread: 1h}}
  valid_for: 2d
  tries: 8
"""


def with_steps(folder: Path, *steps: str) -> Path:
    """A strategy of these steps, the first of which is a contact."""
    text = indent(CONTACT.format(id="first") + "".join(dedent(step) for step in steps), "  ")
    path = folder / "steady.yaml"
    before, rest = STEADY.split("steps:\n")
    path.write_text(before + "steps:\n" + text + rest[rest.index("reactions:\n") :], encoding="utf-8")
    return path


def refusal(path: Path) -> tuple[str, str]:
    """The line that the first fault names, and the fault."""
    with pytest.raises(WrongStrategy) as refused:
        check([path])
    fault = str(refused.value).splitlines()[0].removeprefix(f"{path}:")
    line, reason = fault.split(": ", 1)
    return path.read_text(encoding="utf-8").splitlines()[int(line) - 1].strip(), reason


EXIT = "- {id: done, kind: exit, reason: completed}\n"
WAIT = "- {id: again, kind: wait, for: 1d, then: first}\n"
REPLY = "- {{id: reply, kind: wait_for, event: {event}, timeout: 1d, then: {then}, else: {otherwise}}}\n"


@pytest.mark.parametrize(
    ("steps", "line", "reason"),
    [
        (("- {id: fork, kind: branch, ways: [{if: {paid: true}, then: first}], else: done}\n", EXIT),
         "- {id: fork", "first -> fork -> first is a circle without a wait of an hour or more"),
        ((REPLY.format(event="reply", then="reply", otherwise="done"), EXIT),
         "- {id: reply", "reply -> reply is a circle without a wait"),
        ((REPLY.format(event="reply", then="nowhere", otherwise="done"), EXIT), "- {id: reply", "no step nowhere"),
        (("- {id: fork, kind: branch, ways: [{if: {paid: true}, then: gone}], else: done}\n", EXIT),
         "- {id: fork", "there is no step gone"),
        (("- {id: fork, kind: branch, ways: [{if: {rich: true}, then: done}], else: done}\n", EXIT),
         "- {id: fork", "nobody knows rich"),
        (("- {id: fork, kind: branch, ways: [{if: {owed: {below: 5}}, then: done}], else: done}\n", EXIT),
         "- {id: fork", "5 is not of type 'string'"),
        (("- {id: fork, kind: branch, ways: [{if: {paid: true}, then: done}], else: done}\n", WAIT, EXIT),
         "- {id: again", "nothing leads to again"),
        ((WAIT, EXIT), "- id: first", "nobody would ever come out of first"),
        (("- {id: try, kind: experiment, experiment: e, arms: [{name: a, weight: 1, then: done}]}\n", EXIT),
         "- {id: try", "is too short"),
        (("- {id: try, kind: experiment, experiment: e, arms: "
          "[{name: a, weight: 1, then: done}, {name: a, weight: 0, then: done}]}\n", EXIT),
         "- {id: try", "0 is less than the minimum of 1"),
        (("- {id: try, kind: experiment, experiment: e, arms: "
          "[{name: a, weight: 1, then: done}, {name: a, weight: 1, then: done}]}\n", EXIT),
         "- {id: try", "there is another arm a"),
        (("- {id: noon, kind: wait_until, time: noon}\n", EXIT), "- {id: noon", "'noon' does not match"),
        (("- {id: noon, kind: wait_until, time: \"12:00\", weekdays: [someday]}\n", EXIT),
         "- {id: noon", "'someday' is not one of"),
        (("- {id: give, kind: assign}\n",), "- {id: give", "'to' is a required property"),
    ],
)  # fmt: skip
def test_a_wrong_way_is_refused(tmp_path: Path, steps: tuple[str, ...], line: str, reason: str) -> None:
    said = refusal(with_steps(tmp_path, *steps))
    assert said[0].startswith(line), said
    assert reason in said[1]


def test_a_report_cannot_be_waited_for_before_there_was_a_contact(tmp_path: Path) -> None:
    path = with_steps(tmp_path, EXIT)
    text = path.read_text(encoding="utf-8")
    report = "  - {id: report, kind: wait_for, event: delivered, timeout: 1d, then: first, else: first}\n"
    path.write_text(text.replace("steps:\n", "steps:\n" + report), encoding="utf-8")
    assert "nothing can be delivered here: no contact comes before it" in refusal(path)[1]


def test_a_circle_with_a_wait_may_be_gone_round(tmp_path: Path) -> None:
    fork = "- {id: fork, kind: branch, ways: [{if: {sent: {at_least: 3}}, then: done}], else: again}\n"
    check([with_steps(tmp_path, fork, WAIT, EXIT)])


def test_an_experiment_has_the_same_arms_wherever_it_is_named(tmp_path: Path) -> None:
    text = (LIBRARY / "two-wordings.yaml").read_text(encoding="utf-8")
    (tmp_path / "two-wordings@1.yaml").write_text(text, encoding="utf-8")
    later = tmp_path / "two-wordings.yaml"
    later.write_text(text.replace("version: 1", "version: 2"), encoding="utf-8")
    load_strategies(tmp_path)
    later.write_text(text.replace("version: 1", "version: 2").replace("weight: 1", "weight: 2", 1), encoding="utf-8")
    with pytest.raises(WrongStrategy, match="the experiment first-wording has other arms or weights elsewhere"):
        load_strategies(tmp_path)
