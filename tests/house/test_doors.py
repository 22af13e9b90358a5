"""Every way in from a browser, in one table to read: who may come through, and that looking changes nothing."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from engage.accounts.models import SignInLink, Staff
from engage.accounts.permissions import GRANTS, Permission, Role
from engage.accounts.services import PURPOSE, request_sign_in
from engage.campaigns import importing
from engage.campaigns.models import InvitationState
from engage.core.audit import SYSTEM
from engage.core.config import PROJECT, Settings
from engage.core.db import Base, Database
from engage.core.tokens import digest, remake
from engage.plans.reading import ReadingSettings, read
from engage.web import navigation
from engage.web.security import permission_of
from tests import factories
from tests.browser_client import StrictClient
from tests.conftest import MONDAY

LOOKS = frozenset({"HEAD", "OPTIONS"})
OPEN_TO_ANYBODY = "anyone"
WITH_ITS_LINK = "who has the link"
WITH_ITS_TOKEN = "who has the token"
NOT_NOW = frozenset({409, 410})
"""The thing is there, but its state does not fit the page."""
REGISTER_TOKEN = "a" * 26

DOORS = """
/                                              GET        anyone
/accessibility                                 GET        anyone
/booklet                                       GET POST   anyone
/complaints                                    GET        anyone
/cookies                                       GET        anyone
/forum                                         GET        see_forum_view
/forum/figures                                 GET        see_forum_view
/forum/letters                                 GET        sign_for_forum
/forum/letters/<channel>/<name>/<language>     GET POST   sign_for_forum
/forum/members                                 GET        see_forum_members
/forum/members/<membership_id>/leave           GET POST   see_forum_members
/healthz                                       GET        anyone
/hooks/notify/receipts                         POST       who has the token
/hooks/notify/returned-letters                 POST       who has the token
/o/<token>                                     GET        who has the link
/o/<token>/about-you                           GET POST   who has the link
/o/<token>/about-you/<about>                   GET POST   who has the link
/o/<token>/check                               GET        who has the link
/o/<token>/question/<question_id>              GET POST   who has the link
/o/<token>/send                                GET POST   who has the link
/o/<token>/thank-you                           GET        who has the link
/privacy                                       GET        anyone
/r/<token>                                     GET        who has the link
/r/<token>/about-you                           GET POST   who has the link
/r/<token>/about-you/<about>                   GET POST   who has the link
/r/<token>/carry-on                            GET POST   who has the link
/r/<token>/carry-on/code                       GET POST   who has the link
/r/<token>/check                               GET        who has the link
/r/<token>/not-for-me                          GET POST   who has the link
/r/<token>/not-for-me/told                     GET        who has the link
/r/<token>/question/<question_id>              GET POST   who has the link
/r/<token>/send                                GET POST   who has the link
/r/<token>/begin                               GET POST   who has the link
/r/<token>/start                               GET POST   who has the link
/r/<token>/stop                                GET POST   who has the link
/r/<token>/surveys                             GET        who has the link
/r/<token>/thank-you                           GET        who has the link
/register/check-your-email                     GET        anyone
/register/join                                 GET POST   anyone
/register/left                                 GET        anyone
/register/link/<token>                         GET POST   who has the link
/register/link/<token>/leave                   GET POST   who has the link
/robots.txt                                    GET        anyone
/s/<slug>                                      GET        anyone
/s/<slug>/start                                GET POST   anyone
/sign-in                                       GET POST   anyone
/sign-in/<token>                               GET POST   who has the link
/sign-in/check-your-email                      GET        anyone
/sign-out                                      POST       anyone
/staff/activities                              GET        run_activities
/staff/activities/<activity_id>                GET        run_activities
/staff/activities/<activity_id>/change         GET POST   run_activities
/staff/activities/<activity_id>/link                POST       run_activities
/staff/activities/<activity_id>/move/<to>      GET POST   run_activities
/staff/activities/<activity_id>/slips          GET POST   run_activities
/staff/activities/<activity_id>/slips/undo     POST       run_activities
/staff/activities/new                          GET POST   run_activities
/staff/activities/remarks                      GET        run_activities
/staff/activities/remarks/new                  GET POST   run_activities
/staff/about-you                               GET POST   make_calls
/staff/audit                                   GET        see_audit
/staff/being-heard                             GET        see_being_heard
/staff/booklets                                GET POST   take_paper
/staff/booklets/<booklet_id>                   GET        take_paper
/staff/booklets/<booklet_id>/answers           GET POST   take_paper
/staff/booklets/blank                          GET        take_paper
/staff/booklets/blank/answers                  GET POST   take_paper
/staff/booklets/call-list                      GET POST   take_paper
/staff/booklets/printed/<batch>                GET        take_paper
/staff/calls                                   GET        make_calls
/staff/calls/<invitation_id>                   GET POST   make_calls
/staff/campaigns                               GET        run_campaigns
/staff/campaigns/<campaign_id>                 GET        run_campaigns
/staff/campaigns/<campaign_id>/<act>           GET POST   run_campaigns
/staff/campaigns/<campaign_id>/first           GET        run_campaigns
/staff/campaigns/<campaign_id>/first/<event_id>/<person_id> GET        run_campaigns
/staff/campaigns/<campaign_id>/ladder          GET POST   run_campaigns
/staff/campaigns/<campaign_id>/messages        GET        run_campaigns
/staff/campaigns/<campaign_id>/next            GET        run_campaigns
/staff/campaigns/new                           GET POST   run_campaigns
/staff/cases                                   GET        see_cases
/staff/cases/<reference>                       GET        see_cases
/staff/cases/<reference>/<step>                POST       work_cases
/staff/cases/<reference>/take                  POST       work_cases
/staff/clock                                   GET POST   move_clock
/staff/families                                GET POST   see_families
/staff/families/<child_id>                     GET        see_families
/staff/families/<child_id>/booklets            GET POST   take_paper
/staff/families/<child_id>/capacity            GET POST   check_carers
/staff/families/<child_id>/carers/<parent_id>/check GET POST   check_carers
/staff/families/<child_id>/hold                GET POST   place_holds
/staff/families/<child_id>/holds/<hold_id>/lift GET POST   lift_holds
/staff/families/<child_id>/messages/<contact_id> GET        see_families
/staff/families/face-to-face/<invitation_id>    GET POST   make_calls
/staff/families/to-find-out                    GET        see_families
/staff/figures                                 GET        see_figures
/staff/figures.<kind>                          GET        see_figures
/staff/figures/children                        GET        see_figures
/staff/figures/confidence                      GET        see_figures
/staff/figures/release                         GET POST   release_figures
/staff/holds                                   GET        see_families
/staff/imports                                 GET POST   import_plans
/staff/imports/<import_id>                     GET        import_plans
/staff/imports/<import_id>/columns             GET POST   import_plans
/staff/imports/<import_id>/commit              POST       import_plans
/staff/imports/<import_id>/discard             POST       import_plans
/staff/imports/<import_id>/faulty-rows.csv     GET        import_plans
/staff/imports/columns                         GET        import_plans
/staff/imports/sample.csv                      GET        import_plans
/staff/joining                                 GET        see_joining
/staff/letters                                 GET        see_letters
/staff/letters/<channel>/<name>/<language>     GET        see_letters
/staff/letters/<channel>/<name>/<language>     POST       sign_letters
/staff/mailboxes                               GET        run_campaigns
/staff/mailboxes/<mailbox_id>                  GET POST   run_campaigns
/staff/mailboxes/<mailbox_id>/stop             POST       run_campaigns
/staff/mailboxes/<mailbox_id>/use-again        POST       lift_holds
/staff/mailboxes/add                           GET POST   run_campaigns
/staff/mailboxes/import                        GET POST   run_campaigns
/staff/open-links                              GET        run_campaigns
/staff/open-links/<link_id>                    GET        run_campaigns
/staff/open-links/<link_id>/close              POST       run_campaigns
/staff/open-links/<link_id>/enter/<mode>       GET POST   make_calls
/staff/open-links/<link_id>/open-again         POST       run_campaigns
/staff/open-links/<link_id>/poster             GET        run_campaigns
/staff/open-links/new                          GET POST   run_campaigns
/staff/people                                  GET        manage_people
/staff/people/<staff_id>                       GET POST   manage_people
/staff/people/<staff_id>/stop                  GET POST   manage_people
/staff/people/add                              GET POST   manage_people
/staff/reading                                 GET        see_cases
/staff/reading/<text_id>/follow-up             POST       work_cases
/staff/reading/<text_id>/read                  POST       work_cases
/staff/sessions                                GET        facilitate_sessions
/staff/sessions/<session_id>                   GET        facilitate_sessions
/staff/sessions/<session_id>/begin             GET POST   facilitate_sessions
/staff/sessions/<session_id>/children/<number> GET        facilitate_sessions
/staff/sessions/<session_id>/children/<number>/changed-mind POST       facilitate_sessions
/staff/sessions/<session_id>/children/<number>/drawings GET POST   facilitate_sessions
/staff/sessions/<session_id>/children/<number>/finish POST       facilitate_sessions
/staff/sessions/<session_id>/children/<number>/questions/<asked> GET POST   facilitate_sessions
/staff/sessions/<session_id>/children/<number>/stop GET        facilitate_sessions
/staff/sessions/<session_id>/children/<number>/who GET POST   facilitate_sessions
/staff/sessions/<session_id>/children/<number>/words GET POST   facilitate_sessions
/staff/sessions/<session_id>/drawings          GET POST   facilitate_sessions
/staff/sessions/<session_id>/end/<how>         GET POST   facilitate_sessions
/staff/sessions/<session_id>/expected          GET POST   facilitate_sessions
/staff/sessions/<session_id>/expected/<child_id>/<what> POST       facilitate_sessions
/staff/sessions/<session_id>/group             GET POST   facilitate_sessions
/staff/sessions/<session_id>/group/changed-mind POST       facilitate_sessions
/staff/sessions/<session_id>/worry             GET POST   facilitate_sessions
/staff/sessions/drawings/<drawing>.jpg         GET        facilitate_sessions
/staff/sessions/drawings/<drawing>/delete      POST       facilitate_sessions
/staff/sessions/new                            GET POST   facilitate_sessions
/staff/share                                   GET        see_cases
/staff/share/<share_id>/accept                 POST       accept_share
/staff/surveys                                 GET        manage_surveys
/staff/surveys/<code>/<version>                GET        manage_surveys
/staff/surveys/<code>/<version>/<deed>         GET POST   manage_surveys
/staff/surveys/<code>/<version>/<part>.yaml    GET        manage_surveys
/staff/surveys/<code>/<version>/preview/<page> GET        manage_surveys
/staff/surveys/upload                          GET POST   manage_surveys
/staff/today                                   GET        see_today
/staff/today/not-arrived                       GET        see_families
/staff/today/resume-sending                    POST       run_campaigns
/staff/videos                                  GET POST   link_videos
/staff/videos/<video_id>/remove                POST       link_videos
/staff/translations                            GET        keep_translations
/staff/translations/<spoken>/<domain>          GET POST   keep_translations
/staff/translations/<spoken>/<domain>.po       GET        keep_translations
/staff/you-said-we-did                         GET        write_you_said_we_did
/staff/you-said-we-did/<entry_id>              GET        write_you_said_we_did
/staff/you-said-we-did/<entry_id>/change       GET POST   write_you_said_we_did
/staff/you-said-we-did/<entry_id>/in/<spoken>   GET POST   write_you_said_we_did
/staff/you-said-we-did/<entry_id>/publish      GET POST   publish_you_said_we_did
/staff/you-said-we-did/<entry_id>/withdraw     GET POST   publish_you_said_we_did
/staff/you-said-we-did/new                     GET POST   write_you_said_we_did
/you-said-we-did                               GET        anyone
"""


def ways(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Each method of each rule that a view of ours answers."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            for method in sorted((rule.methods or set()) - LOOKS):
                yield method, rule


def opened_by(app: Flask, rule: Rule) -> str:
    """Who may use a rule, in words."""
    permission = permission_of(app.view_functions[rule.endpoint])
    if permission is not None:
        return permission.value
    if "token" in rule.arguments:
        return WITH_ITS_LINK
    return WITH_ITS_TOKEN if rule.endpoint.startswith("hooks.") else OPEN_TO_ANYBODY


def table(app: Flask) -> list[str]:
    """The doors as they are made: address, methods, and who may come through."""
    methods: dict[tuple[str, str], list[str]] = defaultdict(list)
    for method, rule in ways(app):
        plain = re.sub(r"<[^<>]*?:?(\w+)>", r"<\1>", re.sub(r"\(.*?\)", "", rule.rule))
        methods[plain, opened_by(app, rule)].append(method)
    return sorted(f"{path:46} {' '.join(sorted(set(how))):10} {who}" for (path, who), how in methods.items())


def test_the_table_names_every_way_in_and_who_may_use_it(app: Flask) -> None:
    written = {" ".join(line.split()) for line in DOORS.strip().splitlines()}
    made = {" ".join(line.split()) for line in table(app)}
    assert made == written, "the doors are now:\n" + "\n".join(table(app))


def test_every_view_of_staff_and_of_the_forum_names_its_permission(app: Flask) -> None:
    unguarded = [
        rule.rule
        for _, rule in ways(app)
        if rule.endpoint.partition(".")[0] in {"staff", "forum"}
        and permission_of(app.view_functions[rule.endpoint]) is None
    ]
    assert unguarded == []


def test_the_menu_asks_for_the_permission_that_its_page_needs(app: Flask) -> None:
    for place in navigation.PLACES:
        assert permission_of(app.view_functions[place.endpoint]) is place.permission, place.label


@pytest.mark.parametrize(
    ("role", "first"),
    [
        (Role.ENGAGEMENT_OFFICER, "Today"),
        (Role.SEND_QA, "Cases"),
        (Role.FORUM_STEERING_GROUP, "What is being done"),
        (Role.ANALYST, "Figures"),
        (Role.ADMINISTRATOR, "People and roles"),
        (Role.SIGNATORY, "Letters"),
        (Role.FACILITATOR, "Activities"),
    ],
)
def test_each_role_lands_on_its_own_work(app: Flask, role: Role, first: str) -> None:
    with app.test_request_context():
        assert navigation.places_for(Staff(roles=[role.value]))[0].label == first


@pytest.fixture
def sample(session: Session, settings: Settings) -> dict[str, Any]:
    """One of each thing an address can name, with other people's rows beside it."""
    factories.noise(session)
    values = one_of_each(session, settings)
    session.commit()
    return values


