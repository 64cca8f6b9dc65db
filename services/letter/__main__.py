"""Runs the letter channel: `python -m services.letter`."""

from chassis.main import run
from services.letter.service import build
from services.letter.settings import LetterSettings

if __name__ == "__main__":
    run("letter", build, LetterSettings)
