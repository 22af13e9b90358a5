"""Whatever is thrown at the door is kept as typed or refused in plain words, and never breaks it."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.campaigns.models import Invitation
from engage.core.config import Settings
from engage.core.db import Database
from engage.surveys.models import FreeText, Response
from tests.browser_client import StrictClient
from tests.web.respond.family import HAPPY, Asked, ask, begin, dump, post

NAUGHTY = [
    "\0",
    "nul\0inside",
    "\x01\x02\x0b\x1f\x7f\x85",
    "\ufffe\uffff\U0001ffff",
    "\u202e\u2066right to left",
    "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "Z̸̢̛a̷l̴g̵o̶",
    "'; DROP TABLE response; --",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }} {% raw %} %(x)s ${x} #{x}",
    '=HYPERLINK("x")',
    "../../etc/passwd",
    "undefined null None NaN true",
    "\r\n\r\nSet-Cookie: a=b",
    "ﷺ" * 2000,
    "a" * 100_000,
]
PATHS = ["", "/start", "/question/involved", "/question/comment", "/check", "/send", "/thank-you", "/not-for-me"]
PATHS += ["/not-for-me/told", "/stop", "/nonsense", "/question/", "/question/a/b"]


@pytest.mark.parametrize("words", NAUGHTY)
@pytest.mark.parametrize("question", ["comment", "involved", "contact"])
def test_no_words_break_a_page_that_takes_or_shows_them(
    client: StrictClient, asked: Asked, words: str, question: str
) -> None:
    begin(client, asked)
    for code in ("assessment_positive", "plan_confidence", "involved", "plan_will_help"):
        post(client, f"{asked.url}/question/{code}", {"answer": "3"})
    post(client, f"{asked.url}/question/contact", {"answer": "contact"})
    answer = post(client, f"{asked.url}/question/{question}", {"answer": words})
    assert answer.status_code in (303, 422)
    for path in (f"/question/{question}", "/check"):
        assert client.get(asked.url + path).status_code in (200, 303)


def test_words_are_kept_as_typed_but_for_what_no_database_can_hold(
    client: StrictClient, session: Session, asked: Asked
) -> None:
    begin(client, asked)
    for words in NAUGHTY[1:]:
        post(client, f"{asked.url}/question/comment", {"answer": words})
        session.expire_all()
        assert session.scalars(select(FreeText.text)).one() == words.replace("\0", "")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", PATHS)
def test_every_method_on_every_address_is_answered_calmly(
    client: StrictClient, asked: Asked, method: str, path: str
) -> None:
    begin(client, asked)
    assert client.open(asked.url + path, method=method, csrf=False).status_code < 500


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xff\xfe\x00answer=%", "application/x-www-form-urlencoded"),
        (b"answer=%FF%00&answer=%ED%A0%80&answer", "application/x-www-form-urlencoded"),
        (b'{"answer": "5"}', "application/json"),
        (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
        (b"answer=" + b"a" * 3_000_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"answer=5" for _ in range(2000)), "application/x-www-form-urlencoded"),
        (b"", "nonsense/;;="),
    ],
)
@pytest.mark.parametrize("path", ["/start", "/question/involved", "/question/comment", "/send", "/not-for-me", "/stop"])
def test_a_body_that_is_no_form_is_answered_calmly(
    client: StrictClient, asked: Asked, data: bytes, kind: str, path: str
) -> None:
    begin(client, asked)
    assert client.post(asked.url + path, data=data, content_type=kind, csrf=False).status_code < 500


@pytest.mark.parametrize("letters", [200_000, 3_000_000, 25_000_000])
def test_far_too_many_words_are_refused_in_words_for_a_family(client: StrictClient, asked: Asked, letters: int) -> None:
    begin(client, asked)
    page = post(client, f"{asked.url}/question/comment", {"answer": "a" * letters})
    assert page.status_code in (413, 422)
    assert "too long" in page.text


VISITS = st.lists(
    st.one_of(
        st.tuples(
            st.just("get"), st.sampled_from(["", "/check", "/thank-you", "/question/involved", "/stop", "/send"])
        ),
        st.tuples(st.just("post"), st.sampled_from(["/start", "/start", "/send", "/send"])),
        st.tuples(
            st.sampled_from([f"/question/{question}" for question in HAPPY]),
            st.sampled_from(["5", "1", "not_sure", "contact", "do_not_link", "without_name", "words", ""]),
        ),
        st.tuples(st.just("all"), st.just("")),
    ),
    max_size=20,
)


@given(visits=VISITS)
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_visits_and_answers_leads_to_at_most_one_response_for_each_link(
    client: StrictClient, session: Session, database: Database, settings: Settings, visits: list[tuple[str, str]]
) -> None:
    asked = ask(session, settings)
    session.commit()
    before = session.scalar(select(func.count()).select_from(Response)) or 0
    session.commit()
    for what, value in visits:
        if what == "get":
            standing = dump(database)
            assert client.get(asked.url + value).status_code in (200, 303)
            assert dump(database) == standing
        elif what == "post":
            assert post(client, asked.url + value).status_code == 303
        elif what == "all":
            for question, answer in HAPPY.items():
                post(client, f"{asked.url}/question/{question}", {"answer": answer})
        else:
            assert post(client, asked.url + what, {"answer": value}).status_code in (303, 409, 422)
    after = session.scalar(select(func.count()).select_from(Response)) or 0
    assert after - before in (0, 1)
    sent = session.scalars(select(Invitation.answered_at).where(Invitation.id == asked.invitation.id)).one()
    submitted = session.scalar(select(func.count()).select_from(Response).where(Response.submitted_at.is_not(None)))
    assert (sent is not None) <= (submitted is not None and submitted > 0)
    session.commit()
