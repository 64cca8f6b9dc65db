"""Reads the templates; all of them or none."""

import re
from pathlib import Path

from services.sms.core.compose import Template, Templates, placeholders_of

DIRECTORY = Path(__file__).resolve().parent / "templates"
REQUIRED = frozenset({"collector", "reference"})
"""Who writes, and the reference by which a text in doubt is found again."""

_NAME = re.compile(r"([a-z][a-z0-9-]*)\.([a-z]{2})\.txt")


class WrongTemplate(Exception):
    """A template that must not be used, and why."""


def load_templates(directory: Path = DIRECTORY) -> Templates:
    """The templates of a directory, <id>.<language>.txt; raises WrongTemplate naming the first that cannot be used."""
    found: dict[tuple[str, str], Template] = {}
    for path in sorted(directory.glob("*.txt")):
        name = _NAME.fullmatch(path.name)
        if name is None:
            raise WrongTemplate(f"{path}: a template's name is <id>.<language>.txt, for instance welcome.en.txt")
        text = path.read_text(encoding="utf-8").strip()
        try:
            placeholders = placeholders_of(text)
        except ValueError as error:
            raise WrongTemplate(f"{path}: {error}") from error
        if missing := REQUIRED - placeholders:
            raise WrongTemplate(f"{path}: the placeholder {{{min(missing)}}} is missing")
        found[name[1], name[2]] = Template(name[1], name[2], text, placeholders)
    for template_id, language in found:
        if (template_id, "en") not in found:
            raise WrongTemplate(f"{directory}: {template_id}.{language}.txt has no English twin to fall back to")
    if not found:
        raise WrongTemplate(f"{directory}: there are no templates")
    return found
