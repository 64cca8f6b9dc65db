"""Our links in e-mails, as chassis/channel/links.py serves them: their words, and which clicks are no person's."""

from functools import partial

from chassis.channel.core.medium import Medium
from chassis.channel.links import Links, Words
from chassis.channel.service import Ground
from chassis.host import Host
from services.email.core.machines import TOO_SOON, is_machine
from services.email.core.medium import LINK

_WORDS = Words(
    title="E-mail",
    ask=("Stop all e-mail from us to you?", "¿Dejar de recibir nuestros correos?"),
    button="Unsubscribe / Darse de baja",
    done=("Done: we will send you no more e-mail.", "Hecho: no le enviaremos más correos."),
    over=(
        "This link is over. Please answer our e-mail, or call us.",
        "Este enlace ya no vale. Responda a nuestro correo o llámenos.",
    ),
)


def links(medium: Medium, ground: Ground, host: Host) -> Links:
    """What our links in e-mails do."""
    return Links(
        medium=medium,
        source=LINK,
        words=_WORDS,
        ground=ground,
        host=host,
        by_machine=partial(is_machine, opened=False),
        too_soon=TOO_SOON,
    )
