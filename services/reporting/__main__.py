"""Runs the read model: `python -m services.reporting`."""

from chassis.main import run
from services.reporting.service import build
from services.reporting.settings import ReportingSettings

if __name__ == "__main__":
    run("reporting", build, ReportingSettings)
