"""Whether anybody is asked about a plan event, and if not, why not: pure rules over what is on record."""

from collections.abc import Sequence
from datetime import datetime

from engage.campaigns import asking, ladder
from engage.campaigns.models import Campaign
from engage.core.clock import london_date
from engage.people.contactability import parent_carers_of
from engage.plans.askable import why_not_askable
from engage.plans.models import PlanEvent


def reasons_against(event: PlanEvent, campaigns: Sequence[Campaign], now: datetime) -> list[str]:
    """Codes of the reasons against asking: one for the event as a whole, or one for each parent carer who is left out."""
    over = why_not_askable(event)
    if over is not None:
        return [over]
    mine = [campaign for campaign in campaigns if campaign.event_kind is event.kind]
    if not mine:
        return ["no_campaign"]
    if all(event.happened_on < campaign.asks_from for campaign in mine):
        return ["before_the_campaign"]
    if all(ladder.is_stale(event.happened_on, asking.settings_of(c), now=now) for c in mine):
        return ["too_long_ago"]
    standings = parent_carers_of(event.plan.child, on=london_date(now))
    if not standings:
        return ["nobody_on_record"]
    return [standing.not_asked.value for standing in standings if standing.not_asked]
