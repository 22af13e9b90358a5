"""Templates of the service: what they hold, every version of each, and three that pass any wording through."""

import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, field_validator

from engage.notify.standin import placeholders
from engage.notify.standin.errors import no_result
from engage.notify.standin.statuses import Channel

EMAIL_TEMPLATE_ID = "5e4d2001-0000-4000-8000-000000000000"
TEXT_TEMPLATE_ID = "5e4d2002-0000-4000-8000-000000000000"
LETTER_TEMPLATE_ID = "5e4d2003-0000-4000-8000-000000000000"


class Template(BaseModel):
    """One version of one template; `id` is a UUID, `postage` is for letters only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    type: Channel
    name: str
    body: str
    subject: str | None = None
    version: int = 1
    postage: str | None = None
    archived: bool = False
    created_at: datetime = datetime(2026, 4, 1, tzinfo=UTC)
    updated_at: datetime | None = None

    @field_validator("id")
    @classmethod
    def _lower_case(cls, value: str) -> str:
        return value.lower()

    @property
    def placeholders(self) -> list[str]:
        """Every placeholder, conditional ones too, in order of appearance."""
        return placeholders.names(self.subject, self.body)

    def as_json(self) -> dict[str, Any]:
        """The template as GET /v2/template tells it."""
        return {
            "id": self.id,
            "name": self.name,
            "type": self.type.value,
            "subject": self.subject,
            "body": self.body,
            "version": self.version,
            "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at),
            "created_by": "standin@example.org",
            "letter_contact_block": None,
            "postage": self.postage,
            "personalisation": {name: {"required": True} for name in self.placeholders},
        }


DEFAULT_TEMPLATES = (
    Template(
        id=EMAIL_TEMPLATE_ID,
        type=Channel.EMAIL,
        name="Engage email",
        subject="((subject))",
        body="((body))",
    ),
    Template(id=TEXT_TEMPLATE_ID, type=Channel.SMS, name="Engage text", body="((body))"),
    Template(
        id=LETTER_TEMPLATE_ID,
        type=Channel.LETTER,
        name="Engage letter",
        subject="((subject))",
        body="((body))",
        postage="second",
    ),
)


def load_templates(path: Path) -> tuple[Template, ...]:
    """The templates in a JSON file that holds a list of them. Raises pydantic.ValidationError naming each fault."""
    return tuple(TypeAdapter(list[Template]).validate_json(path.read_bytes()))


class TemplateStore:
    """The templates that the service has now; safe to use from many threads."""

    def __init__(self, templates: Iterable[Template]) -> None:
        self._lock = threading.Lock()
        self._versions: dict[str, list[Template]] = {}
        for template in templates:
            self.add(template)

    def add(self, template: Template) -> Template:
        """Add a template, or the next version of one whose id is known; returns it with its version."""
        with self._lock:
            versions = self._versions.setdefault(template.id, [])
            if versions:
                template = template.model_copy(
                    update={"version": versions[-1].version + 1, "updated_at": datetime.now(UTC)}
                )
            versions.append(template)
            return template

    def find(self, template_id: str) -> Template | None:
        """The newest version, if there is such a template."""
        with self._lock:
            versions = self._versions.get(template_id.lower())
            return versions[-1] if versions else None

    def get(self, template_id: str, *, version: int | None = None) -> Template:
        """This or the newest version. Raises 404 NoResultFound."""
        with self._lock:
            for template in reversed(self._versions.get(template_id.lower(), [])):
                if version in (None, template.version):
                    return template
        raise no_result()

    def listed(self, *, channel: Channel | None = None) -> list[Template]:
        """The newest version of every template that is not deleted, by name."""
        with self._lock:
            newest = [versions[-1] for versions in self._versions.values()]
        chosen = [t for t in newest if not t.archived and channel in (None, t.type)]
        return sorted(chosen, key=lambda template: template.name)


def iso(moment: datetime | None) -> str | None:
    """A moment as Notify writes it: 2026-11-20T07:38:40.665611Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else None
