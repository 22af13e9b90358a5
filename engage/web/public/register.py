"""Joining the SEND Register: a short form, an email to confirm, what happens next, and leaving again."""

import re

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
    GovTextInput,
)
from wtforms import (
    BooleanField,
    EmailField,
    FieldList,
    FormField,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    TelField,
)
from wtforms import Form as PlainForm

from engage.core.audit import PUBLIC
from engage.core.errors import Conflict, Invalid, NotFound
from engage.core.languages import LANGUAGES as OFFERABLE
from engage.core.languages import current, gettext
from engage.core.languages import lazy_gettext as _
from engage.forum import services as forum
from engage.people.vocabulary.sen import SEN_TYPE_LABELS, SenType
from engage.register import queries, services
from engage.register.models import SendHelp
from engage.register.queries import LinkState
from engage.register.rules import MOST_CHILDREN, TIME_TO_CONFIRM, Asking, ChildOnForm
from engage.register.wording import FORUM_CHOICE
from engage.web.dates import ThreeBoxDate
from engage.web.forms import Form, SelectChoice, trimmed
from engage.web.public import blueprint
from engage.web.rendering import failures
from engage.web.request import house, now, session
from engage.web.security import PUBLIC_LIMIT, limiter

CHILD_FIELD = re.compile(r"children-(?P<place>\d+)-(?P<field>\w+)")
HELP = {
    SendHelp.PLAN: _("An education, health and care (EHC) plan"),
    SendHelp.SEN_SUPPORT: _("SEN Support at nursery, school or college"),
    SendHelp.NEITHER: _("Neither of these"),
    SendHelp.NOT_SURE: _("I am not sure"),
}
OTHER_LANGUAGES = {"pa": "ਪੰਜਾਬੀ", "es": "Español"}
"""Languages that many families here read, though we do not write in them yet."""
READ = {code: language.name for code, language in OFFERABLE.items()} | OTHER_LANGUAGES
"""Each by its own name, for whoever looks for it."""


class ChildForm(PlainForm):
    """One child or young person."""

    forename = StringField(_("First name"), widget=GovTextInput(), filters=[trimmed])
    surname = StringField(_("Last name"), widget=GovTextInput(), filters=[trimmed])
    born_on = ThreeBoxDate(_("Date of birth"), description=_("For example, 31 3 2016"))
    sen_need = SelectField(
        _("Main need (optional)"),
        widget=GovSelect(),
        choices=[
            SelectChoice("", _("Choose one, or leave this")),
            *(SelectChoice(code.value, _(label)) for code, label in SEN_TYPE_LABELS.items() if code is not SenType.NSA),
        ],
        description=_("You do not need a diagnosis."),
    )
    has_plan = RadioField(
        _("What help do they have? (optional)"),
        widget=GovRadioInput(),
        choices=[SelectChoice(code.value, words) for code, words in HELP.items()],
    )

    @property
    def is_blank(self) -> bool:
        """Whether nothing at all was entered."""
        return self.born_on.is_blank and not any(field.data for field in self if field is not self.born_on)

    def child(self) -> ChildOnForm:
        """What was entered."""
        return ChildOnForm(
            forename=self.forename.data or "",
            surname=self.surname.data or "",
            born_on=self.born_on.data,
            sen_need=self.sen_need.data or None,
            has_plan=SendHelp(self.has_plan.data) if self.has_plan.data in set(SendHelp) else None,
        )


class JoinForm(Form):
    """Somebody who wants to join, and the children they join for."""

    name = StringField(
        _("Your full name"), widget=GovTextInput(), filters=[trimmed], render_kw={"autocomplete": "name"}
    )
    email = EmailField(
        _("Your email address"),
        widget=GovTextInput(),
        filters=[trimmed],
        description=_("We send you a link to check that it is yours."),
        render_kw={"type": "email", "autocomplete": "email", "spellcheck": "false"},
    )
    phone = TelField(
        _("Phone number (optional)"),
        widget=GovTextInput(),
        filters=[trimmed],
        render_kw={"type": "tel", "autocomplete": "tel"},
    )
    postcode = StringField(
        _("Postcode (optional)"), widget=GovTextInput(), filters=[trimmed], render_kw={"autocomplete": "postal-code"}
    )
    written_language = SelectField(
        _("Which language do you like to read?"),
        widget=GovSelect(),
        choices=[SelectChoice(code, name) for code, name in READ.items()],
        description=_("If we cannot write to you in it yet, we write in English."),
    )
    children = FieldList(FormField(ChildForm), min_entries=1, max_entries=MOST_CHILDREN)
    wants_news = BooleanField(_("Yes, send me news about help and events for families"), widget=GovCheckboxInput())
    joins_forum = BooleanField("", widget=GovCheckboxInput())
    join = SubmitField(_("Join the register"), widget=GovSubmitInput())

    def asking(self) -> Asking:
        """What was entered; a child left wholly blank beside another one is not meant."""
        entered = [child for child in self.children if not child.form.is_blank]
        return Asking(
            name=self.name.data or "",
            email=self.email.data or "",
            phone=self.phone.data,
            postcode=self.postcode.data,
            written_language=self.written_language.data or "en",
            children=tuple(child.form.child() for child in entered or self.children.entries[:1]),
            wants_news=bool(self.wants_news.data),
            joins_forum=bool(self.joins_forum.data),
        )

    def show(self, error: Invalid) -> None:
        """Put each refused field's words beside it, in the child's own fields too."""
        entered = [child for child in self.children if not child.form.is_blank] or self.children.entries
        own: dict[str, str] = {}
        for name, words in error.fields.items():
            found = CHILD_FIELD.fullmatch(name)
            if found is None:
                own[name] = words
                continue
            field = entered[int(found["place"])].form._fields[found["field"]]
            field.errors = [*field.errors, words]
        if len(own) < len(error.fields):
            self.children.errors = [child.errors for child in self.children]
        if own:
            super().show(Invalid(error.message, own))


