"""The main job, as README walks a newcomer through it: a plan is issued, a family is asked, answers, is followed up and told."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Running, sign_in, then_the_page_is_accessible

pytestmark = [pytest.mark.browser, pytest.mark.onedatabase]

SAMPLE_FAMILY = "meena.testnathan@example.org"


class Story:
    """One telling of it, in sentences."""

    def __init__(self, running: Running, page: Page, phone: Page, magnifier: Page) -> None:
        self.running, self.page, self.phone, self.magnifier = running, page, phone, magnifier
        self.case = ""

    def then_the_phone_shows_it_well(self) -> None:
        self.magnifier.goto(self.phone.url)
        then_the_page_is_accessible(self.magnifier)

    def go(self, path: str, heading: str | re.Pattern[str]) -> None:
        self.page.goto(self.running.url + path)
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)
        then_the_page_is_accessible(self.page)

    def press(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("main").get_by_role("button", name=name).first.click()

    # given

    def given_bronwen_has_signed_in(self) -> None:
        sign_in(self.page, self.running, "bronwen@example.org")
        self.go("/staff/today", "Today")

    def and_she_has_imported_the_sample_file(self) -> None:
        self.go("/staff/imports", "Import plans and families")
        sample = self.running.folder / "var" / "demonstration" / "sample-import.csv"
        self.page.get_by_label("File from the case system").set_input_files(sample)
        self.press("Look at this file")
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("Check this file")
        expect(self.page.get_by_role("main")).to_contain_text("Nothing has been changed yet")
        then_the_page_is_accessible(self.page)
        self.press("Import this file")
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("Imported")
        then_the_page_is_accessible(self.page)

    def and_she_sees_who_will_be_asked(self) -> None:
        self.page.get_by_role("link", name="See who will be asked: After a new plan").click()
        expect(self.page.get_by_role("main")).to_contain_text("Meena Testnathan")
        then_the_page_is_accessible(self.page)

    # when

    def when_time_passes_until_the_family_is_asked(self) -> None:
        for _ in range(5):
            self.page.goto(self.running.url + "/staff/clock")
            self.press(re.compile("^To "))
            self.page.wait_for_timeout(4000)  # the worker's rounds: there is nothing on a page to wait for
            if self.running.messages(to=SAMPLE_FAMILY):
                return
            self.page.goto(self.running.url + "/staff/clock")
            self.press(re.compile("^1 week"))
        raise AssertionError("nothing was sent to the family in five weeks")

    def and_amina_answers_on_an_old_phone(self) -> None:
        [message, *_] = self.running.messages(to=SAMPLE_FAMILY)
        link = next(link for link in self.running.links(message) if "/r/" in link and "stop" not in link)
        phone = self.phone
        phone.goto(link)
        self.then_the_phone_shows_it_well()
        phone.get_by_role("link", name="English").click()  # the file says that they read Tamil: they may choose
        self.then_the_phone_shows_it_well()
        phone.get_by_role("button", name="Start").click()
        for answer in ("Strongly disagree", "Disagree", "Agree", "Strongly agree"):
            self.then_the_phone_shows_it_well()
            phone.get_by_label(answer, exact=True).check()
            phone.get_by_role("button", name="Continue").click()
        for _ in range(3):  # questions that may be left
            self.then_the_phone_shows_it_well()
            phone.get_by_role("radio").first.check()
            phone.get_by_role("button", name="Continue").click()
        self.then_the_phone_shows_it_well()
        phone.get_by_role("textbox").fill("It took too long. 🙂 شکریہ")
        phone.get_by_role("button", name="Continue").click()
        phone.get_by_label("Yes, you can contact me").check()
        phone.get_by_role("button", name="Continue").click()
        expect(phone.get_by_role("heading", level=1)).to_have_text("Check your answers")
        self.then_the_phone_shows_it_well()
        phone.get_by_role("button", name="Send your feedback").click()
        expect(phone.get_by_role("heading", level=1)).to_contain_text("Thank you")
        self.then_the_phone_shows_it_well()

    def and_bronwen_takes_answers_on_the_telephone(self) -> None:
        for _ in range(4):
            self.page.goto(self.running.url + "/staff/calls")
            if self.page.get_by_role("link", name=re.compile("^0")).count():
                break
            self.page.goto(self.running.url + "/staff/clock")
            self.press(re.compile("^1 week"))
            self.page.wait_for_timeout(4000)
        self.go("/staff/calls", "Calls to make")
        self.page.locator(".app-call", has=self.page.get_by_role("link", name=re.compile("^0"))).first.get_by_role(
            "link", name=re.compile("Open the call")
        ).click()
        then_the_page_is_accessible(self.page)
        for group in self.page.get_by_role("group").all():
            agree = group.get_by_label("Agree", exact=True)
            if agree.count():
                agree.check()
        self.page.get_by_label("No, but you can use what I said without my name").check()
        self.press("Send their answers")
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("Calls to make")

    # then

    def then_send_qa_sees_the_case(self) -> None:
        sign_in(self.page, self.running, "callum@example.org")
        self.go("/staff/cases", "Cases")
        self.page.get_by_role("link", name="All open cases").click()
        expect(self.page.get_by_role("heading", level=2).first).to_have_text("All open cases")
        opened = self.page.get_by_role("main").get_by_role("link", name=re.compile("^C[A-Z0-9]{7}$")).last
        self.case = opened.inner_text()
        opened.click()
        expect(self.page.get_by_role("main")).to_contain_text("It took too long. 🙂 شکریہ")
        then_the_page_is_accessible(self.page)

    def and_the_week_is_shared_on_monday_once(self) -> None:
        sign_in(self.page, self.running, "bronwen@example.org")
        self.page.goto(self.running.url + "/staff/clock")
        self.press(re.compile("^1 week"))
        self.page.wait_for_timeout(4000)
        sign_in(self.page, self.running, "callum@example.org")
        self.go("/staff/share", "Monday share")
        expect(
            self.page.get_by_role("main").get_by_role("link", name=re.compile("^C[A-Z0-9]{7}$")).first
        ).to_be_visible()
        self.press(re.compile("^Accept"))
        then_the_page_is_accessible(self.page)

    def and_you_said_we_did_is_published(self) -> None:
        sign_in(self.page, self.running, "bronwen@example.org")
        self.go("/staff/you-said-we-did/new", "Write an entry")
        self.page.get_by_label("What is it about?").select_option(label="Waiting times")
        self.page.get_by_label("You said", exact=True).fill("We wait too long for the plan.")
        self.page.get_by_label("How many families said it").fill("12")
        self.page.get_by_role("radio", name="We did", exact=True).check()
        self.page.get_by_label("What we did, or are doing").fill("We write to you after six weeks.")
        self.press("Save")
        self.page.get_by_role("link", name=re.compile("^Publish")).or_(
            self.page.get_by_role("button", name=re.compile("^Publish"))
        ).first.click()
        then_the_page_is_accessible(self.page)
        self.press("Publish")
        self.phone.goto(self.running.url + "/you-said-we-did")
        expect(self.phone.get_by_role("main")).to_contain_text("We wait too long for the plan.")
        self.then_the_phone_shows_it_well()

    def and_the_analyst_reads_the_figures(self) -> None:
        sign_in(self.page, self.running, "esther@example.org")
        self.go("/staff/figures", "Figures")
        expect(self.page.get_by_role("main")).to_contain_text(re.compile(r"\d+/\d+"))
        self.go("/staff/being-heard", "Being heard")


def test_the_main_job_from_a_plan_to_you_said_we_did(
    running: Running, page: Page, phone: Page, magnifier: Page
) -> None:
    story = Story(running, page, phone, magnifier)
    story.given_bronwen_has_signed_in()
    story.and_she_has_imported_the_sample_file()
    story.and_she_sees_who_will_be_asked()
    story.when_time_passes_until_the_family_is_asked()
    story.and_amina_answers_on_an_old_phone()
    story.and_bronwen_takes_answers_on_the_telephone()
    story.then_send_qa_sees_the_case()
    story.and_the_week_is_shared_on_monday_once()
    story.and_you_said_we_did_is_published()
    story.and_the_analyst_reads_the_figures()
