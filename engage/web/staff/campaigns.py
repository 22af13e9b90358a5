"""Campaigns: is it working, who is next, and what do its messages say?"""

from dataclasses import dataclass
from datetime import date

from flask import render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from engage.accounts.permissions import Permission
from engage.campaigns import costs, messages
from engage.campaigns.asking import CARRIES, JOINT_LETTER, settings_of, template_for
from engage.campaigns.checking import to_find_out
from engage.campaigns.coming import Next, someone_next, waiting
from engage.campaigns.coming import who_is_next as next_of
from engage.campaigns.forecast import outlook
from engage.campaigns.household import cap_of
from engage.campaigns.ladder import MESSAGE_STEPS
from engage.campaigns.models import CAMPAIGN_TRANSITIONS, Campaign, CampaignState, Invitation, InvitationState, Step
from engage.campaigns.professionals import is_by_mailbox
from engage.campaigns.queries import (
    Funnel,
    Rung,
    answers_by_week,
    closed_because,
    funnel,
    rungs,
)
from engage.campaigns.queries import campaign as one_of_campaigns
from engage.campaigns.queries import campaigns as all_campaigns
from engage.core.clock import london_date
from engage.notify import signing
from engage.notify.gsm import parts
from engage.notify.models import MessageChannel
from engage.notify.templates import SOURCE_LANGUAGE
from engage.people.models import MailboxKind, ParentCarer, Person, RoleMailbox
from engage.web.letters import to_page
from engage.web.rendering import day, number, plural, share, weekday, words
from engage.web.request import house, now, session
from engage.web.security import may, needs
from engage.web.staff import ROW, blueprint
from engage.web.staff.words import AUDIENCES, EVENTS, STEPS, by_channel, reasons, wait

FIRST_FEW = 5
PAGE = 25
RUNGS = {
    Step.INVITATION: "{days} after the plan or the decision was sent",
    Step.REMINDER: "{days} after the first message, the same way",
    Step.OTHER_CHANNEL: "{days} after the first message, the other way: by text if it was email so far",
    Step.CALL: "{days} after the first message",
    Step.CLOSE: "{days} after the first message",
}
TO_A_MAILBOX = {Step.REMINDER: "{days} after the first message, once"}
SOMEBODY = "Sam"


@blueprint.get("/campaigns")
@needs(Permission.RUN_CAMPAIGNS)
def campaigns() -> ResponseReturnValue:
    """Every campaign with its state and how many answered."""
    return render_template(
        "staff/campaigns/campaigns.html",
        campaigns=[
            (campaign, _about(campaign), funnel(session(), campaign, now=now()))
            for campaign in all_campaigns(session())
        ],
    )


@blueprint.get(f"/campaigns/<{ROW}:campaign_id>")
@needs(Permission.RUN_CAMPAIGNS)
def campaign(campaign_id: int) -> ResponseReturnValue:
    """Whether it works: how far it came, the ladder, who is next, and who is not asked."""
    found, letters = one_of_campaigns(session(), campaign_id), house().settings.sends_letters
    cap = cap_of(house().settings)
    reached = funnel(session(), found, now=now())
    weeks = answers_by_week(session(), found, now=now())
    total = waiting(session(), found)
    return render_template(
        "staff/campaigns/campaign.html",
        campaign=found,
        about=_about(found),
        by_mailbox=is_by_mailbox(found),
        is_working=share(reached.answered, reached.eligible) if reached.eligible else None,
        steps=_steps(reached),
        ladder=_ladder(found),
        next=[_next(each) for each in next_of(session(), found, now=now(), limit=FIRST_FEW, letters=letters, cap=cap)],
        waiting=total,
        not_asked=reasons(outlook(session(), found, now=now(), letters=letters).not_asked),
        costs=_costs(found),
        unsigned=_unsigned(found),
        to_find_out=len(to_find_out(session(), found, now=now())) if may(Permission.SEE_FAMILIES) else 0,
        closed=reasons(closed_because(session(), found)),
        weeks=[(_week(monday), count) for monday, count in weeks],
        most=max(count for _, count in weeks),
        acts=CAMPAIGN_TRANSITIONS.moves[found.state],
        states=CampaignState,
    )


