"""Whoever asks not to be linked leaves no way back: not one value anywhere joins the answer to the family."""

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from engage.campaigns.models import Invitation, InvitationState
from engage.cases.models import DissatisfactionCase
from engage.core.db import Base, Database
from engage.surveys.models import Response
from tests.browser_client import StrictClient
from tests.web.respond.family import HAPPY, UNHAPPY, Asked, answer_all, send

OF_THE_ANSWER = {"response", "free_text", "dissatisfaction_case"}
"""Tables that hold the answer itself, and so may name it."""


def pointers_to_responses() -> set[tuple[str, str]]:
    """Every column that is a foreign key to a response."""
    return {
        (table.name, key.parent.name)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "response"
    }


@pytest.mark.parametrize("answers", [HAPPY, UNHAPPY])
def test_do_not_link_leaves_no_pointer_anywhere(
    client: StrictClient, session: Session, database: Database, asked: Asked, answers: dict[str, str], noise: None
) -> None:
    answer_all(client, asked, answers | {"contact": "do_not_link", "comment": "Unlinked words"})
    assert send(client, asked).location == f"{asked.url}/thank-you"
    response = session.scalars(select(Response).where(Response.survey == "post_issuance", Response.answers != {})).one()
    invitation = session.get_one(Invitation, asked.invitation.id, populate_existing=True)
    assert invitation.state is InvitationState.ANSWERED
    assert invitation.response_id is None
    session.expunge(response)
    with database.reading() as reading:
        standing = set(inspect(reading.connection()).get_table_names())
        for table in Base.metadata.sorted_tables:
            if table.name in OF_THE_ANSWER or table.name not in standing:
                continue
            for row in reading.execute(table.select()).mappings():
                assert response.reference not in repr(dict(row)), table.name
                for column in table.columns:
                    if (table.name, column.name) in pointers_to_responses():
                        assert row[column.name] != response.id
                if table.name == "audit_event":
                    assert row["subject_kind"] != "response"
                    assert "response" not in row["detail"]
    for case in session.scalars(select(DissatisfactionCase).where(DissatisfactionCase.response_id == response.id)):
        assert (case.invitation_id, case.may_contact, case.appeal_until) == (None, False, None)


def test_do_not_link_blurs_the_moment_to_the_month(client: StrictClient, session: Session, asked: Asked) -> None:
    answer_all(client, asked, UNHAPPY | {"contact": "do_not_link"})
    send(client, asked)
    response = session.scalars(select(Response)).one()
    case = session.scalars(select(DissatisfactionCase)).one()
    moments = {response.started_at, response.saved_at, response.submitted_at, case.opened_at}
    assert {moment.strftime("%d %H:%M") for moment in moments if moment} == {"01 12:00"}


def test_the_thank_you_says_that_the_link_is_cut_and_gives_no_reference(
    client: StrictClient, session: Session, asked: Asked
) -> None:
    answer_all(client, asked, UNHAPPY | {"contact": "do_not_link"})
    send(client, asked)
    page = client.get(f"{asked.url}/thank-you").text
    assert "We have cut the link" in page
    assert "Your reference" not in page
    assert session.scalars(select(Response.reference)).one() not in page
    assert send(client, asked).location == f"{asked.url}/thank-you"


@pytest.mark.parametrize("choice", ["contact", "without_name"])
def test_the_other_choices_keep_the_link(client: StrictClient, session: Session, asked: Asked, choice: str) -> None:
    answer_all(client, asked, HAPPY | {"contact": choice})
    send(client, asked)
    session.refresh(asked.invitation)
    assert asked.invitation.response is not None
    assert asked.invitation.response.contact_choice == choice
