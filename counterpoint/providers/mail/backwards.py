"""Mail that comes back to us: bounces (RFC 3464), complaints (RFC 5965), and what people answer."""

import asyncio
import smtplib
from datetime import datetime
from email.message import EmailMessage, Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Any

import httpx
import structlog

from counterpoint.providers.mail.mails import Mail
from counterpoint.providers.mail.scenarios import Step

SERVER = "mx.mail.example.test"
VOUCHED = f"{SERVER}; dkim=pass; spf=pass; dmarc=pass"
log = structlog.get_logger()


class Backwards:
    """Where mail for us goes: to a mail server of ours (`host:port`), or to where SendGrid posts inbound mail."""

    def __init__(self, *, server: str | None, inbound_url: str | None) -> None:
        self._server = server
        self._inbound_url = inbound_url
        self.delivered = 0

    async def tell(self, mail: Mail, step: Step, at: datetime) -> None:
        """Tell whoever sent an e-mail what became of it."""
        report = complaint(mail, at) if step.event == "spamreport" else bounce(mail, step, at)
        await self._deliver(mail.envelope_sender, report)

    async def reply(self, mail: Mail, text: str, at: datetime) -> str:
        """A person answers an e-mail; the id of the answer."""
        answer = EmailMessage()
        answer["From"], answer["To"] = mail.to, mail.headers.get("Reply-To") or mail.sender
        answer["Subject"], answer["Date"] = f"Re: {mail.subject}", format_datetime(at)
        answer["Message-ID"] = make_msgid(domain="mail.example.test")
        original = mail.headers.get("Message-ID", "")
        answer["In-Reply-To"] = original
        answer["References"] = f"{mail.headers.get('References', '')} {original}".strip()
        quoted = "\n".join(f"> {line}" for line in mail.text.splitlines())
        answer.set_content(f"{text}\n\nOn {at:%a, %d %b %Y}, {mail.sender} wrote:\n{quoted}\n")
        to = parseaddr(str(answer["To"]))[1]
        if self._inbound_url is not None:
            await self._post(answer, to)
        else:
            await self._deliver(to, answer)
        return str(answer["Message-ID"])

    async def _deliver(self, to: str, message: Message) -> None:
        if self._server is None or not to:
            return
        message["Authentication-Results"] = VOUCHED
        host, _, port = self._server.rpartition(":")
        for pause in (0.0, 0.5, 1.0, 2.0, 4.0):
            await asyncio.sleep(pause)
            try:
                await asyncio.to_thread(_hand_over, host, int(port), to, message.as_bytes(policy=SMTP))
            except (OSError, smtplib.SMTPException) as error:
                log.warning("mail.not_taken", error=type(error).__name__)
            else:
                self.delivered += 1
                return

    async def _post(self, message: EmailMessage, to: str) -> None:
        """As SendGrid's Inbound Parse does."""
        fields: dict[str, Any] = {
            "headers": "".join(f"{n}: {v}\n" for n, v in message.items()),
            "from": str(message["From"]),
            "to": to,
            "subject": str(message["Subject"]),
            "text": str(message.get_content()),
            "envelope": f'{{"to":["{to}"],"from":"{message["From"]}"}}',
            "charsets": '{"to":"UTF-8","from":"UTF-8","subject":"UTF-8","text":"utf-8"}',
            "SPF": "pass",
            "dkim": "{@mail.example.test : pass}",
            "spam_score": "0.1",
            "attachments": "0",
        }
        parts = {name: (None, value.encode()) for name, value in fields.items()}
        for pause in (0.0, 0.5, 1.0, 2.0, 4.0):
            await asyncio.sleep(pause)
            try:
                async with httpx.AsyncClient(trust_env=False) as client:
                    if (await client.post(self._inbound_url or "", files=parts)).is_success:
                        self.delivered += 1
                        return
            except httpx.HTTPError as error:
                log.warning("mail.not_taken", error=type(error).__name__)


def _hand_over(host: str, port: int, to: str, raw: bytes) -> None:
    with smtplib.SMTP(host, port, timeout=10) as server:
        server.sendmail("", [to], raw)


def bounce(mail: Mail, step: Step, at: datetime) -> Message:
    """A delivery status notification."""
    failed = step.event == "bounce"
    said = str(step.more.get("reason") or step.more.get("response") or "")
    status = str(step.more.get("status") or ("5.0.0" if failed else "4.0.0"))
    told = Message()
    told["Reporting-MTA"] = f"dns; {SERVER}"
    about = Message()
    about["Final-Recipient"] = f"rfc822; {mail.to}"
    about["Action"] = "failed" if failed else "delayed"
    about["Status"] = status
    about["Diagnostic-Code"] = f"smtp; {said}"
    notification = Message()
    notification["Content-Type"] = "message/delivery-status"
    notification.set_payload([told, about])
    words = "Your message could not be delivered." if failed else "Your message is still on its way."
    return _report("delivery-status", mail, f"MAILER-DAEMON@{SERVER}", words, notification, at)


def complaint(mail: Mail, at: datetime) -> Message:
    """A report of abuse."""
    fields = (
        "Feedback-Type: abuse\r\nUser-Agent: Simulated/1.0\r\nVersion: 1\r\n"
        f"Original-Mail-From: <{mail.envelope_sender}>\r\nOriginal-Rcpt-To: <{mail.to}>\r\n"
    )
    notification = Message()
    notification["Content-Type"] = "message/feedback-report"
    notification.set_payload(fields)
    return _report("feedback-report", mail, f"fbl@{SERVER}", "This is an abuse report.", notification, at)


def _report(kind: str, mail: Mail, sender: str, words: str, notification: Message, at: datetime) -> Message:
    report = MIMEMultipart("report")
    report.set_param("report-type", kind)
    report["From"], report["To"] = sender, mail.envelope_sender
    report["Subject"], report["Date"] = words, format_datetime(at)
    report["Message-ID"], report["Auto-Submitted"] = make_msgid(domain=SERVER), "auto-replied"
    report.attach(MIMEText(words))
    report.attach(notification)
    original = Message()
    original["Content-Type"] = "text/rfc822-headers"
    original.set_payload("".join(f"{name}: {value}\r\n" for name, value in mail.headers.items()))
    report.attach(original)
    return report
