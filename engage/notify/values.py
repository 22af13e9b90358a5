"""Makes a value safe to put into a message: Notify reads Markdown in values too, and phones make links of bare names."""

import re
import unicodedata

from engage.core.errors import Misconfigured

LINK = re.compile(r"^https?://[A-Za-z0-9.\-]+(?::\d+)?(?:/[A-Za-z0-9._~/?=&%+\-]*)?$")
TURNS_TEXT_ROUND = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+>~|])")
AT_THE_START = re.compile(r"^[\^•\s]+")
LIST_AT_THE_START = re.compile(r"^(-|\d+(?=\.))")
NUMBER_IN_GROUPS = re.compile(r"\d+(?: \d+)+")


def plain_value(value: str) -> str:
    """The words on one line, with no direction signs and nothing a phone or mail program would make a link of."""
    line = TURNS_TEXT_ROUND.sub("", value)
    line = "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp", "Cs"} else sign for sign in line)
    line = line.replace("://", ": //")
    line = re.sub(r"(?<=\w)\.(?=[^\W\d_])", ". ", line)
    return " ".join(line.split())


def markdown_value(value: str) -> str:
    """As `plain_value`, and with every sign of Notify's Markdown made to stand for itself."""
    line = AT_THE_START.sub("", plain_value(value))
    line = re.sub(r"<(?=\S)", "< ", line)
    line = MARKDOWN.sub(r"\\\1", line)
    return LIST_AT_THE_START.sub(_escaped_start, line)


def _escaped_start(match: re.Match[str]) -> str:
    return "\\-" if match[0] == "-" else f"{match[0]}\\"


def one_number(value: str) -> str:
    """As it is; but the groups of a phone number joined by spaces that do not break, or in words written from the right its
    last group would be read first."""
    return value.replace(" ", "\u00a0") if NUMBER_IN_GROUPS.fullmatch(value) else value


def link_value(name: str, value: str) -> str:
    """A web address of ours, as it is; `Misconfigured` when it is anything else."""
    if not LINK.match(value):
        raise Misconfigured(f'The value of "{name}" is not a web address.')
    return value
