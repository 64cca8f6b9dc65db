"""Where templates run: a sandbox in which a template can do nothing but show values and ask whether there is one.

There are no filters, functions, loops or files, so nothing can switch the escaping of HTML off. An unknown name is an
error, not an empty place.
"""

from functools import cache

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment
from msgspec import Struct

_ALLOWED = frozenset(
    {
        nodes.Template,
        nodes.Output,
        nodes.TemplateData,
        nodes.Name,
        nodes.If,
        nodes.And,
        nodes.Or,
        nodes.Not,
        nodes.Const,
        nodes.Compare,
        nodes.Operand,
    }
)


class Compiled(Struct, frozen=True):
    """A source that can be filled, and the names in it."""

    template: Template
    names: frozenset[str]


class NotUsable(Exception):
    """Why a source is refused, and on which of its lines."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def compiled(source: str, *, html: bool) -> Compiled:
    """Make a source ready, with every value escaped if it is HTML; raises NotUsable."""
    environment = _environment(html)
    try:
        tree = environment.parse(source)
    except TemplateSyntaxError as error:
        raise NotUsable(error.lineno, str(error.message)) from error
    for node in tree.find_all(nodes.Node):
        if type(node) not in _ALLOWED:
            what = type(node).__name__.lower()
            raise NotUsable(node.lineno or 1, f"a template shows values and asks `if`, and has no {what}")
    return Compiled(environment.from_string(source), frozenset(find_undeclared_variables(tree)))


@cache
def _environment(html: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=html, keep_trailing_newline=False)
    for names in (environment.filters, environment.globals, environment.tests):
        names.clear()
    return environment
