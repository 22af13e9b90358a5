"""Who would be newly asked by a campaign: exactly who, on which day, by which way, and what each of them would read."""

from flask import render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.campaigns.asking import CARRIES, settings_of, template_for
from engage.campaigns.forecast import First, first_messages
from engage.campaigns.models import Campaign, Invitation, InvitationState, Step
from engage.campaigns.queries import campaign as one_of_campaigns
from engage.core.errors import Conflict
from engage.notify.models import MessageChannel
from engage.web.rendering import day, weekday
from engage.web.request import house, now, record_view, session
from engage.web.security import needs
from engage.web.staff import ROW, blueprint
from engage.web.staff.campaigns import ShownMessage, message_shown
from engage.web.staff.words import EVENTS, HOLDS, STEPS, by_channel

PAGE = 50


@blueprint.get(f"/campaigns/<{ROW}:campaign_id>/first")
@needs(Permission.RUN_CAMPAIGNS)
def campaign_firsts(campaign_id: int) -> ResponseReturnValue:
    """Everybody who would be newly asked, whoever is first before the others."""
    found = one_of_campaigns(session(), campaign_id)
    everybody = _everybody(found)
    last = max(-(-len(everybody) // PAGE), 1)
    at = min(max(http.args.get("page", 1, type=int), 1), last)
    return render_template(
        "staff/campaigns/firsts.html",
        campaign=found,
        rows=[_row(found, first) for first in everybody[(at - 1) * PAGE : at * PAGE]],
        total=len(everybody),
        at=at,
        last=last,
        page_url=lambda page: url_for("staff.campaign_firsts", campaign_id=found.id, page=page),
    )


@blueprint.get(f"/campaigns/<{ROW}:campaign_id>/first/<{ROW}:event_id>/<{ROW}:person_id>")
@needs(Permission.RUN_CAMPAIGNS)
def campaign_first(campaign_id: int, event_id: int, person_id: int) -> ResponseReturnValue:
    """What one of them would read, at every step that is a message."""
    found = one_of_campaigns(session(), campaign_id)
    here = [each for each in _everybody(found) if (each.event.id, each.person.id) == (event_id, person_id)]
    if not here:
        raise Conflict("This person has been asked already, or would not be asked now.")
    record_view("message.previewed", "person", person_id)
    return render_template(
        "staff/campaigns/first.html",
        campaign=found,
        who=here[0].person.full_name,
        row=_row(found, here[0]),
        steps=_would_read(found, here[0]),
    )


def _everybody(campaign: Campaign) -> list[First]:
    return first_messages(session(), campaign, now=now(), letters=house().settings.sends_letters)


def _row(campaign: Campaign, first: First) -> dict[str, str]:
    return {
        "name": first.person.full_name,
        "href": url_for(
            "staff.campaign_first", campaign_id=campaign.id, event_id=first.event.id, person_id=first.person.id
        ),
        "about": f"{EVENTS[first.event.kind]} on {day(first.event.happened_on)}",
        "when": "Not while on hold" if first.waits else weekday(first.at),
        "how": _how(first),
        "note": HOLDS[first.held_because] if first.held_because else "",
    }


def _how(first: First) -> str:
    if first.point is None:
        return "" if first.in_dispute else "Telephone: no message can reach them"
    return by_channel(first.point.channel).capitalize()


def _would_read(campaign: Campaign, first: First) -> list[tuple[str, list[ShownMessage]]]:
    """A made-up invitation, never kept: each step by the way that would carry it, or by any of them."""
    reader = Invitation(
        campaign=campaign,
        person=first.person,
        plan_event=first.event,
        survey=campaign.survey,
        state=InvitationState.PLANNED,
    )
    channel = CARRIES[first.point.channel] if first.point else MessageChannel.EMAIL
    name = template_for(campaign, Step.INVITATION, channel, in_dispute=first.in_dispute)
    steps = [(STEPS[Step.INVITATION], [message_shown(reader, Step.INVITATION, channel, name)] if first.point else [])]
    if first.in_dispute:
        return steps
    later = [step for step in settings_of(campaign).climb if step in (Step.REMINDER, Step.OTHER_CHANNEL)]
    return steps + [
        (STEPS[step], [message_shown(reader, step, each) for each in _ways(first, channel, step)]) for step in later
    ]


def _ways(first: First, channel: MessageChannel, step: Step) -> list[MessageChannel]:
    if first.point is None:
        return []
    usable = {CARRIES[p.channel] for p in first.person.contact_points if p.channel in CARRIES and p.state == "usable"}
    quick = [each for each in (MessageChannel.EMAIL, MessageChannel.TEXT) if each in usable]
    if step is Step.OTHER_CHANNEL and channel in quick and len(quick) > 1:
        return [each for each in quick if each is not channel]
    return [channel]
