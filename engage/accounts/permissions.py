"""Who may do what: every permission in words, and the roles that give them."""

from collections.abc import Iterable
from enum import StrEnum


class Permission(StrEnum):
    """One thing a signed-in person may do; its description is what an administrator reads."""

    description: str

    def __new__(cls, value: str, description: str) -> "Permission":
        member = str.__new__(cls, value)
        member._value_ = value
        member.description = description
        return member

    SEE_TODAY = "see_today", "See what needs doing today."
    IMPORT_PLANS = "import_plans", "Bring in a file of plans and families, and undo it."
    RUN_CAMPAIGNS = "run_campaigns", "Start, pause and watch the asking of families."
    SEE_FAMILIES = "see_families", "Open a family's page: who they are, and what was said to them and when."
    PLACE_HOLDS = "place_holds", "Stop all contact with somebody, and say why."
    LIFT_HOLDS = "lift_holds", "Allow contact again after somebody else stopped it."
    CHECK_CARERS = (
        "check_carers",
        "Write down who may be asked about a looked-after child, and if a young person can decide.",
    )
    MAKE_CALLS = "make_calls", "Ring families, and write down the answers they give on the phone."
    RUN_ACTIVITIES = (
        "run_activities",
        "Plan events and meetings, and write down what people answered and said there.",
    )
    FACILITATE_SESSIONS = (
        "facilitate_sessions",
        "Meet children and young people, and write down what they say and draw.",
    )
    TAKE_PAPER = "take_paper", "Print surveys as booklets, and type in what families wrote in them."
    LINK_VIDEOS = (
        "link_videos",
        "Say where the videos of a survey’s questions are, such as those in British Sign Language.",
    )
    SEE_CASES = "see_cases", "Read what an unhappy family answered."
    WORK_CASES = "work_cases", "Sort, follow up and close cases."
    ACCEPT_SHARE = "accept_share", "Take over the week's new cases."
    SEE_FIGURES = "see_figures", "See the figures, which name nobody."
    RELEASE_FIGURES = "release_figures", "Put the figures before the forum and the public, with small numbers withheld."
    SEE_BEING_HEARD = "see_being_heard", "See which groups of families answer and which do not."
    WRITE_YOU_SAID_WE_DID = "write_you_said_we_did", "Write down what families said and what was done."
    PUBLISH_YOU_SAID_WE_DID = "publish_you_said_we_did", "Put an entry of You said, we did before the public."
    SEE_JOINING = "see_joining", "See who has joined the SEND Register."
    SEE_LETTERS = "see_letters", "Read the words of every letter and message, and see who has signed them."
    SIGN_LETTERS = "sign_letters", "Sign letters, or object to them, for the organisations the account names."
    SIGN_FOR_FORUM = "sign_for_forum", "Sign letters, or object to them, for the forum."
    SEE_FORUM_VIEW = "see_forum_view", "See what families say and what is being done, as the forum may."
    SEE_FORUM_MEMBERS = "see_forum_members", "See the forum's own members."
    MANAGE_SURVEYS = "manage_surveys", "See every survey, bring in new versions, and say which are in use."
    KEEP_TRANSLATIONS = (
        "keep_translations",
        "See how far each language is, bring in corrections, and mark strings as reviewed.",
    )
    MANAGE_PEOPLE = "manage_people", "Add and stop accounts, and choose their roles."
    MOVE_CLOCK = "move_clock", "Let time pass in a demonstration."
    SEE_AUDIT = "see_audit", "See who did what and when."


class Role(StrEnum):
    """What somebody is in the local area's work; a person may have several."""

    ENGAGEMENT_OFFICER = "engagement_officer"
    SEND_QA = "send_qa"
    FORUM_STEERING_GROUP = "forum_steering_group"
    SIGNATORY = "signatory"
    FACILITATOR = "facilitator"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"

    @property
    def human_name(self) -> str:
        return _NAMES[self][0]

    @property
    def description(self) -> str:
        return _NAMES[self][1]


