"""What one stand-in is: its service, its keys, its limits and how fast it delivers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from engage.notify.standin.statuses import Channel, Status
from engage.notify.standin.templates import DEFAULT_TEMPLATES, Template

SERVICE_ID = "5e4d0001-0000-4000-8000-000000000000"


class KeyType(StrEnum):
    """The three types of API key, as Notify's rate-limit errors name them."""

    LIVE = "live"
    TEAM = "team"
    TEST = "test"


@dataclass(frozen=True)
class ApiKey:
    """A key of the service; `secret` is a UUID. Keys are made up: they open nothing but this stand-in."""

    name: str
    secret: str
    type: KeyType
    revoked: bool = False


LIVE_KEY = ApiKey("standin_live", "5e4d1001-0000-4000-8000-000000000000", KeyType.LIVE)
TEAM_KEY = ApiKey("standin_team", "5e4d1002-0000-4000-8000-000000000000", KeyType.TEAM)
TEST_KEY = ApiKey("standin_test", "5e4d1003-0000-4000-8000-000000000000", KeyType.TEST)


class SmsFlavour(StrEnum):
    """How characters beyond GSM-7 fare in a text: Notify before, and after, its change of autumn 2026."""

    DOWNGRADE = "downgrade"
    UNICODE = "unicode"


@dataclass(frozen=True)
class StandinConfig:
    """Everything that may differ between one stand-in and the next. All times are in seconds.

    `rate` is requests a minute per key type, None for no limit. `delivery_seconds` is the time from accepting a
    message to its final status: 0 at once, None only when told to. `latency_seconds` is added to every send.
    `outcomes` gives named recipients (as sent) a final status of their own. `storage` is an SQLite file that keeps
    the inbox over a restart.
    """

    service_id: str = SERVICE_ID
    service_name: str = "Engage"
    email_from: str = "engage"
    sms_sender: str = "GOVUK"
    sms_prefix: bool = True
    service_is_live: bool = True
    service_is_archived: bool = False
    channels: frozenset[Channel] = frozenset(Channel)
    international_sms: bool = True
    keys: tuple[ApiKey, ...] = (LIVE_KEY, TEAM_KEY, TEST_KEY)
    team_and_guests: frozenset[str] = frozenset()
    reply_to_ids: frozenset[str] = frozenset()
    sms_sender_ids: Mapping[str, str] = field(default_factory=dict)
    templates: tuple[Template, ...] = DEFAULT_TEMPLATES
    sms_flavour: SmsFlavour = SmsFlavour.UNICODE

    rate: int | None = 3000
    daily_email: int = 250_000
    daily_sms: int = 250_000
    daily_letter: int = 20_000
    daily_international_sms: int = 100
    page_size: int = 250
    latency_seconds: float = 0.0

    delivery_seconds: float | None = 0.0
    outcomes: Mapping[str, Status] = field(default_factory=dict)
    callback_url: str | None = None
    callback_token: str = ""
    callback_timeout_seconds: float = 5.0
    callback_retry_seconds: float = 300.0
    callback_retries: int = 5

    storage: Path | None = None
    fault_seed: int = 0

    def api_key(self, key_type: KeyType) -> str:
        """The first unrevoked key of this type as the client takes it: name-service-secret. Raises LookupError."""
        for key in self.keys:
            if key.type is key_type and not key.revoked:
                return f"{key.name}-{self.service_id}-{key.secret}"
        raise LookupError(f"The stand-in has no {key_type} key")
