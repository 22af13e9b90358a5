"""A letter's envelope: the addressee's name and the lines of a postal address, as Notify wants them."""

from engage.notify.values import plain_value

MOST_LINES = 7
NEVER_FIRST = '@()=[]"\\/,<>~'
"""Signs with which no line of an address may begin (docs.notifications.service.gov.uk, "Send a letter")."""
LETTERS_OFF = "letters_off"
"""Why a letter was withdrawn: the council has no letter template, so it sends none."""


def envelope(addressee: str, address: str) -> str:
    """What stands in the window: the name, then the address as it is kept, a line each. A name never spoils the letter
    it is to carry: signs with which no line may begin are left off it."""
    name = plain_value(addressee).lstrip(f"{NEVER_FIRST} ")
    return f"{name}\n{address}" if name else address


def address_lines(window: str) -> dict[str, str]:
    """The lines of an envelope as Notify's `address_line_1` and so on; `address_line_7` is the last that there can be."""
    return {f"address_line_{number}": line for number, line in enumerate(window.splitlines(), 1)}