_NAMES = {
    Role.ENGAGEMENT_OFFICER: (
        "Engagement officer",
        "Asks families, rings them, and tells everyone what was done. Sees who has answered, but what they answered only "
        "on a call they make or in a booklet they type in.",
    ),
    Role.SEND_QA: ("SEND QA", "Follows up every family that was unhappy, until it is put right."),
    Role.FORUM_STEERING_GROUP: (
        "Forum steering group",
        "Sees protected figures and the forum’s own members, and never the SEND Register. The forum is another "
        "organisation, so this role stands alone.",
    ),
    Role.SIGNATORY: (
        "Signatory",
        "Reads letters and signs them, or objects, for the organisations chosen here. Sees no family.",
    ),
    Role.FACILITATOR: (
        "Facilitator",
        "Meets children and young people, and plans events. Sees no family but those they expect to meet.",
    ),
    Role.ANALYST: ("Analyst", "Sees figures and who is being heard, and no name."),
    Role.ADMINISTRATOR: ("Administrator", "Looks after people, roles and the audit. Sees no case and no family."),
}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ENGAGEMENT_OFFICER: frozenset(
        {
            Permission.SEE_TODAY,
            Permission.IMPORT_PLANS,
            Permission.RUN_CAMPAIGNS,
            Permission.SEE_FAMILIES,
            Permission.PLACE_HOLDS,
            Permission.LIFT_HOLDS,
            Permission.CHECK_CARERS,
            Permission.MAKE_CALLS,
            Permission.TAKE_PAPER,
            Permission.LINK_VIDEOS,
            Permission.RUN_ACTIVITIES,
            Permission.FACILITATE_SESSIONS,
            Permission.SEE_FIGURES,
            Permission.RELEASE_FIGURES,
            Permission.SEE_BEING_HEARD,
            Permission.WRITE_YOU_SAID_WE_DID,
            Permission.PUBLISH_YOU_SAID_WE_DID,
            Permission.SEE_JOINING,
            Permission.SEE_LETTERS,
            Permission.MOVE_CLOCK,
        }
    ),
    Role.SEND_QA: frozenset(
        {
            Permission.SEE_FAMILIES,
            Permission.PLACE_HOLDS,
            Permission.LIFT_HOLDS,
            Permission.CHECK_CARERS,
            Permission.SEE_CASES,
            Permission.WORK_CASES,
            Permission.ACCEPT_SHARE,
            Permission.SEE_FIGURES,
            Permission.SEE_BEING_HEARD,
            Permission.WRITE_YOU_SAID_WE_DID,
            Permission.MOVE_CLOCK,
        }
    ),
    Role.FORUM_STEERING_GROUP: frozenset(
        {Permission.SEE_FORUM_VIEW, Permission.SEE_FORUM_MEMBERS, Permission.SIGN_FOR_FORUM}
    ),
    Role.SIGNATORY: frozenset({Permission.SEE_LETTERS, Permission.SIGN_LETTERS}),
    Role.FACILITATOR: frozenset({Permission.RUN_ACTIVITIES, Permission.FACILITATE_SESSIONS}),
    Role.ANALYST: frozenset({Permission.SEE_FIGURES, Permission.RELEASE_FIGURES, Permission.SEE_BEING_HEARD}),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.MANAGE_PEOPLE,
            Permission.MANAGE_SURVEYS,
            Permission.KEEP_TRANSLATIONS,
            Permission.SEE_LETTERS,
            Permission.SEE_AUDIT,
            Permission.MOVE_CLOCK,
        }
    ),
}

STANDS_ALONE = frozenset({Role.FORUM_STEERING_GROUP})
"""Roles of another organisation: held together with one of the council's, they would open a door between two lists."""


def granted(roles: Iterable[str]) -> frozenset[Permission]:
    """Everything that somebody with these roles may do. A role no longer known gives nothing."""
    known = {role.value for role in Role}
    return frozenset().union(*(GRANTS[Role(role)] for role in roles if role in known))


def roles_with(permission: Permission) -> list[Role]:
    """The roles that give a permission, to say whom to ask."""
    return [role for role, permissions in GRANTS.items() if permission in permissions]
