"""Starting, pausing, going on with and ending a campaign: each says exactly who is affected, and asks once."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.campaigns import services
from engage.campaigns.coming import overdue, waiting
from engage.campaigns.forecast import Outlook, outlook
from engage.campaigns.models import CAMPAIGN_TRANSITIONS, Campaign, CampaignState
from engage.campaigns.planning import plan_invitations
from engage.campaigns.queries import campaign as one_of_campaigns
from engage.surveys.definition import Audience
from engage.web.rendering import number, plural, weekday
from engage.web.request import actor, house, now, session
from engage.web.security import needs
from engage.web.staff import ROW, blueprint
from engage.web.staff.words import AUDIENCES, reasons


@dataclass(frozen=True)
class Act:
    """One thing to do with a campaign."""

    do: Callable[..., None]
    to: CampaignState
    title: str
    button: str
    done: str


ACTS = {
    "start": Act(services.launch, CampaignState.RUNNING, "Start asking", "Start asking", "has started"),
    "pause": Act(services.pause, CampaignState.PAUSED, "Pause", "Pause", "is paused: nobody is contacted for now"),
    "go-on": Act(services.resume, CampaignState.RUNNING, "Go on asking", "Go on asking", "goes on"),
    "end": Act(services.end, CampaignState.ENDED, "End this campaign", "End it for good", "has ended"),
}
_NAMES = ", ".join(f'"{name}"' for name in ACTS)
PATH = f"/campaigns/<{ROW}:campaign_id>/<any({_NAMES}):act>"


@blueprint.get(PATH)
@needs(Permission.RUN_CAMPAIGNS)
def ask_to_act(campaign_id: int, act: str) -> ResponseReturnValue:
    """Say exactly who would be contacted, or not any more."""
    campaign = one_of_campaigns(session(), campaign_id)
    CAMPAIGN_TRANSITIONS.check(campaign.state, ACTS[act].to)
    ahead = outlook(session(), campaign, now=now(), letters=house().settings.sends_letters)
    return render_template(
        "staff/campaigns/act.html",
        campaign=campaign,
        act=ACTS[act],
        name=act,
        sentences=_sentences(act, campaign, ahead),
        days=[(weekday(day), plural(people, "person", "people")) for day, people in ahead.asked_on.items()],
        not_asked=reasons(ahead.not_asked),
        asks=ACTS[act].to is CampaignState.RUNNING,
    )


@blueprint.post(PATH)
@needs(Permission.RUN_CAMPAIGNS)
def act(campaign_id: int, act: str) -> ResponseReturnValue:
    """Do it, and let the page show at once who is next."""
    campaign = one_of_campaigns(session(), campaign_id)
    ACTS[act].do(session(), campaign, by=actor(), now=now())
    if campaign.state is CampaignState.RUNNING:
        plan_invitations(session(), campaign, now=now())
    flash(f"{campaign.name} {ACTS[act].done}.", "success")
    return redirect(url_for("staff.campaign", campaign_id=campaign_id))


def _sentences(act: str, campaign: Campaign, ahead: Outlook) -> list[str]:
    open_ones = waiting(session(), campaign)
    if act == "pause":
        return [f"{_people(open_ones)} still being asked. Nobody hears from us until you go on; answers still come in."]
    if act == "end":
        return [
            f"{_people(open_ones)} still being asked. None of them hears from us about this again, and it cannot be undone.",
            "Answers that came in are kept.",
        ]
    said = (
        []
        if act == "start"
        else [f"{_people(overdue(session(), campaign, now=now()))} due already, and contacted next."]
    )
    return said + _newly_asked(ahead, campaign.audience)


def _newly_asked(ahead: Outlook, audience: Audience) -> list[str]:
    if not ahead.people:
        return ["Nobody new will be asked for now. People are asked as plans and reviews come in."]
    said = [f"{plural(ahead.people, *AUDIENCES[audience])} will be asked, the first on {weekday(min(ahead.asked_on))}."]
    if ahead.letters:
        said.append(_by_post(ahead.letters))
    if ahead.no_message_possible:
        said.append(f"{number(ahead.no_message_possible)} of them cannot be written to, and must be rung.")
    if ahead.in_dispute:
        they_get = "1 of them has" if ahead.in_dispute == 1 else f"{number(ahead.in_dispute)} of them have"
        said.append(f"{they_get} a complaint or appeal open: one gentle message, no reminder and no call.")
    if ahead.on_hold:
        said.append(f"{number(ahead.on_hold)} more {'is' if ahead.on_hold == 1 else 'are'} on hold, and must wait.")
    return said


def _by_post(letters: int) -> str:
    pounds = letters * house().settings.letter_pence / 100
    they_get = "1 of them gets a letter" if letters == 1 else f"{number(letters)} of them get a letter"
    return f"{they_get}, for nothing quicker reaches them: about £{pounds:,.2f} before VAT."


def _people(count: int) -> str:
    return f"{plural(count, 'person is', 'people are')}" if count else "Nobody is"