@blueprint.get(f"/campaigns/<{ROW}:campaign_id>/next")
@needs(Permission.RUN_CAMPAIGNS)
def who_is_next(campaign_id: int) -> ResponseReturnValue:
    """Everybody still being asked, whoever is due soonest first."""
    found = one_of_campaigns(session(), campaign_id)
    total = waiting(session(), found)
    last = max(-(-total // PAGE), 1)
    at = min(max(http.args.get("page", 1, type=int), 1), last)
    shown = next_of(
        session(),
        found,
        now=now(),
        limit=PAGE,
        offset=(at - 1) * PAGE,
        letters=house().settings.sends_letters,
        cap=cap_of(house().settings),
        templates=house().templates,
    )
    return render_template(
        "staff/campaigns/next.html",
        campaign=found,
        next=[_next(each) for each in shown],
        total=total,
        at=at,
        last=last,
        page_url=lambda page: url_for("staff.who_is_next", campaign_id=found.id, page=page),
    )


@blueprint.get(f"/campaigns/<{ROW}:campaign_id>/messages")
@needs(Permission.RUN_CAMPAIGNS)
def campaign_messages(campaign_id: int) -> ResponseReturnValue:
    """Every message as the next person would read it."""
    found = one_of_campaigns(session(), campaign_id)
    reader = someone_next(session(), found) or _somebody(found)
    return render_template(
        "staff/campaigns/messages.html",
        campaign=found,
        reader=reader.person.full_name if reader.id else f"a {AUDIENCES[found.audience][0]}",
        is_next=bool(reader.id),
        steps=[
            (STEPS[step], [message_shown(reader, step, channel) for channel in channels_of(found)])
            for step in settings_of(found).climb
            if step in MESSAGE_STEPS
        ],
    )


@dataclass(frozen=True)
class ShownMessage:
    """One message as a page shows it."""

    channel: str
    language: str
    subject: str | None
    body: str | Markup
    parts: int = 0
    """Of a text, how many parts it is charged as."""

    @property
    def cost(self) -> str:
        return plural(self.parts, "part") if self.parts else ""


def message_shown(
    invitation: Invitation,
    step: Step,
    channel: MessageChannel,
    name: str | None = None,
    said: dict[str, str] | None = None,
) -> ShownMessage:
    """One message as this person reads it, or read it where `name` is its template and `said` what it said of several
    surveys, its link leading nowhere, with what a text costs."""
    settings, catalogue = house().settings, house().catalogue
    version = invitation.version
    survey = catalogue.get(invitation.survey, version) if version else catalogue.current(invitation.survey)
    rendered = messages.preview(
        invitation, step, channel, survey, house().templates, settings, now(), name=name, said=said
    )
    name = name or template_for(invitation.campaign, step, channel)
    language = house().templates.find(name, channel, invitation.person.written_language).language
    whole = f"{settings.service_name}: {rendered.body}"
    if channel is MessageChannel.TEXT:
        return ShownMessage("Text", language, None, whole, parts(whole))
    return ShownMessage(words(channel), language, rendered.subject, to_page(rendered.body))


def channels_of(campaign: Campaign) -> list[MessageChannel]:
    """By what a campaign's messages go."""
    return [MessageChannel.EMAIL] if is_by_mailbox(campaign) else list(CARRIES.values())


def _somebody(campaign: Campaign) -> Invitation:
    """A made-up reader, for a campaign that has nobody to write to yet; never kept."""
    person: Person = ParentCarer(forename=SOMEBODY, surname="", written_language="en")
    if is_by_mailbox(campaign):
        kind = MailboxKind(campaign.audience.value)
        person = RoleMailbox(forename="", surname="", written_language="en", name=SOMEBODY, serves=kind)
    return Invitation(campaign=campaign, person=person, survey=campaign.survey, state=InvitationState.PLANNED)


def _about(campaign: Campaign) -> str:
    survey = house().catalogue.current(campaign.survey)
    return f"{survey.title}. {EVENTS[campaign.event_kind]} from {day(campaign.asks_from)} on."


def _steps(reached: Funnel) -> list[dict[str, object]]:
    of = reached.eligible
    counts = [
        ("Plans or reviews to ask about", of),
        ("Asked", reached.asked),
        ("A message arrived", reached.delivered),
        ("Answered", reached.answered),
        ("Rung", reached.phoned),
        ("Ended without an answer", reached.closed),
    ]
    return [{"label": label, "n": n, "of": of} for label, n in counts]


def _ladder(campaign: Campaign) -> list[dict[str, str]]:
    settings, done = settings_of(campaign), rungs(session(), campaign)
    words_of = TO_A_MAILBOX if is_by_mailbox(campaign) else RUNGS
    drawn = []
    for step in settings.climb:
        days = settings.wait_days if step is Step.INVITATION else settings.day_of(step)
        kind = "working day" if settings.working_days else "day"
        rung = done.get(step)
        drawn.append(
            {
                "title": STEPS[step],
                "when": words_of.get(step, RUNGS[step]).format(days=plural(days, kind)),
                "text": _so_far(rung) if rung else "",
                "kind": "stopped" if step is Step.CLOSE else "done" if rung else "next",
            }
        )
    return drawn


def _unsigned(campaign: Campaign) -> str:
    """Whose signature the jointly signed letter still lacks, where this campaign sends it."""
    if template_for(campaign, Step.INVITATION, MessageChannel.LETTER) != JOINT_LETTER:
        return ""
    templates = house().templates
    letter = templates.find(JOINT_LETTER, MessageChannel.LETTER, SOURCE_LANGUAGE)
    return " and ".join(templates.organisations.name(code) for code in signing.not_signed(session(), letter))


def _costs(campaign: Campaign) -> dict[str, object]:
    """What its messages cost so far and could still cost, against the free texts of the year."""
    settings = house().settings
    known: dict[tuple[str, Step], int] = {}

    def parts_of(invitation: Invitation, step: Step) -> int:
        key = (invitation.person.written_language, step)  # a text names nobody, so it is as long for all who read alike
        if key not in known:
            known[key] = message_shown(invitation, step, MessageChannel.TEXT).parts
        return known[key]

    following, at_most = costs.coming(session(), campaign, parts_of, letters=settings.sends_letters)
    rows = []
    for label, cost in (
        ("So far", costs.so_far(session(), campaign)),
        ("Next, to everybody still being asked", following),
        ("From now on at most, if nobody answers", at_most),
    ):
        pounds = cost.pence(text_pence=settings.text_pence, letter_pence=settings.letter_pence) / 100
        numbers = [number(n) for n in (cost.emails, cost.texts, cost.parts, cost.letters)]
        rows.append([label, *numbers, f"£{pounds:,.2f}"])
    used, free = costs.parts_this_year(session(), now=now()), settings.free_text_parts_a_year
    since = day(costs.year_of_texts(london_date(now())))
    said = f"{number(used)} of {number(free)} free parts of texts are used since {since}, by all campaigns together."
    over = used + at_most.parts - free
    if over > 0:
        said += (
            f" If nobody answers, {number(min(over, at_most.parts))} of the parts to come would have to be paid for."
        )
    return {"rows": rows, "said": said}


def _so_far(rung: Rung) -> str:
    brought = f"; brought {plural(rung.brought, 'answer')}" if rung.brought else ""
    return f"{plural(rung.taken, 'time')} so far{brought}."


def _next(each: Next) -> dict[str, object]:
    invitation = each.invitation
    event = invitation.plan_event
    step = STEPS[each.step] if each.step else ""
    family = url_for("staff.family", child_id=event.plan.child_id) if may(Permission.SEE_FAMILIES) else None
    return {
        "name": invitation.person.full_name,
        "family": family,
        "about": f"{EVENTS[event.kind]} on {day(event.happened_on)}",
        "step": f"{step} {by_channel(each.channel)}".strip(),
        "when": _when(each),
        "why_not": wait(each.waits_because, each.until),
    }


def _when(each: Next) -> str:
    if each.waits_because is not None:
        return "Not any more" if each.ends else "Not now"
    if each.due_at is None:
        return ""
    return "As soon as the hours allow" if each.due_at <= now() else weekday(each.due_at)


def _week(monday: date) -> str:
    this = london_date(now())
    return "This week so far" if (this - monday).days < 7 else f"Week of {day(monday)}"
