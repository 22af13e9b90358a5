"""Makes the pictures of the README: `make screenshots`. The same demonstration on the same day gives the same pictures."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy.orm import Session

from engage.accounts.permissions import Role
from engage.campaigns import importing
from engage.core.audit import SYSTEM
from engage.core.clock import london_date
from engage.core.config import PROJECT
from engage.demonstration.run import rows_as_csv
from engage.demonstration.sample import sample_rows
from engage.plans.reading import ReadingSettings, read
from tests.browser.area import Area, opened
from tests.chromium import launch
from tests.databases import Servers
from tests.web.respond.family import ask

PICTURES = PROJECT / "docs" / "images"
MOST_BYTES = 150_000
FRIDAY = datetime(2026, 3, 13, 10, 20, tzinfo=UTC)
DESK, PHONE = {"width": 1280, "height": 860}, {"width": 320, "height": 860}


def today(browser: Browser, area: Area) -> Path:
    """The officer's page on a desk, with a file that waits."""
    now = area.house.clock.now()
    content = rows_as_csv(sample_rows(london_date(now)))
    reading = read(content, "plans.csv", settings=ReadingSettings(today=london_date(now), demonstration=True))
    with area.house.database.writing() as session:
        importing.upload(session, content, reading, mapping_id=None, by=SYSTEM, now=now)
        session.commit()
    with browser.new_context(viewport=DESK) as context:  # type: ignore[arg-type]
        area.sign_in(context, Role.ENGAGEMENT_OFFICER)
        page = context.new_page()
        page.goto(f"{area.url}/staff/today")
        page.screenshot(path=PICTURES / "today.png", full_page=True)
    return PICTURES / "today.png"


def question(browser: Browser, area: Area) -> Path:
    """A question as a parent meets it on a small phone, with one answer chosen."""
    with Session(area.house.database.engine) as session:
        url = area.url + ask(session, area.house.settings).url
    with browser.new_context(viewport=PHONE, device_scale_factor=1.5, java_script_enabled=False) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(url)
        page.get_by_role("button", name="Start").click()
        page.get_by_label("Agree", exact=True).check()
        page.screenshot(path=PICTURES / "question.png")
    return PICTURES / "question.png"


def main() -> None:
    """Make them all, and say how large they are."""
    PICTURES.mkdir(exist_ok=True)
    with (
        TemporaryDirectory() as folder,
        Servers.open(Path(folder), kind="sqlite") as servers,
        servers.fresh() as database,
        opened(database, families=500, months=7, at=FRIDAY) as area,
        sync_playwright() as playwright,
        launch(playwright) as browser,
    ):
        made = [picture(browser, area) for picture in (today, question)]
    for path in made:
        size = path.stat().st_size
        click.echo(f"{path.relative_to(PROJECT)}  {size / 1000:.0f} kB")
        if size > MOST_BYTES:
            sys.exit(f"{path.name} is larger than {MOST_BYTES / 1000:.0f} kB.")


if __name__ == "__main__":
    main()
