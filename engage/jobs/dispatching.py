"""Which part of Engage speaks for each kind of message, and the dispatcher made of them all."""

from collections.abc import Callable, Mapping

from engage.accounts import messages as accounts
from engage.accounts.services import PURPOSE as SIGN_IN
from engage.campaigns import messages as campaigns
from engage.campaigns import resuming
from engage.campaigns.asking import MESSAGE_PURPOSE as SURVEY
from engage.core.config import Settings
from engage.jobs.wiring import House
from engage.notify.client import LiveNotify, Notify
from engage.notify.dispatch import Dispatcher
from engage.notify.outbox import Composer
from engage.register import messages as register
from engage.register.services import ALREADY, CONFIRMATION

COMPOSERS: Mapping[str, Composer] = {
    SURVEY: campaigns.compose,
    resuming.PURPOSE: resuming.compose,
    SIGN_IN: accounts.compose_sign_in,
    CONFIRMATION: register.compose_confirmation,
    ALREADY: register.compose_already,
}


def dispatcher(house: House, *, connect: Callable[[Settings], Notify] = LiveNotify, paced: bool = True) -> Dispatcher:
    """A dispatcher that knows every kind of message. `paced` is False only where nothing real is at the other end."""
    return Dispatcher(
        database=house.database,
        settings=house.settings,
        clock=house.clock,
        templates=house.templates,
        composers=COMPOSERS,
        connect=connect,
        paced=paced,
        stopping=house.stopping,
    )
