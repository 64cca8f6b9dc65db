"""What the gate can be told."""

from pathlib import Path

from pydantic import Field

from chassis.settings import OwnSettings


class ComplianceSettings(OwnSettings):
    """Which rules beside the law."""

    house_rules: Path | None = Field(
        None,
        description="Folder of the collector's own rules, in place of the house rules that come with the service; "
        "the rules of law always apply.",
    )
