"""Runs the gate: `python -m services.compliance`."""

from chassis.main import run
from services.compliance.service import build
from services.compliance.settings import ComplianceSettings

if __name__ == "__main__":
    run("compliance", build, ComplianceSettings)
