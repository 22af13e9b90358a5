"""A council's own accent colour: checked for contrast, darkened and tinted, and served as a small style sheet."""

import re

from engage.core.errors import Misconfigured

LEAST_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)


def parse(text: str) -> Colour:
    """Read "#14595e"; `Misconfigured` says how to write a colour."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise Misconfigured(f'"{text}" is not a colour. Write a # and six digits, such as #14595e.')
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, 1 to 21, as WCAG 2 defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        value / 255 / 12.92 if value / 255 <= 0.04045 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mix(colour: Colour, other: Colour, part: float) -> str:
    mixed = (round(a * (1 - part) + b * part) for a, b in zip(colour, other, strict=True))
    return "#" + "".join(f"{value:02x}" for value in mixed)


def style_sheet(accent: str) -> str:
    """The custom properties that recolour every page; `Misconfigured` when text in it could not be read on white."""
    colour = parse(accent)
    tint = _mix(colour, WHITE, 0.91)
    ratio = min(contrast(colour, WHITE), contrast(colour, parse(tint)))
    if ratio < LEAST_CONTRAST:
        raise Misconfigured(
            f"The accent {accent} is too pale: its contrast is {ratio:.1f} to 1, and text needs {LEAST_CONTRAST}. "
            "Choose a darker shade."
        )
    dark = _mix(colour, BLACK, 0.3)
    return (
        f":root{{--govuk-brand-colour:{accent};--govuk-link-colour:{accent};--govuk-link-hover-colour:{dark};"
        f"--app-accent-dark:{dark};--govuk-surface-background-colour:{tint};"
        f"--govuk-surface-border-colour:{_mix(colour, WHITE, 0.7)}}}\n"
    )
