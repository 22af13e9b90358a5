"""Every setting of Engage, read from `ENGAGE_...` environment variables and checked at the start.

A setting has a default only if the default is safe and sensible in production and may be public.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field, HttpUrl, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from engage.core.errors import Misconfigured
from engage.core.working_days import Days

PROJECT = Path(__file__).resolve().parents[2]
MINIMUM_SECRET = 32
UUID_PATTERN = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"


class Settings(BaseSettings):
    """What an installation may decide. Each field's description is its documentation."""

    model_config = SettingsConfigDict(env_prefix="ENGAGE_", extra="ignore", frozen=True)

    database_url: str = Field(
        "sqlite:///var/engage.sqlite3",
        description="Where records are kept: an SQLite file, or postgresql+psycopg://user:password@host/name.",
    )
    secret_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        description="One or more long random secrets, separated by commas. The first makes new links and cookies; "
        "the others still open old ones. Each at least 32 characters. There is no default.",
    )
    public_url: HttpUrl = Field(
        HttpUrl("http://localhost:8000"), description="The address families and staff use, without a path."
    )
    proxies: int = Field(
        0,
        ge=0,
        le=5,
        description="How many proxies of yours stand before Engage and set X-Forwarded-For, -Proto and -Host. With 0 these "
        "headers are not believed.",
    )
    demonstration: bool = Field(
        False,
        description="Made-up people only: allows drama telephone numbers, a clock that can be moved forward, and a "
        "banner on every page.",
    )

    notify_url: HttpUrl = Field(
        HttpUrl("https://api.notifications.service.gov.uk"),
        description="The address of GOV.UK Notify, or of the stand-in.",
    )
    notify_api_key: SecretStr | None = Field(None, description="The GOV.UK Notify API key. Without it nothing is sent.")
    notify_email_template_id: str | None = Field(
        None,
        pattern=UUID_PATTERN,
        description="Id of the email template in Notify with subject ((subject)) and body ((body)).",
    )
    notify_text_template_id: str | None = Field(
        None, pattern=UUID_PATTERN, description="Id of the text template in Notify with body ((body))."
    )
    notify_letter_template_id: str | None = Field(
        None,
        pattern=UUID_PATTERN,
        description="Id of the letter template in Notify with heading ((subject)) and body ((body)). Without it no letters "
        "go, and families without email or mobile are rung.",
    )
    letter_pence: int = Field(
        73, ge=0, le=1000, description="What one letter of one sheet costs, in pence before VAT (73: second class)."
    )
    text_pence: float = Field(
        2.4, ge=0, le=100, description="What one part of a text costs after the free ones, in pence before VAT."
    )
    free_text_parts_a_year: int = Field(
        10_000,
        ge=0,
        le=1_000_000,
        description="Parts of texts that GOV.UK Notify sends for nothing from April to March; what its account says.",
    )
    notify_reply_to_id: str | None = Field(
        None, pattern=UUID_PATTERN, description="Id of the reply-to address in Notify, if not its default."
    )
    notify_sender_id: str | None = Field(
        None, pattern=UUID_PATTERN, description="Id of the text sender in Notify, if not its default."
    )
    notify_callback_token: SecretStr | None = Field(
        None,
        description="The bearer token Notify sends with receipts; at least 10 characters. Without it receipts are refused.",
    )
    notify_rate_per_minute: int = Field(
        2940,
        ge=1,
        le=3000,
        description="Messages a minute all workers together may hand to Notify. Its limit is 3,000, and what it refuses counts "
        "too: 98% of it leaves room for clocks that differ a little. Less, if another service uses the same key.",
    )
    notify_timeout_seconds: float = Field(
        30.0, gt=0, le=60, description="How long to wait for Notify before the outcome is unknown; at most 60."
    )

    household_contacts_limit: int = Field(
        6,
        ge=1,
        le=50,
        description="How often one household may hear from us about surveys, reminders, letters and calls included, within "
        "the days below; two people whom the same address or number reaches are one household.",
    )
    household_contacts_days: int = Field(56, ge=1, le=365, description="The days in which those contacts are counted.")

    mailbox_messages_a_week: int = Field(
        2,
        ge=1,
        le=7,
        description="How many messages about surveys one mailbox of a setting or a health service may get in seven days. What is "
        "due together goes as one.",
    )

    area_name: str = Field("Kingston upon Thames", description="The local area, as families know it.")
    organisation_name: str = Field(
        "Kingston Council and Achieving for Children",
        description="Who is asking, in the words families know.",
    )
    service_name: str = Field("SEND Kingston", description="The name shown on pages and before text messages.")
    accent_colour: str | None = Field(
        None,
        pattern=r"^#[0-9a-fA-F]{6}$",
        description="The council's own colour for buttons and links, such as #14595e; dark enough for text on white.",
    )
    local_authority: str = Field("314", pattern=r"^\d{3}$", description="The area's three-digit local authority code.")
    contact_phone: str = Field(description="The number families may ring about this service.")
    contact_email: str = Field(description="The address families may write to about this service.")
    safeguarding_phone: str = Field(
        description="The number for a worry about a child's safety (Single Point of Access)."
    )
    sendiass_url: HttpUrl = Field(
        description="Independent advice for parents and young people (SENDIASS).",
    )
    sendiass_phone: str = Field(description="The number of the local SENDIASS.")
    complaints_url: HttpUrl = Field(
        description="How to complain to the council.",
    )
    return_address: str | None = Field(
        None,
        max_length=300,
        description="Where a family posts a printed booklet back to, its lines separated by semicolons: Freepost SEND; 1 High "
        "Street; KT1 1EU. Without it a booklet asks them to give it to somebody of ours, or to ring.",
    )
    video_sites: Annotated[tuple[str, ...], NoDecode] = Field(
        ("vimeo.com", "www.youtube.com", "youtu.be"),
        description="The sites at which a survey's videos may be, separated by commas. A video is only ever a plain link.",
    )
    forum_name: str = Field("Kingston Parent Carer Forum", description="The area's parent carer forum.")
    forum_privacy_url: HttpUrl = Field(description="The forum's own privacy notice.")

    offer_draft_languages: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Languages that families are offered before every string has been reviewed, as codes separated by commas: "
        "ar, fa, ko, pl, ta, ur. A language that is not whole is never offered.",
    )

    school_holidays: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="When the area's schools are closed, both days inside: 2026-12-21/2027-01-01, and others after a "
        "comma. Campaigns that skip school holidays neither write nor ring then, and do not end.",
    )

    import_size_limit_mb: int = Field(20, ge=1, le=500, description="The largest file the import reads, in megabytes.")
    sign_in_link_minutes: int = Field(20, ge=1, le=1440, description="How long a staff sign-in link can be used.")
    visit_minutes: int = Field(
        60,
        ge=5,
        le=720,
        description="How long a family's phone may rest before it must show that it is still theirs: after so many minutes "
        "without a press, what they answered is shown again only for a code.",
    )
    session_hours: int = Field(10, ge=1, le=72, description="How long a member of staff stays signed in.")
    worker_poll_seconds: float = Field(
        1.0, gt=0, le=60, description="How often the worker looks for work when it has none."
    )
    log_level: str = Field(
        "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="How much is logged; never a name."
    )

    surveys_folder: Path = Field(PROJECT / "surveys", description="Where the surveys are read from.")
    templates_folder: Path = Field(
        PROJECT / "notify_templates", description="Where the wording of messages is read from."
    )

    @field_validator("secret_keys", "school_holidays", "offer_draft_languages", "video_sites", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("secret_keys")
    @classmethod
    def _long_enough(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if not value or any(len(key.get_secret_value()) < MINIMUM_SECRET for key in value):
            raise ValueError(f"give at least one secret of {MINIMUM_SECRET} characters or more")
        return value

    @field_validator("school_holidays")
    @classmethod
    def _in_order(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(Days.parse(text)) for text in value)

    @model_validator(mode="after")
    def _notify_is_whole(self) -> "Settings":
        if self.notify_api_key and not (self.notify_email_template_id and self.notify_text_template_id):
            raise ValueError("with a Notify API key, give both template ids too")
        if self.notify_callback_token and len(self.notify_callback_token.get_secret_value()) < 10:
            raise ValueError("the callback token must have at least 10 characters")
        return self

    @property
    def school_holiday_days(self) -> tuple[Days, ...]:
        """When the area's schools are closed."""
        return tuple(Days.parse(text) for text in self.school_holidays)

    @property
    def base_url(self) -> str:
        """The public address without a trailing slash."""
        return str(self.public_url).rstrip("/")

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The secret keys as bytes, newest first."""
        return tuple(key.get_secret_value().encode() for key in self.secret_keys)

    @property
    def sends_letters(self) -> bool:
        """Whether families may be written to by post."""
        return self.notify_letter_template_id is not None

    @property
    def uses_https(self) -> bool:
        return self.base_url.startswith("https://")


def load_settings() -> Settings:
    """Read the environment; raise `Misconfigured` naming every wrong variable and its cure."""
    try:
        return Settings()
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            field = str(problem["loc"][0]) if problem["loc"] else ""
            name = f"ENGAGE_{field.upper()}" if field else "The settings"
            about = Settings.model_fields[field].description if field in Settings.model_fields else ""
            lines.append(f"{name}: {problem['msg']}. {about}".strip())
        raise Misconfigured("Engage cannot start:\n  " + "\n  ".join(lines)) from None


def settings_document() -> str:
    """All settings as a page of Markdown, made from the fields themselves: it is kept as docs/settings.md."""
    rows = [
        f"| `ENGAGE_{name.upper()}` | {_written_default(name)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "Every setting is an environment variable. Engage checks them all when it starts and names each one that is "
            "wrong. This page is made from `engage/core/config.py`; a test keeps the two equal.",
            "",
            "| variable | default | what it decides |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def _written_default(name: str) -> str:
    field = Settings.model_fields[name]
    if field.is_required():
        return "none: you must give it"
    if field.default is None:
        return "not set"
    if field.default == ():
        return "none"
    if isinstance(field.default, tuple):
        return f"`{','.join(field.default)}`"
    if isinstance(field.default, Path):
        return f"the project's `{field.default.relative_to(PROJECT)}`"
    return f"`{field.default}`"
