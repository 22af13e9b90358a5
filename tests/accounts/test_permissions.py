"""Who may do what, as one table to read."""

import pytest

from engage.accounts.permissions import GRANTS, Permission, Role, granted, roles_with

WHO_MAY = """
                         officer  send_qa  forum  analyst  administrator  signatory  facilitator
see_today                   x        .       .       .          .              .          .
import_plans                x        .       .       .          .              .          .
run_campaigns               x        .       .       .          .              .          .
see_families                x        x       .       .          .              .          .
place_holds                 x        x       .       .          .              .          .
lift_holds                  x        x       .       .          .              .          .
check_carers                x        x       .       .          .              .          .
make_calls                  x        .       .       .          .              .          .
run_activities              x        .       .       .          .              .          x
facilitate_sessions         x        .       .       .          .              .          x
take_paper                  x        .       .       .          .              .          .
link_videos                 x        .       .       .          .              .          .
see_cases                   .        x       .       .          .              .          .
work_cases                  .        x       .       .          .              .          .
accept_share                .        x       .       .          .              .          .
see_figures                 x        x       .       x          .              .          .
release_figures             x        .       .       x          .              .          .
see_being_heard             x        x       .       x          .              .          .
write_you_said_we_did       x        x       .       .          .              .          .
publish_you_said_we_did     x        .       .       .          .              .          .
see_joining                 x        .       .       .          .              .          .
see_letters                 x        .       .       .          x              x          .
sign_letters                .        .       .       .          .              x          .
sign_for_forum              .        .       x       .          .              .          .
see_forum_view              .        .       x       .          .              .          .
see_forum_members           .        .       x       .          .              .          .
manage_surveys              .        .       .       .          x              .          .
keep_translations           .        .       .       .          x              .          .
manage_people               .        .       .       .          x              .          .
move_clock                  x        x       .       .          x              .          .
see_audit                   .        .       .       .          x              .          .
"""
ROLES = [
    Role.ENGAGEMENT_OFFICER,
    Role.SEND_QA,
    Role.FORUM_STEERING_GROUP,
    Role.ANALYST,
    Role.ADMINISTRATOR,
    Role.SIGNATORY,
    Role.FACILITATOR,
]
ROWS = [line.split() for line in WHO_MAY.strip().splitlines()[1:]]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
def test_a_role_may_do_what_the_table_says_and_no_more(row: list[str]) -> None:
    permission = Permission(row[0])
    assert [permission in GRANTS[role] for role in ROLES] == [mark == "x" for mark in row[1:]]


def test_the_table_names_every_permission_once() -> None:
    assert sorted(row[0] for row in ROWS) == sorted(Permission)


def test_every_permission_and_every_role_is_described_in_words() -> None:
    assert all(permission.description.endswith(".") for permission in Permission)
    assert all(role.human_name and role.description.endswith(".") for role in Role)


def test_several_roles_give_what_each_of_them_gives_and_an_unknown_one_nothing() -> None:
    both = granted(["analyst", "administrator", "a_role_of_the_past"])
    assert both == GRANTS[Role.ANALYST] | GRANTS[Role.ADMINISTRATOR]
    assert granted([]) == frozenset()


def test_whom_to_ask_follows_from_the_table() -> None:
    assert roles_with(Permission.MAKE_CALLS) == [Role.ENGAGEMENT_OFFICER]
