"""What the letter channel can be told."""

from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator

from chassis.channel.settings import ChannelSettings


class Printer(StrEnum):
    """Who prints and mails."""

    LOB = "lob"
    MAIL_HOUSE = "mail-house"


class LetterSettings(ChannelSettings):
    """Who prints, and where letters say they come from."""

    printer: Printer = Field(Printer.LOB, description="Who prints and mails: lob, or mail-house for files of our own.")
    lob_url: str = Field("https://api.lob.com", description="Where Lob, or the simulator, answers.")
    lob_key: SecretStr | None = Field(None, description="The secret key of the account at Lob.")
    lob_webhook_secret: SecretStr | None = Field(None, description="With which Lob signs its webhooks.")
    verify_addresses: bool = Field(True, description="Ask Lob before each letter if mail can be delivered there.")
    outbox: Path | None = Field(None, description="Folder for the mail house's letters, if it prints.")
    report_token: SecretStr | None = Field(None, description="With which the mail house's reports are believed.")
    sender: str = Field(
        pattern=r"^[^\n|]{1,40}(\|[^\n|]{1,64}){1,2}\|[^\n|,]+, [A-Z]{2} \d{5}(-\d{4})?$",
        description="Our name and address as envelopes show it, its lines with | between them.",
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {Printer.LOB: ("lob_key", "lob_webhook_secret"), Printer.MAIL_HOUSE: ("outbox", "report_token")}
        missing = [name for name in needed[self.printer] if getattr(self, name) is None]
        if missing:
            names = " and ".join(f"COUNTERPOINT_LETTER_{name.upper()}" for name in missing)
            raise ValueError(f"{names} must be set where COUNTERPOINT_LETTER_PRINTER is {self.printer}")
        return self
