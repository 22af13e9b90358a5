"""Notify's small Markdown as safe HTML, and values made harmless before they become part of it."""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

_RULES = ["heading", "list", "hr", "blockquote", "link", "linkify", "newline", "escape", "smartquotes"]
_INSET = re.compile(r"^[ \t]*\^[ \t]*", re.MULTILINE)
_QUOTE_SIGN = re.compile(r"^([ \t]*)>", re.MULTILINE)
_BULLET = re.compile(r"^[ \t]*(?:•[ \t]*|\*[ \t]*(?![\s*]))", re.MULTILINE)
_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_DOT_IN_DOMAIN = re.compile(r"(?<=\w)\.(?=\w)")
_SPECIAL = re.compile(r"([\\\[\]()#*^`])")


def to_html(text: str) -> str:
    """The text as the reader of an email sees it: headings, lists, links, insets and rules, and nothing else.

    Any HTML in it is escaped, and only http, https and mailto links become links.
    """
    text = _QUOTE_SIGN.sub(r"\1\\>", text)
    text = _INSET.sub("> ", text)
    text = _BULLET.sub("* ", text)
    text = re.sub(r"(?<=\S) - (?=\S)", " – ", text)
    text = re.sub(r"[ \t]+(?=[,.](?:\s|$))", "", text)
    return str(_renderer.render(text))


def sanitise(value: str) -> str:
    """A person's words as `sanitise_content_for` leaves them: no links, no bare domains, no Markdown."""
    without_urls = _URL.sub("", value)
    return _SPECIAL.sub(r"\\\1", _DOT_IN_DOMAIN.sub(". ", without_urls))


def _lower_headings(state: StateCore) -> None:
    """`#` is a second-level heading, `##` a third-level one, and from `###` on a paragraph."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = {"h1": "h2", "h2": "h3"}.get(token.tag, "p")


def _link_safely(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    tokens[index].attrSet("rel", "noopener noreferrer")
    return renderer.renderToken(tokens, index, options, env)


def _make_renderer() -> MarkdownIt:
    options = {"html": False, "linkify": True, "breaks": True, "typographer": True}
    markdown = MarkdownIt("zero", options).enable(_RULES)
    if markdown.linkify is not None:
        markdown.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    markdown.validateLink = _is_web_link  # type: ignore[method-assign]
    markdown.core.ruler.push("lower_headings", _lower_headings)
    markdown.add_render_rule("link_open", _link_safely)
    return markdown


def _is_web_link(url: str) -> bool:
    return url.lower().startswith(("https://", "http://", "mailto:"))


_renderer = _make_renderer()
