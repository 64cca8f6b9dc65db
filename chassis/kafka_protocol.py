"""Questions of Kafka's protocol that its client library lacks: what one may do, and who may do what.

Each is asked in one version, which every broker since 2.7 understands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import IncompatibleBrokerVersion
from aiokafka.protocol.api import RequestHeader_v1, RequestHeader_v2, ResponseHeader_v0, ResponseHeader_v1
from aiokafka.protocol.types import (
    Array,
    Boolean,
    Bytes,
    CompactArray,
    CompactBytes,
    CompactString,
    Int8,
    Int16,
    Int32,
    Schema,
    String,
    TaggedFields,
)

ANY, ALLOW, LITERAL = 1, 3, 3
RESOURCES = {"topic": 2, "group": 3}
OPERATIONS = {"read": 3, "write": 4, "describe": 8}
"""Kafka's numbers; in a field of bits, those of what is allowed are set."""

TEXT, SHORT_TEXT = String("utf-8"), CompactString("utf-8")
_PARTITION = Array(
    ("error", Int16),
    ("partition", Int32),
    ("leader", Int32),
    ("leader_epoch", Int32),
    ("replicas", Array(Int32)),
    ("in_sync", Array(Int32)),
    ("offline", Array(Int32)),
)
_MEMBER = Array(("id", TEXT), ("client", TEXT), ("host", TEXT), ("metadata", Bytes), ("assignment", Bytes))
_ACCESS = (("principal", TEXT), ("host", TEXT), ("operation", Int8), ("permission", Int8))
_LINE = (("resource", Int8), ("name", TEXT), ("pattern", Int8), *_ACCESS)
_FAULT = (("error", Int16), ("message", TEXT))


@dataclass(frozen=True)
class Question:
    """One kind of request and its answer, field by field; `flexible` is the protocol's word for its later form."""

    name: str
    key: int
    version: int
    request: Schema
    response: Schema
    flexible: bool = False


TOPICS = Question(
    "Metadata",
    3,
    8,
    Schema(("names", Array(TEXT)), ("create", Boolean), ("of_cluster", Boolean), ("of_topics", Boolean)),
    Schema(
        ("throttle", Int32),
        ("brokers", Array(("id", Int32), ("host", TEXT), ("port", Int32), ("rack", TEXT))),
        ("cluster", TEXT),
        ("controller", Int32),
        (
            "topics",
            Array(
                ("error", Int16),
                ("topic", TEXT),
                ("internal", Boolean),
                ("partitions", _PARTITION),
                ("allowed", Int32),
            ),
        ),
        ("allowed", Int32),
    ),
)
GROUPS = Question(
    "DescribeGroups",
    15,
    3,
    Schema(("names", Array(TEXT)), ("with_allowed", Boolean)),
    Schema(
        ("throttle", Int32),
        (
            "groups",
            Array(
                ("error", Int16),
                ("group", TEXT),
                ("state", TEXT),
                ("type", TEXT),
                ("protocol", TEXT),
                ("members", _MEMBER),
                ("allowed", Int32),
            ),
        ),
    ),
)
LIST_ACCESS = Question(
    "DescribeAcls",
    29,
    1,
    Schema(*_LINE),
    Schema(
        ("throttle", Int32),
        *_FAULT,
        (
            "resources",
            Array(("resource", Int8), ("name", TEXT), ("pattern", Int8), ("lines", Array(*_ACCESS))),
        ),
    ),
)
GIVE_ACCESS = Question(
    "CreateAcls",
    30,
    1,
    Schema(("lines", Array(*_LINE))),
    Schema(("throttle", Int32), ("results", Array(*_FAULT))),
)
TAKE_ACCESS = Question(
    "DeleteAcls",
    31,
    1,
    Schema(("lines", Array(*_LINE))),
    Schema(("throttle", Int32), ("results", Array(*_FAULT, ("found", Array(*_FAULT, *_LINE))))),
)
SET_PASSWORDS = Question(
    "AlterUserScramCredentials",
    51,
    0,
    Schema(
        ("removed", CompactArray(("name", SHORT_TEXT), ("mechanism", Int8), ("tags", TaggedFields))),
        (
            "set",
            CompactArray(
                ("name", SHORT_TEXT),
                ("mechanism", Int8),
                ("iterations", Int32),
                ("salt", CompactBytes),
                ("salted_password", CompactBytes),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    ),
    Schema(
        ("throttle", Int32),
        (
            "results",
            CompactArray(("name", SHORT_TEXT), ("error", Int16), ("message", SHORT_TEXT), ("tags", TaggedFields)),
        ),
        ("tags", TaggedFields),
    ),
    flexible=True,
)


class _Asked:
    """A question with its values, in the form in which the client library sends requests."""

    def __init__(self, question: Question, values: tuple[Any, ...]) -> None:
        self._question = question
        self._values = values
        self.API_KEY = question.key
        self.API_VERSION = question.version
        self.RESPONSE_TYPE = question.response

    def prepare(self, versions: Mapping[int, tuple[int, int]]) -> "_Asked":
        lowest, highest = versions.get(self.API_KEY, (0, -1))
        if not lowest <= self.API_VERSION <= highest:
            raise IncompatibleBrokerVersion(f"{self._question.name} {self.API_VERSION}: Kafka 2.7 or newer is needed")
        return self

    def build_request_header(self, correlation_id: int, client_id: str) -> Any:
        kind = RequestHeader_v2 if self._question.flexible else RequestHeader_v1
        return kind(self, correlation_id=correlation_id, client_id=client_id)

    def encode(self) -> Any:
        return self._question.request.encode(self._values)

    def parse_response_header(self, buffer: BytesIO) -> Any:
        return (ResponseHeader_v1 if self._question.flexible else ResponseHeader_v0).decode(buffer)


async def ask(client: AIOKafkaClient, question: Question, *values: Any, broker: int | None = None) -> tuple[Any, ...]:
    """Ask one of the brokers, any of them if none is named, and give back the fields of its answer in order."""
    to = client.get_random_node() if broker is None else broker
    answer: tuple[Any, ...] = await client.send(to, _Asked(question, values))
    return answer
