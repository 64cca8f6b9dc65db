"""What the read model can be told."""

from pydantic import Field

from chassis.settings import OwnSettings


class ReportingSettings(OwnSettings):
    """How much to ask of the database."""

    database_connections: int = Field(4, ge=1, description="Most connections to PostgreSQL.")
