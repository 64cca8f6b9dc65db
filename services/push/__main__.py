"""Runs the push channel: `python -m services.push`."""

from chassis.main import run
from services.push.service import build
from services.push.settings import PushSettings

if __name__ == "__main__":
    run("push", build, PushSettings)
