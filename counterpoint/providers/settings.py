"""What the simulator can be told."""

from pathlib import Path

from pydantic import Field, SecretStr

from chassis.settings import OwnSettings


class SimulatorSettings(OwnSettings):
    """The accounts that it plays, where it posts what consumers write, and its seed."""

    account_sid: str = Field(
        "AC" + "5" * 32, pattern="^AC[0-9a-fA-F]{32}$", description="The account that the simulator knows."
    )
    auth_token: SecretStr = Field(SecretStr("simulated"), description="Its token, for calls and for signatures.")
    inbound_url: str | None = Field(
        None, description="Where a text from a consumer is posted, as set for a number at Twilio; nowhere if absent."
    )
    voice_url: str | None = Field(
        None, description="What answers a consumer's call, as set for a number at Twilio; nothing if absent."
    )
    lob_key: SecretStr = Field(SecretStr("test_simulated"), description="The key of the account at Lob.")
    lob_webhook_url: str | None = Field(None, description="Where Lob tells of letters; nowhere if absent.")
    lob_webhook_secret: SecretStr = Field(SecretStr("simulated"), description="With which Lob signs what it tells.")
    lob_undo_minutes: float = Field(5.0, ge=0, description="Minutes in which a letter can be taken back.")
    public_url: str | None = Field(
        None,
        pattern="^https?://",
        description="Where browsers reach the simulator, for pages to pay on; its own port if absent.",
    )
    stripe_key: SecretStr = Field(SecretStr("sk_test_simulated"), description="The key of the account at Stripe.")
    stripe_webhook_url: str | None = Field(None, description="Where Stripe tells of payments; nowhere if absent.")
    stripe_webhook_secret: SecretStr = Field(
        SecretStr("whsec_simulated"), description="With which Stripe signs what it tells."
    )
    sendgrid_key: SecretStr = Field(SecretStr("SG.simulated"), description="The key of the account at SendGrid.")
    sendgrid_event_url: str | None = Field(None, description="Where SendGrid tells of e-mails; nowhere if absent.")
    sendgrid_event_secret: SecretStr = Field(
        SecretStr("simulated"), description="From which the key is made with which SendGrid signs what it tells."
    )
    sendgrid_inbound_url: str | None = Field(
        None, description="Where SendGrid posts mail for us; by SMTP to mail_server if absent."
    )
    smtp_port: int | None = Field(
        None, ge=0, le=65535, description="Port on which a mail server takes our mail; none if absent, 0 for any."
    )
    mail_server: str | None = Field(
        None, description="Our own mail server, host:port, for bounces, complaints and answers; nowhere if absent."
    )
    seed: int = Field(0, description="Decides delays and faults; equal seeds, equal lives of equal messages.")
    ledger_file: Path | None = Field(None, description="File to which the ledger is written too, a line of JSON each.")
    callback_workers: int = Field(16, ge=1, description="Most callbacks under way at a time.")
