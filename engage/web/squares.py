"""Squares for a camera: a public address as a QR code, drawn into the page itself."""

import segno
from markupsafe import Markup


def square(address: str) -> Markup:
    """The address as a QR code. A screen reader passes it over: its words stand beside it."""
    drawn = segno.make(address, error="m").svg_inline(border=4, svgclass="app-square", lineclass=None, omitsize=True)
    return Markup(drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704  # segno's own drawing
