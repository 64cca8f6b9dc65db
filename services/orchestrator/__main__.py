"""Runs the orchestrator: `python -m services.orchestrator`."""

from chassis.main import run
from services.orchestrator.service import build
from services.orchestrator.settings import OrchestratorSettings

if __name__ == "__main__":
    run("orchestrator", build, OrchestratorSettings)
