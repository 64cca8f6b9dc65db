"""Runs the telephone channel: `python -m services.voice`."""

from chassis.main import run
from services.voice.service import build
from services.voice.settings import VoiceSettings

if __name__ == "__main__":
    run("voice", build, VoiceSettings)
