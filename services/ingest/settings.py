"""What ingest can be told."""

from pathlib import Path

from pydantic import Field, SecretStr

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
