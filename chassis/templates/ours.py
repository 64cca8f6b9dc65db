"""What a channel puts into a contact itself: who writes, and the links that name the contact."""

from msgspec import Struct

from chassis.personal_links import Page, Signer
from chassis.settings import StackSettings

LINKS = {
    "link": Page.ACCOUNT,
    "pay_link": Page.PAY,
    "plan_link": Page.PLAN,
    "dispute_link": Page.DISPUTE,
    "preferences_link": Page.PREFERENCES,
    "unsubscribe_link": Page.UNSUBSCRIBE,
    "notice_link": Page.NOTICE,
}
"""Where each link leads."""


class Ours(Struct, frozen=True):
    """The collector as contacts name it, and what makes links."""

    collector: str
    voicemail_name: str
    collector_phone: str
    collector_address: str
    license_number: str
    signer: Signer

    def values(self, *, contact_id: str, consumer_id: str, reference: str = "") -> dict[str, str]:
        """The values for one contact; without links where its ids are not of our form."""
        values = {
            "collector": self.collector,
            "voicemail_name": self.voicemail_name,
            "collector_phone": self.collector_phone,
            "collector_address": self.collector_address,
            "license_number": self.license_number,
            "reference": reference,
        }
        try:
            links = {name: self.signer.link(contact_id, consumer_id, page) for name, page in LINKS.items()}
        except ValueError:
            return values
        return values | links


def ours_of(settings: StackSettings) -> Ours:
    """The collector as settings describe it."""
    return Ours(
        settings.collector_name,
        settings.collector_voicemail_name,
        settings.collector_phone,
        settings.collector_address,
        settings.license_number,
        settings.link_signer(),
    )
