"""Activities and sessions in words, the same on every page."""

from engage.activities.activity_models import ActivityKind, ActivityState, CameAs
from engage.activities.session_models import AlsoThere, Permission, SessionKind, SessionState, Shown

KINDS = {
    ActivityKind.DROP_IN: "Drop-in",
    ActivityKind.COFFEE_MORNING: "Coffee morning",
    ActivityKind.EVENT: "Event",
    ActivityKind.CONSORTIUM: "Consortium meeting",
    ActivityKind.TRAINING: "Training",
    ActivityKind.WORKSHOP: "Workshop",
    ActivityKind.COPRODUCTION: "Co-production project",
}
CAME = {
    CameAs.PARENT_CARERS: "Parents and carers",
    CameAs.YOUNG_PEOPLE: "Children and young people",
    CameAs.PROFESSIONALS: "People who work with families",
    CameAs.OTHERS: "Others",
}
STATES = {
    ActivityState.PLANNED: "Planned and held",
    ActivityState.CANCELLED: "Cancelled",
    ActivityState.ARCHIVED: "Put away",
}
SESSION_KINDS = {
    SessionKind.ONE_CHILD: ("One child or young person", ""),
    SessionKind.GROUP: ("A group", "Each one by number, or all together by counting."),
}
SESSION_STATES = {
    SessionState.PLANNED: "open",
    SessionState.FINISHED: "done",
    SessionState.CANCELLED: "cancelled",
}
ALSO_THERE = {
    AlsoThere.PARENT_CARER: "A parent or carer",
    AlsoThere.TEACHER: "A teacher",
    AlsoThere.SUPPORT_WORKER: "A support worker or teaching assistant",
    AlsoThere.SOCIAL_WORKER: "A social worker",
    AlsoThere.HEALTH_WORKER: "A health worker or therapist",
    AlsoThere.ADVOCATE: "An advocate",
    AlsoThere.INTERPRETER: "An interpreter",
    AlsoThere.OTHER: "Somebody else",
}
PERMISSIONS = {
    Permission.PARENT: ("A parent or carer said yes", "They know what it is for, and that the child may say no."),
    Permission.DECIDES: ("They are 16 or over, and decide themselves", "Everybody is taken to be able to decide."),
    Permission.UNDERSTANDS: (
        "They are under 16, and understand enough to decide this",
        "Say below how you know. A parent should still know of it, unless that is not safe.",
    ),
    Permission.REPRESENTATIVE: (
        "They are 16 or over, cannot decide this, and their representative said yes",
        "Say below who found that, and when.",
    ),
}
SHOWN = {
    Shown.WORDS: ("They said yes", "speech_bubble"),
    Shown.SYMBOL: ("They chose the yes symbol", "thumbs_up"),
    Shown.GESTURE: ("They nodded, pointed or signed yes", "person"),
    Shown.DEVICE: ("They said yes with a device", "computer"),
}
