"""Runs the e-mail channel: `python -m services.email`."""

from chassis.main import run
from services.email.service import build
from services.email.settings import EmailSettings

if __name__ == "__main__":
    run("email", build, EmailSettings)
