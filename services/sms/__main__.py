"""Runs the text channel: `python -m services.sms`."""

from chassis.main import run
from services.sms.service import build
from services.sms.settings import SmsSettings

if __name__ == "__main__":
    run("sms", build, SmsSettings)