def one_of_each(session: Session, settings: Settings) -> dict[str, Any]:
    """What stands for each part of an address; for a token, by the beginning of the address."""
    invitation = factories.invitation(session, factories.campaign(session), state=InvitationState.ASKING)
    survey_token, _ = factories.survey_link(session, invitation, settings=settings, purpose="test")
    asking = factories.message(session, template="survey_invitation")
    case = factories.case(session)
    account = factories.staff(session)
    request_sign_in(session, account.email, settings=settings, now=MONDAY)
    joined = factories.registration(session, digest=digest(REGISTER_TOKEN))
    voice = factories.child_voice(session)
    unheld = factories.invitation(session, invitation.campaign, state=InvitationState.ASKING)
    booklet = factories.booklet(session, unheld, settings=settings, batch="abcdef123456")
    return {
        "booklet_id": booklet.id,
        "batch": booklet.batch,
        "video_id": factories.question_video(session).id,
        "session_id": voice.session_id,
        "number": voice.number,
        "asked": "help_i_get",
        "drawing": factories.drawing(session, voice).name,
        "how": "finish",
        "what": "add",
        "activity_id": factories.activity(session).id,
        "to": "archived",
        "/r/": survey_token,
        "/register/": REGISTER_TOKEN,
        "/sign-in/": sign_in_token(session, settings),
        "staff_id": account.id,
        "campaign_id": invitation.campaign_id,
        "invitation_id": invitation.id,
        "person_id": invitation.person_id,
        "event_id": invitation.plan_event_id,
        "child_id": invitation.plan_event.plan.child_id,
        "parent_id": invitation.person_id,
        "hold_id": factories.hold(session, invitation.person).id,
        "contact_id": factories.ladder_contact(session, invitation, message_id=asking.id).id,
        "act": "pause",
        "kind": "csv",
        "about": "ethnic_group",
        "text_id": factories.free_text(session, case.response, "A few words").id,
        "question_id": "assessment_positive",
        "mailbox_id": factories.role_mailbox(session).id,
        "/o/": factories.open_visit(session, slug="sen-support-test", settings=settings),
        "slug": "sen-support-test",
        "link_id": 1,
        "mode": "paper",
        "code": "post_issuance",
        "version": 3,
        "deed": "retire",
        "part": "survey",
        "page": "start",
        "reference": case.reference,
        "step": "triage",
        "share_id": factories.weekly_share(session).id,
        "import_id": import_with_a_faulty_row(session),
        "entry_id": factories.commitment(session).id,
        "channel": "letter",
        "name": "joint_invitation",
        "language": "en",
        "spoken": "ar",
        "domain": "messages",
        "membership_id": factories.membership(session).id,
        "registration_id": joined.id,
    }