@blueprint.get("/register/join")
def join_register() -> ResponseReturnValue:
    """What joining does and does not do, and the form."""
    return _form(JoinForm(data={"written_language": current()}))


@blueprint.post("/register/join")
@limiter.limit(PUBLIC_LIMIT)
def ask_to_join() -> ResponseReturnValue:
    """Keep what was asked and send one email; the same is said whoever is already on the register."""
    form = JoinForm()
    if "another" in request.form:
        if len(form.children) < MOST_CHILDREN:
            form.children.append_entry()
        return _form(form)
    try:
        services.ask_to_join(session(), form.asking(), settings=house().settings, now=now())
    except Invalid as error:
        form.show(error)
        return _form(form), 422
    return redirect(url_for("public.check_register_email"))


@blueprint.get("/register/check-your-email")
def check_register_email() -> ResponseReturnValue:
    """What to do next."""
    settings = house().settings
    inbox = str(settings.notify_url) if settings.demonstration else None
    return render_template("public/register/check.html", days=TIME_TO_CONFIRM.days, inbox=inbox)


@blueprint.get("/register/link/<token>")
def register_link(token: str) -> ResponseReturnValue:
    """A button to confirm; once confirmed, what happens next. Opening the link spends nothing: mail scanners do it too."""
    state = queries.link_state(session(), token, now=now())
    if state is LinkState.WAITING:
        return render_template("public/register/confirm.html", token=token)
    if state is LinkState.CONFIRMED:
        return render_template("public/register/confirmed.html", token=token)
    return _no_use(state)


@blueprint.post("/register/link/<token>")
@limiter.limit(PUBLIC_LIMIT)
def confirm_register(token: str) -> ResponseReturnValue:
    """Count them from now on, and pass on who chose to join the forum as well. Pressed twice, nothing more happens."""
    try:
        confirmed = services.confirm(session(), token, now=now())
    except (Conflict, NotFound):
        return _no_use(queries.link_state(session(), token, now=now()))
    joined = confirmed.registration
    if confirmed.newly and joined.joins_forum:
        forum.join(
            session(),
            name=joined.name,
            email=joined.email,
            phone=joined.phone,
            source="register",
            consent_wording=joined.forum_wording or FORUM_CHOICE.version,
            by=PUBLIC,
            now=now(),
        )
    return redirect(url_for("public.register_link", token=token))


@blueprint.get("/register/link/<token>/leave")
def ask_to_leave_register(token: str) -> ResponseReturnValue:
    """Say what leaving means, and ask once."""
    state = queries.link_state(session(), token, now=now())
    if state is not LinkState.CONFIRMED:
        return _no_use(state)
    return render_template("public/register/leave.html", token=token)


@blueprint.post("/register/link/<token>/leave")
@limiter.limit(PUBLIC_LIMIT)
def leave_register(token: str) -> ResponseReturnValue:
    """Erase everything they told us."""
    registration = queries.by_token(session(), token)
    if registration is not None:
        services.remove(session(), registration, by=PUBLIC, now=now())
    return redirect(url_for("public.left_register"))


@blueprint.get("/register/left")
def left_register() -> ResponseReturnValue:
    """It is done, and the way back."""
    return render_template("public/register/left.html")


def _form(form: JoinForm) -> str:
    forum_choice = gettext(FORUM_CHOICE.text).format(forum=house().settings.forum_name)
    errors = [
        error | {"href": f"{error['href']}-day"} if error.get("href", "").endswith("-born_on") else error
        for error in failures(form)
    ]
    return render_template("public/register/join.html", form=form, forum_choice=forum_choice, errors=errors)


def _no_use(state: LinkState) -> ResponseReturnValue:
    status = 410 if state is LinkState.TOO_OLD else 404
    return render_template("public/register/no_use.html", state=state), status
