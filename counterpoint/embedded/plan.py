"""Which processes make a stack, and what each of them is told."""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from chassis.settings import PREFIX, StackSettings
from contracts.access import AUDITOR
from contracts.topics import SERVICES
from counterpoint.embedded.principals import entry
from counterpoint.embedded.processes import free_ports
from counterpoint.embedded.state import StackState
from counterpoint.providers.mail.events import public_key
from counterpoint.providers.push.vapid import vapid_key
from counterpoint.providers.settings import SimulatorSettings
from services.sms.settings import SmsSettings

SIMULATOR = "simulator"
PROVIDER_URL = f"{PREFIX}SMS_TWILIO_URL"
"""Who sets this has a provider, and gets no simulator."""
OUR_NUMBER = "+18005550100"
OUR_AGENTS = "+18005550199"
OUR_EMAIL = "accounts@collector.example.test"
OUR_ADDRESS = "Counterpoint Recovery|PO Box 100|Springfield, IL 62701"
SAMPLE_LICENSE = "CA 10123-99"
"""Nobody's: a stack of one's own names the licence that one has."""
MORNING, DAY = timedelta(hours=2.5), timedelta(days=1)
LONGEST_CALL: float = sum(SmsSettings.model_fields[name].default for name in ("connect_timeout", "answer_timeout"))
CHANNELS = ("SMS", "EMAIL", "LETTER", "VOICE", "PUSH")
ACCOUNT: str = SimulatorSettings.model_fields["account_sid"].default


def modules(given: Mapping[str, str]) -> dict[str, str]:
    """The module that each process runs, by its name."""
    simulator = {} if PROVIDER_URL in given else {SIMULATOR: "counterpoint.providers"}
    return simulator | {name: f"services.{name}" for name in SERVICES}


def shared(state: StackState, given: Mapping[str, str]) -> dict[str, str]:
    """What every process of the stack is told; `given` wins."""
    told = {
        "KAFKA_BOOTSTRAP": state.kafka_bootstrap,
        "KAFKA_PARTITIONS": str(state.partitions),
        "POSTGRES_DSN": state.postgres_dsn,
        "HASH_KEY": state.hash_key,
        "LICENSE_NUMBER": SAMPLE_LICENSE,
    }
    if state.clock_start is not None:
        told["CLOCK_START"] = state.clock_start.isoformat()
        told["CLOCK_ANCHOR"] = str(state.clock_anchor)
        told["CLOCK_RATE"] = str(state.clock_rate)
    asked = {k: v for k, v in given.items() if k.removeprefix(PREFIX).lower() in StackSettings.model_fields}
    return {f"{PREFIX}{name}": value for name, value in told.items()} | entry(AUDITOR, state) | asked


