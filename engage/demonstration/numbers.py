"""Well-formed numbers for people who do not exist."""

import random

from stdnum.gb.upn import calc_check_digit

EMAIL_THAT_FAILS = "perm-fail@simulator.notify"
TEXT_THAT_FAILS = "07700 900002"
_KEPT_BY_NOTIFY = frozenset({0, 1, 2, 3, 111, 222})
"""Numbers of the drama range that the Notify simulator answers in a way of its own."""


def pupil_number(serial: int, year: int) -> str:
    """A unique pupil number of Kingston with its check letter; establishment 0000 does not exist."""
    digits = f"314{serial // 1000 % 10000:04}{year % 100:02}{serial % 1000:03}"
    return calc_check_digit(digits) + digits


def learner_number(serial: int) -> str:
    """A unique learner number with its check digit."""
    for digits in (f"1{serial:07}{last}" for last in range(10)):
        remainder = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
        if remainder:
            return f"{digits}{10 - remainder}"
    raise AssertionError("ten numbers in a row cannot all leave no remainder")


def mobile(chance: random.Random) -> str:
    """A mobile number that Ofcom keeps for drama and Notify's simulator does not use."""
    last = chance.choice([n for n in range(1000) if n not in _KEPT_BY_NOTIFY])
    return f"07700 900{last:03}"


def landline(chance: random.Random) -> str:
    """A London number that Ofcom keeps for drama."""
    return f"020 7946 0{chance.randrange(1000):03}"
