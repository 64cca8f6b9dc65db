"""What every channel can be told."""

from pydantic import Field

from chassis.settings import OwnSettings


class ChannelSettings(OwnSettings):
    """Where the world reaches the channel, and how hard it tries."""

    public_url: str = Field(
        pattern="^https?://[^?#]+$",
        description="Where providers and consumers reach this service, as they see it: callbacks are signed over it.",
    )
    concurrency: int = Field(64, ge=1, description="Most calls to the provider at a time.")
    connect_timeout: float = Field(5.0, gt=0, description="Seconds to reach the provider.")
    answer_timeout: float = Field(10.0, gt=0, description="Seconds to wait for its answer; then it is in doubt.")
    retry_seconds: float = Field(
        10.0, ge=0, description="Real seconds in which what was certainly not sent is tried again."
    )
    webhook_timeout: float = Field(10.0, gt=0, description="Seconds in which a callback must have been read.")
    database_connections: int = Field(4, ge=1, description="Most connections to PostgreSQL.")

    @property
    def longest_call(self) -> float:
        """Seconds that a call to the provider may take; what is handed over must be able to take so long."""
        return self.connect_timeout + self.answer_timeout