def own(directory: Path, state: StackState, given: Mapping[str, str]) -> dict[str, str]:
    """What single processes are told: free ports, each other's addresses, their folders and secrets; `given` wins."""
    names = modules(given)
    *http, mail_in, mail_out = free_ports(len(names) + 2)
    ports = dict(zip(names, http, strict=True))
    told = {f"{name.upper()}_HTTP_PORT": str(port) for name, port in ports.items()}
    told |= {
        "INGEST_INBOX": str(directory / "inbox"),
        "INGEST_SPOOL": str(directory / "ingest-spool"),
        "INGEST_API_KEYS": f"*={sha256(state.ingest_api_key.encode()).hexdigest()}",
        "LETTER_SENDER": OUR_ADDRESS,
        "LETTER_PUBLIC_URL": f"http://127.0.0.1:{ports['letter']}",
        "EMAIL_PUBLIC_URL": f"http://127.0.0.1:{ports['email']}",
        "EMAIL_FROM_ADDRESS": OUR_EMAIL,
        "EMAIL_TOKEN_KEY": state.hash_key,
        "VOICE_PUBLIC_URL": f"http://127.0.0.1:{ports['voice']}",
        "VOICE_STATE_KEY": state.hash_key,
        "PUSH_PUBLIC_URL": f"http://127.0.0.1:{ports['push']}",
        "PUSH_VAPID_KEY": vapid_key(state.hash_key),
        "PUSH_VAPID_CONTACT": f"mailto:{OUR_EMAIL}",
        "PUSH_PORTAL_TOKEN": state.ingest_api_key,
    }
    if SIMULATOR in names:
        told |= {
            "SIMULATOR_AUTH_TOKEN": state.provider_token,
            "SIMULATOR_INBOUND_URL": f"http://127.0.0.1:{ports['sms']}/twilio/inbound",
            "SIMULATOR_LEDGER_FILE": str(directory / "ledger.jsonl"),
            "SMS_TWILIO_URL": f"http://127.0.0.1:{ports[SIMULATOR]}/twilio",
            "SMS_LOOKUP_URL": f"http://127.0.0.1:{ports[SIMULATOR]}/twilio",
            "SMS_LOOKUP_DAYS": "45",
            "SMS_ACCOUNT_SID": ACCOUNT,
            "SMS_AUTH_TOKEN": state.provider_token,
            "SMS_FROM_NUMBERS": OUR_NUMBER,
            "SMS_PUBLIC_URL": f"http://127.0.0.1:{ports['sms']}",
            "SIMULATOR_VOICE_URL": f"http://127.0.0.1:{ports['voice']}/twilio/voice/inbound",
            "VOICE_TWILIO_URL": f"http://127.0.0.1:{ports[SIMULATOR]}/twilio",
            "VOICE_ACCOUNT_SID": ACCOUNT,
            "VOICE_AUTH_TOKEN": state.provider_token,
            "VOICE_FROM_NUMBER": OUR_NUMBER,
            "VOICE_AGENT_NUMBER": OUR_AGENTS,
            "VOICE_CALLS_PER_SECOND": "1000",
            "PUSH_SERVICES": f"http://127.0.0.1:{ports[SIMULATOR]}",
            "SIMULATOR_LOB_KEY": state.provider_token,
            "SIMULATOR_LOB_WEBHOOK_SECRET": state.provider_token,
            "SIMULATOR_LOB_WEBHOOK_URL": f"http://127.0.0.1:{ports['letter']}/lob/events",
            "LETTER_LOB_URL": f"http://127.0.0.1:{ports[SIMULATOR]}/lob",
            "LETTER_LOB_KEY": state.provider_token,
            "LETTER_LOB_WEBHOOK_SECRET": state.provider_token,
            "SIMULATOR_STRIPE_KEY": state.provider_token,
            "SIMULATOR_STRIPE_WEBHOOK_SECRET": state.provider_token,
            "SIMULATOR_STRIPE_WEBHOOK_URL": f"http://127.0.0.1:{ports['ingest']}/stripe/events",
            "INGEST_STRIPE_URL": f"http://127.0.0.1:{ports[SIMULATOR]}/stripe",
            "INGEST_STRIPE_KEY": state.provider_token,
            "INGEST_STRIPE_WEBHOOK_SECRET": state.provider_token,
            "INGEST_STRIPE_RETURN_URL": f"http://127.0.0.1:{ports[SIMULATOR]}/_sim/paid",
            "SIMULATOR_SENDGRID_KEY": state.provider_token,
            "SIMULATOR_SENDGRID_EVENT_SECRET": state.provider_token,
            "SIMULATOR_SENDGRID_EVENT_URL": f"http://127.0.0.1:{ports['email']}/sendgrid/events",
            "SIMULATOR_SMTP_PORT": str(mail_out),
            "SIMULATOR_MAIL_SERVER": f"127.0.0.1:{mail_in}",
            "EMAIL_SENDGRID_URL": f"http://127.0.0.1:{ports[SIMULATOR]}/sendgrid",
            "EMAIL_SENDGRID_KEY": state.provider_token,
            "EMAIL_EVENT_KEYS": public_key(state.provider_token),
            "EMAIL_SMTP_HOST": "127.0.0.1",
            "EMAIL_SMTP_PORT": str(mail_out),
            "EMAIL_SMTP_ENCRYPTION": "none",
            "EMAIL_INBOUND_SMTP_PORT": str(mail_in),
            **quick_calls(state.clock_rate),
        }
    return {f"{PREFIX}{name}": value for name, value in told.items()} | dict(given)


def quick_calls(clock_rate: float) -> dict[str, str]:
    """How long a call to the simulator may take: no contact is begun whose call could outlast its approval.

    On a clock that runs fast the ten seconds that a call may take would be a night; so they last a morning at most,
    and a day at most for a letter, which has no hours.
    """
    told: dict[str, str] = {}
    for channel in CHANNELS:
        longest = (DAY if channel == "LETTER" else MORNING).total_seconds() / clock_rate
        if longest < LONGEST_CALL:
            told[f"{channel}_CONNECT_TIMEOUT"] = f"{longest / 3:.3f}"
            told[f"{channel}_ANSWER_TIMEOUT"] = f"{longest * 2 / 3:.3f}"
    return told


def addresses(names: Mapping[str, str], told: Mapping[str, str]) -> dict[str, str]:
    """Where each process answers."""
    return {name: f"http://127.0.0.1:{told[f'{PREFIX}{name.upper()}_HTTP_PORT']}" for name in names}
