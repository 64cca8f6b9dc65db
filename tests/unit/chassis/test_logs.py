"""Logs: lines of JSON or text, and never a personal field; names of log events are dotted wherever they are written.

A green run does not prove that nobody writes a name or a number into another field.
"""

import ast
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from chassis import logs

HERE = Path(__file__).resolve().parents[3]
ROOTS = ("chassis", "services", "counterpoint")
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    root.handlers[:], root.level = handlers, level


def test_a_line_is_json_with_service_level_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(service="sms", log_format="json", level="info")
    structlog.get_logger().info("message.sent", count=3)
    line = json.loads(capsys.readouterr().err)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "message.sent", "count": 3, "service": "sms", "level": "info"}


def test_text_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(service="sms", log_format="text", level="info")
    structlog.get_logger().info("message.sent", count=3)
    written = capsys.readouterr().err
    assert "message.sent" in written
    with pytest.raises(json.JSONDecodeError):
        json.loads(written)


def test_what_is_not_on_a_terminal_gets_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(service="sms", log_format="auto", level="info")
    structlog.get_logger().info("message.sent")
    assert json.loads(capsys.readouterr().err)["event"] == "message.sent"


def test_less_than_the_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(service="sms", log_format="json", level="warning")
    structlog.get_logger().info("message.sent")
    assert capsys.readouterr().err == ""


def test_fields_that_the_schemas_mark_as_personal_are_never_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert {"number", "born_on"} <= logs.PERSONAL
    logs.configure(service="sms", log_format="json", level="info")
    structlog.get_logger().info("message.sent", **dict.fromkeys(logs.PERSONAL, "+12125550123"))
    logging.getLogger("a.library").warning("it went wrong")
    assert "5550123" not in capsys.readouterr().err


def test_lines_of_libraries_are_lines_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(service="sms", log_format="json", level="info")
    logging.getLogger("a.library").warning("it went wrong")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["service"]) == ("it went wrong", "sms")


def _logged() -> Iterator[tuple[str, str]]:
    for root in ROOTS:
        for file in sorted((HERE / root).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
                    owner = node.func.value
                    if isinstance(owner, ast.Name) and owner.id in ("log", "logger") and node.args:
                        yield f"{file.relative_to(HERE)}:{node.lineno}", ast.unparse(node.args[0])


def test_names_of_log_events_are_constant_and_dotted() -> None:
    found = list(_logged())
    wrong = [(where, name) for where, name in found if not re.fullmatch(r"'[a-z_]+(\.[a-z_]+)+'", name)]
    assert len(found) > 10
    assert wrong == []
