"""What ingest can be told."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator

from chassis.settings import OwnSettings


class IngestSettings(OwnSettings):
    """Where rows come from, who may hand them over, and how much at once."""

    inbox: Path | None = Field(
        None, description="Folder to watch: CSV files in <inbox>/<client>/ are loaded; nothing is watched if absent."
    )
    spool: Path = Field(
        Path(".counterpoint/ingest-spool"),
        description="Folder for CSV uploads until they are read; keep it on a disk that survives a restart.",
    )
    mappings: Path | None = Field(
        None, description="Folder of mapping files, <client>.yaml, beside those that come with the service."
    )
    api_keys: SecretStr = Field(
        SecretStr(""),
        description="Who may use the HTTP interface: client=sha256-of-key, comma-separated; "
        "the client * may act for any, and names it in the header Counterpoint-Client. Empty: nobody.",
    )
    poll_seconds: float = Field(1.0, gt=0, description="Real seconds between two looks at the inbox.")
    max_file_megabytes: int = Field(1024, ge=1, description="Largest file or CSV upload that is read.")
    max_request_megabytes: int = Field(16, ge=1, description="Largest JSON request.")
    max_request_rows: int = Field(10_000, ge=1, description="Most rows in one JSON request.")
    chunk_rows: int = Field(500, ge=1, le=5000, description="Rows that are published, or written, together.")
    database_connections: int = Field(8, ge=3, description="Most connections to PostgreSQL.")
    stripe_url: str = Field("https://api.stripe.com", description="Where Stripe, or the simulator, answers.")
    stripe_key: SecretStr | None = Field(
        None, description="The secret key of the account at Stripe; no payments by Stripe if absent."
    )
    stripe_webhook_secret: SecretStr | None = Field(
        None, description="With which Stripe signs what it posts to /stripe/events."
    )
    stripe_webhook_secret_previous: SecretStr | None = Field(
        None, description="The secret before, while they are changed: events signed with it are believed too."
    )
    stripe_return_url: str | None = Field(
        None, pattern="^https?://", description="Where a consumer is led who has paid at Stripe."
    )
    stripe_timeout: float = Field(20.0, gt=0, description="Seconds to wait for an answer of Stripe's.")

    @property
    def stripe_secrets(self) -> list[str]:
        """The secrets that are good, the present one first."""
        both = self.stripe_webhook_secret, self.stripe_webhook_secret_previous
        return [secret.get_secret_value() for secret in both if secret is not None]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = ("stripe_webhook_secret", "stripe_return_url")
        missing = [name for name in needed if getattr(self, name) is None]
        if self.stripe_key is not None and missing:
            names = " and ".join(f"COUNTERPOINT_INGEST_{name.upper()}" for name in missing)
            raise ValueError(f"{names} must be set where COUNTERPOINT_INGEST_STRIPE_KEY is")
        return self