def import_with_a_faulty_row(session: Session) -> int:
    """The number of a file that was looked at and has a row to mend."""
    content = (PROJECT / "docs" / "sample-import.csv").read_bytes().rstrip() + b"\nnot a row\n"
    reading = read(
        content, "plans.csv", settings=ReadingSettings(today=MONDAY.date(), local_authority="314", demonstration=True)
    )
    return importing.upload(session, content, reading, mapping_id=None, by=SYSTEM, now=MONDAY).id


def sign_in_token(session: Session, settings: Settings) -> str:
    """The text of the sign-in link just asked for."""
    link = session.scalars(select(SignInLink)).one()
    return str(remake(settings.secrets, PURPOSE, link.nonce, link.digest))


def address(rule: Rule, sample: dict[str, Any]) -> str:
    """The rule's address with each of its parts filled in; a part nobody has named here is a mistake in this test."""
    token = next((value for start, value in sample.items() if rule.rule.startswith(start)), None)
    values = sample | {"token": token}
    missing = rule.arguments - set(values)
    assert not missing, f"{rule.rule}: say in the fixture `sample` what stands for {', '.join(missing)}"
    built = rule.build({name: values[name] for name in rule.arguments})
    assert built is not None
    return built[1]


@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role or "stranger")
def test_nobody_comes_through_a_door_that_is_not_theirs(
    app: Flask,
    client: StrictClient,
    session: Session,
    sign_in: Callable[[StrictClient, Staff], StrictClient],
    sample: dict[str, Any],
    role: Role | None,
) -> None:
    if role:
        sign_in(client, factories.staff(session, "Nosy Person", role))
    for method, rule in ways(app):
        permission = permission_of(app.view_functions[rule.endpoint])
        if permission is None or (role and permission in GRANTS[role]):
            continue
        answer = client.open(address(rule, sample), method=method)
        if role:
            assert answer.status_code == 403, f"{method} {rule.rule}"
        else:
            assert answer.location == "/sign-in", f"{method} {rule.rule}"


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the audit, where looking at a case or a family is itself recorded."""
    with database.reading() as reading:
        return {
            table.name: [tuple(row) for row in reading.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
            if table.name != "audit_event"
        }


@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role or "stranger")
def test_looking_at_every_page_works_and_changes_nothing(
    app: Flask,
    client: StrictClient,
    session: Session,
    database: Database,
    sign_in: Callable[[StrictClient, Staff], StrictClient],
    sample: dict[str, Any],
    role: Role | None,
) -> None:
    if role:
        sign_in(client, factories.staff(session, "Nosy Person", role))
    session.commit()
    before = everything(database)
    for method, rule in ways(app):
        permission = permission_of(app.view_functions[rule.endpoint])
        if method == "GET" and (permission is None or (role and permission in GRANTS[role])):
            answer = client.get(address(rule, sample))
            assert answer.status_code < 400 or answer.status_code in NOT_NOW, f"{rule.rule}: {answer.status_code}"
    session.rollback()
    assert everything(database) == before


def test_every_permission_opens_something(app: Flask) -> None:
    used = {permission_of(app.view_functions[rule.endpoint]) for _, rule in ways(app)}
    assert set(Permission) - used == set()
