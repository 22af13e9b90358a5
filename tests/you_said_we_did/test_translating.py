"""An entry in another language: a draft, reviewed, and out of date when the English changes."""

import pytest
from sqlalchemy.orm import Session

from engage.core.audit import staff_actor
from engage.core.errors import Invalid, NotFound
from engage.you_said_we_did import services
from engage.you_said_we_did.services import TranslatedWords
from tests import factories
from tests.conftest import MONDAY

BY = staff_actor(1)


def test_families_read_a_reviewed_translation_until_the_english_changes(session: Session) -> None:
    entry = factories.commitment(session)
    words = TranslatedWords(you_said="قلتم", we_did="فعلنا", because="لأن", impact_note="تغير")
    services.translate(session, entry, "ar", words, reviewed=False, by=BY, now=MONDAY)
    assert entry.words_in("ar") is entry
    assert entry.words_in("ar", drafts=True).you_said == "قلتم"
    services.translate(session, entry, "ar", words, reviewed=True, by=BY, now=MONDAY)
    assert entry.words_in("ar").you_said == "قلتم"
    assert len(entry.translations) == 1
    entry.you_said = "Something else"
    assert entry.words_in("ar", drafts=True) is entry


def test_nothing_that_the_english_says_is_left_out(session: Session) -> None:
    entry = factories.commitment(session)
    with pytest.raises(Invalid) as refused:
        services.translate(session, entry, "ar", TranslatedWords(you_said=""), reviewed=True, by=BY, now=MONDAY)
    assert "you_said" in refused.value.fields
    with pytest.raises(NotFound):
        services.translate(session, entry, "en", TranslatedWords(you_said="x"), reviewed=True, by=BY, now=MONDAY)
