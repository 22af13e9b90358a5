"""Writing, publishing and taking back an entry."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core.audit import AuditEvent, staff_actor
from engage.core.errors import Conflict, Invalid, NotFound
from engage.core.themes import Theme
from engage.you_said_we_did import queries, services
from engage.you_said_we_did.models import Commitment, CommitmentState, Impact, PublicationState
from engage.you_said_we_did.rules import heard_from_in_words, unfit_to_publish
from engage.you_said_we_did.services import EntryWords
from tests import factories

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
BRONWEN = staff_actor(2)


def words(**changes: Any) -> EntryWords:
    values: dict[str, Any] = {
        "theme": Theme.ANNUAL_REVIEW,
        "year": 2025,
        "you_said": "The review form is too long.",
        "heard_from": 12,
        "we_did": "We made it half as long.",
        "state": CommitmentState.DID,
    }
    return EntryWords(**(values | changes))


def drafted(session: Session, **changes: Any) -> Commitment:
    return services.draft(session, words(**changes), local_authority="314", by=BRONWEN, now=NOW)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"state": CommitmentState.DID, "we_did": " "}, {"we_did"}),
        ({"state": CommitmentState.DOING, "we_did": ""}, {"we_did"}),
        ({"state": CommitmentState.COULD_NOT, "we_did": "", "because": ""}, {"because"}),
        ({"state": CommitmentState.COULD_NOT, "we_did": "", "because": "There is no money for it."}, set()),
        ({"state": CommitmentState.CONSIDERING, "we_did": ""}, set()),
        ({"impact": Impact.SEEN}, {"impact_note"}),
        ({"impact": Impact.SEEN, "impact_note": "Reviews take an hour less."}, set()),
        ({"impact": Impact.NOT_YET_SEEN}, set()),
        ({"you_said": "My son has Autistic Spectrum Disorder."}, {"you_said"}),
        ({"we_did": "Training on ASD."}, {"we_did"}),
        ({"we_did": "Training on autistic spectrum\n condition."}, set()),
    ],
)
def test_an_entry_is_published_only_when_it_says_what_it_must(
    session: Session, changes: dict[str, Any], wrong: set[str]
) -> None:
    entry = drafted(session, **changes)
    assert set(unfit_to_publish(entry)) == wrong
    if wrong:
        with pytest.raises(Invalid) as refused:
            services.publish(session, entry, by=BRONWEN, now=NOW)
        assert set(refused.value.fields) == wrong
        assert entry.publication is PublicationState.DRAFT
    else:
        services.publish(session, entry, by=BRONWEN, now=NOW)
        assert (entry.publication, entry.published_at, entry.published_by) == ("published", NOW, "staff:2")


def test_the_agreed_term_is_named_in_the_refusal(session: Session) -> None:
    found = unfit_to_publish(drafted(session, you_said="He has autistic  spectrum disorder."))
    assert found == {"you_said": "Write “autistic spectrum condition” instead of “autistic spectrum disorder”"}


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (None, None),
        (1, "A few families said this."),
        (4, "A few families said this."),
        (5, "5 families said this."),
        (1200, "1,200 families said this."),
    ],
)
def test_a_small_number_is_told_as_a_few(number: int | None, told: str | None) -> None:
    assert heard_from_in_words(number) == told


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"you_said": " "}, "you_said"),
        ({"heard_from": 0}, "heard_from"),
        ({"year": 2013}, "year"),
        ({"year": 2027}, "year"),
    ],
)
def test_what_cannot_be_kept_at_all_is_named(session: Session, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        drafted(session, **changes)
    assert list(refused.value.fields) == [field]


def test_a_financial_year_that_has_not_begun_is_refused(session: Session) -> None:
    with pytest.raises(Invalid):
        services.draft(
            session, words(year=2026), local_authority="314", by=BRONWEN, now=datetime(2026, 3, 31, 12, tzinfo=UTC)
        )


def test_a_published_entry_stays_fit_when_it_is_changed(session: Session) -> None:
    entry = drafted(session)
    services.publish(session, entry, by=BRONWEN, now=NOW)
    later = NOW + timedelta(days=30)

    services.change(
        session, entry, words(impact=Impact.SEEN, impact_note="Fewer pages to read."), by=BRONWEN, now=later
    )
    assert (entry.publication, entry.published_at, entry.changed_at) == ("published", NOW, later)

    with pytest.raises(Invalid):
        services.change(session, entry, words(we_did=""), by=BRONWEN, now=later)


def test_an_entry_taken_back_is_a_draft_again_once_it_is_changed(session: Session) -> None:
    entry = drafted(session)
    with pytest.raises(Conflict):
        services.withdraw_publication(session, entry, by=BRONWEN, now=NOW)
    services.publish(session, entry, by=BRONWEN, now=NOW)
    services.withdraw_publication(session, entry, by=BRONWEN, now=NOW)
    assert queries.published(session, local_authority="314") == []
    with pytest.raises(Conflict):
        services.publish(session, entry, by=BRONWEN, now=NOW)

    services.change(session, entry, words(), by=BRONWEN, now=NOW)
    services.publish(session, entry, by=BRONWEN, now=NOW)

    assert session.scalars(select(AuditEvent.kind).order_by(AuditEvent.id)).all() == [
        "you_said_we_did.drafted",
        "you_said_we_did.published",
        "you_said_we_did.withdrawn",
        "you_said_we_did.changed",
        "you_said_we_did.published",
    ]


def test_the_public_sees_published_entries_of_its_own_area(session: Session, noise: None) -> None:
    def entry(**given: Any) -> Commitment:
        return factories.commitment(session, publication=PublicationState.PUBLISHED, published_at=NOW, **given)

    old = entry(year=2024, theme=Theme.HEALTH)
    plan = entry(year=2025, theme=Theme.PLAN)
    health = entry(year=2025, theme=Theme.HEALTH)
    richmond = entry(local_authority="318")

    assert queries.published(session, local_authority="314") == [health, plan, old]
    assert queries.published(session, local_authority="314", year=2025) == [health, plan]
    assert queries.published(session, local_authority="314", theme=Theme.HEALTH) == [health, old]
    with pytest.raises(NotFound):
        queries.entry(session, richmond.id, local_authority="314")


def test_drafts_and_withdrawn_entries_wait_in_one_list(session: Session) -> None:
    first = drafted(session, due_on=date(2026, 9, 1))
    second = factories.commitment(session, publication=PublicationState.WITHDRAWN)
    assert queries.drafts(session, local_authority="314") == [first, second]
    assert queries.entry(session, first.id, local_authority="314") is first
