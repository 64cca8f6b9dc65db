"""Runs ingest: `python -m services.ingest`."""

from chassis.main import run
from services.ingest.service import build
from services.ingest.settings import IngestSettings

if __name__ == "__main__":
    run("ingest", build, IngestSettings)
