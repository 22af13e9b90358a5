"""Every page that a family or anybody else can open without signing in: in English, Arabic and Tamil, in Chromium and Firefox.

Found by its route, so that none is left out. A window of 320 pixels is a window of 1280 at 400%: nothing is lost there, and
nothing scrolls sideways.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from engage.surveys.formats import Format
from tests.browser.conftest import AXE, NARROW, PATIENCE_MS, WIDE
from tests.browser.families import LANGUAGES, Families, Place, opened
from tests.browser.routes import NOWHERE, leads_nowhere, route_of
from tests.browser.windows import ChromiumWindow, FirefoxWindow, Window, sideways, what_is_wrong
from tests.databases import Servers

pytestmark = [pytest.mark.browser, pytest.mark.onedatabase]

DIRECTIONS = {"en": "ltr", "ar": "rtl", "ta": "ltr"}
_PAGE = r"""(() => {
  const page = document.documentElement, words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const english = [];
  while (words.nextNode()) {
    const around = words.currentNode.parentElement, said = words.currentNode.data.trim();
    const isEnglish = /[a-z]{2} +[a-z]{2}/i.test(said) && !/(?!\p{Script=Latin})\p{L}/u.test(said);
    if (isEnglish && !around.closest('[lang=en], script, style')) english.push(said);
  }
  return {
    seen: [location.pathname, page.lang, page.dir, document.querySelectorAll('h1').length, innerWidth],
    title: document.title, english, links: [...document.links].map(link => link.href),
  };
})()"""
_DRAWN = """(() => {
  const canvas = document.body.appendChild(document.createElement('i'));
  canvas.style.background = 'Canvas';
  const paper = getComputedStyle(canvas).backgroundColor, unseen = [];
  const isLine = (style, line) =>
    style[line + 'Style'] !== 'none' && parseFloat(style[line + 'Width']) > 0 && style[line + 'Color'] !== paper;
  const hasLine = (style) => ['borderTop', 'borderBottom', 'borderLeft', 'borderRight'].some((one) => isLine(style, one));
  const isWritten = (style) => style.textDecorationLine.includes('underline') && style.color !== paper;
  for (const one of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
    if (!one.getClientRects().length || one.closest('[aria-hidden=true]')) continue;
    const isLink = one.matches('a:not(.govuk-button)');
    const mark = one.matches('[type=radio], [type=checkbox]') ? '::before' : undefined;
    const drawn = () => getComputedStyle(mark ? one.labels[0] : one, mark);
    const isDrawn = isLink ? drawn().color !== paper
      : hasLine(drawn()) || isWritten(drawn()) || hasLine(getComputedStyle(one, '::after'));
    one.focus({ focusVisible: true, preventScroll: true });
    const name = one.tagName + ' ' + (one.name || one.textContent.trim());
    if (!isDrawn) unseen.push(name + ' is not drawn in the colours of the reader');
    if (!isLine(drawn(), 'outline')) unseen.push(name + ' shows no focus in the colours of the reader');
  }
  canvas.remove();
  return unseen;
})()"""


@pytest.fixture(scope="module")
def families(servers: Servers) -> Iterator[Families]:
    """Families in every state, and the service that shows them their pages."""
    with servers.fresh() as database, opened(database) as made:
        yield made


@pytest.fixture
def chromium_window(chromium: Browser) -> Iterator[ChromiumWindow]:
    """A fresh window of Chromium, which brings axe to every page."""
    with chromium.new_context(viewport=NARROW) as context:  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(path=AXE)
        yield ChromiumWindow(context.new_page())


def narrow(window: Window) -> list[str]:
    """What is wrong in a window of 320 pixels."""
    window.resize(**NARROW)
    return what_is_wrong(window)


def wide(window: Window) -> list[str]:
    """What is wrong in a window of 1280 pixels."""
    window.resize(**WIDE)
    return what_is_wrong(window)


def not_sideways(window: Window) -> list[str]:
    """Whether anything is lost in a window of 1280 pixels; the rest was seen in English."""
    window.resize(**WIDE)
    return sideways(window)


def in_own_colours(window: Window) -> list[str]:
    """Which controls cannot be seen, or not when the keyboard is on them, by somebody who reads in colours of their own."""
    assert isinstance(window, ChromiumWindow)
    window.page.emulate_media(forced_colors="active")
    unseen = window.evaluate(_DRAWN)
    window.page.emulate_media(forced_colors="none")
    return [str(one) for one in unseen]


LOOKS: dict[tuple[type[Window], str], Sequence[Callable[[Window], list[str]]]] = {
    (ChromiumWindow, "en"): (narrow, wide),
    (ChromiumWindow, "ar"): (narrow, not_sideways, in_own_colours),
    (ChromiumWindow, "ta"): (narrow, not_sideways),
    (FirefoxWindow, "en"): (narrow,),
    (FirefoxWindow, "ar"): (narrow,),
    (FirefoxWindow, "ta"): (narrow,),
}
"""How each page is looked at: everything once, and again only what another browser or language may change."""


WHOLE_FORMATS = {(ChromiumWindow, language) for language in LANGUAGES} | {(FirefoxWindow, "ar")}
"""Where every format is looked at, and not only the standard one."""


def formats_to_see(place: Place, window: Window, language: str) -> Sequence[Format]:
    """The formats in which somebody opens a page; of pages that are alike, only the longest words are tried, those of
    Tamil."""
    here = type(window), language
    if place.is_alike:
        return place.formats if here == (ChromiumWindow, "ta") else ()
    return place.formats if here in WHOLE_FORMATS else (Format.STANDARD,)


class Visitor:
    """Somebody who opens every page in one language, and keeps what was wrong and where."""

    def __init__(self, window: Window, families: Families, language: str) -> None:
        self.window, self.families, self.language = window, families, language
        self.wrong: list[str] = []
        self.titles: dict[str, set[str]] = defaultdict(set)
        self.links: set[str] = set()

    def visits(self, place: Place, in_format: Format) -> None:
        """Go there, see whether it is the page that was meant and says all in its own language, and look at it."""
        address = place.address(self.language, in_format)
        self.window.resize(**NARROW)
        self.window.go(self.families.url + address)
        if place.sends is not None:
            self.window.send(self.families.url + address, place.sends)
        wrong = self.reads(place)
        was_seen = place.is_alike or (place.is_at_work and self.language != "en")
        for look in [sideways] if was_seen else LOOKS[type(self.window), self.language]:
            wrong += look(self.window)
        self.wrong += [f"{address}: {one}" for one in (*wrong, *self.window.heard())]

    def reads(self, place: Place) -> list[str]:
        """What is wrong with where the page is and what it says; its title and its links are kept."""
        found = self.window.evaluate(_PAGE)
        path, spoken = urlsplit(place.path).path, "en" if place.is_at_work else self.language
        expected = [path, spoken, DIRECTIONS[spoken], 1, NARROW["width"]]
        route = route_of(self.families.app, path)
        if route != NOWHERE:
            self.links.update(found["links"])
        if not is_one_of_many(route):
            self.titles[found["title"]].add(route)
        wrong = [f"{found['seen']} and not {expected}"] if found["seen"] != expected else []
        english = found["english"] if spoken != "en" else []
        return wrong + [f"this is not in its language: {said}" for said in english]


def is_one_of_many(route: str) -> bool:
    """Whether a route has an address for each link or question: their titles say what the page is, not whose."""
    return "<" in route


@pytest.fixture(params=["chromium", "firefox"])
def window(request: pytest.FixtureRequest, families: Families) -> Window:
    """A window of each browser, which may see what each family began."""
    found: Window = request.getfixturevalue("chromium_window" if request.param == "chromium" else "fox")
    found.go(families.url)
    for cookie in families.cookies:
        found.keep(cookie.name, cookie.value, families.url + cookie.path)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_families_is_sound_in_every_language(window: Window, families: Families, language: str) -> None:
    visitor = Visitor(window, families, language)
    for place in families.places:
        for in_format in formats_to_see(place, window, language):
            visitor.visits(place, in_format)
    assert "\n".join(visitor.wrong) == ""
    assert families.never_shown == set()
    assert {title: routes for title, routes in visitor.titles.items() if len(routes) > 1} == {}, "titles are not unique"
    assert [link for link in sorted(visitor.links) if leads_nowhere(families.app, families.url, link)] == []


@pytest.fixture
def old_phone(chromium: Browser) -> Iterator[Page]:
    """320 pixels, no JavaScript."""
    with chromium.new_context(viewport=NARROW, java_script_enabled=False) as context:  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        yield context.new_page()


def press(page: Page, name: str = "") -> None:
    """The button of the page that leads on; several stand on a few pages, and then its value says which."""
    page.locator(f"main button[type=submit]{name}, main button:not([type]){name}").first.click()


def test_a_whole_survey_can_be_answered_in_arabic_without_javascript(old_phone: Page, families: Families) -> None:
    old_phone.goto(f"{families.url}{families.another_link()}?lang=ar&format=easy_read")
    passed = []
    while not old_phone.url.split("?")[0].endswith("/thank-you"):
        passed.append(urlsplit(old_phone.url).path.rpartition("/")[2])
        assert old_phone.locator("html").get_attribute("dir") == "rtl"
        if old_phone.get_by_role("radio").count():
            old_phone.get_by_role("radio").last.check()
        if old_phone.get_by_role("textbox").count():
            old_phone.get_by_role("textbox").fill("\u0634\u0643\u0631\u0627")
        press(old_phone)
    assert passed[-1] == "check"
    assert len(passed) > 5
    old_phone.locator("main a[href*='/about-you']").click()
    press(old_phone, "[value=yes]")
    while "/about-you/" in old_phone.url:
        old_phone.locator("main input").first.check()
        press(old_phone)
    assert "/thank-you" in old_phone.url


def test_the_other_forms_of_families_can_be_sent_without_javascript(old_phone: Page, families: Families) -> None:
    old_phone.goto(f"{families.url}/register/join?lang=ar")
    press(old_phone, "[name=join]")
    assert old_phone.locator(".govuk-error-summary").is_visible()
    typed = {"name": "Amina Example", "email": "amina@example.org", "children-0-forename": "Zain"}
    for name, value in (typed | {"children-0-surname": "Example"}).items():
        old_phone.locator(f"[name='{name}']").fill(value)
    for box, value in zip(old_phone.locator("[name='children-0-born_on']").all(), ("1", "4", "2016"), strict=True):
        box.fill(value)
    press(old_phone, "[name=join]")
    assert "/register/check-your-email" in old_phone.url
    assert old_phone.locator("html").get_attribute("lang") == "ar"
    old_phone.goto(f"{families.url}/booklet?lang=ar")
    press(old_phone)
    assert old_phone.locator(".govuk-error-summary").is_visible()
    old_phone.goto(f"{families.url}{families.another_link()}/not-for-me?lang=ar")
    old_phone.get_by_role("radio").last.check()
    press(old_phone)
    assert "/not-for-me/told" in old_phone.url
