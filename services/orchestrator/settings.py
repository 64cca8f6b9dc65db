"""What the orchestrator can be told."""

from pathlib import Path

from pydantic import Field

from chassis.settings import OwnSettings


class OrchestratorSettings(OwnSettings):
    """Which strategies, and which segments."""

    strategies: Path | None = Field(
        None,
        description="Folder of strategies, in place of those that come with the service; versions that consumers are "
        "still on must stay in it.",
    )
    segments: Path | None = Field(None, description="File of segments, in place of the one that comes along.")
