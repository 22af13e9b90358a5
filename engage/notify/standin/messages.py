"""The messages that were accepted: what each says, what became of it, and how they are found again."""

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Protocol

from pydantic import BaseModel, Field

from engage.notify.standin import sms
from engage.notify.standin.config import KeyType
from engage.notify.standin.statuses import UNFINISHED, Channel, Status, shown_status
from engage.notify.standin.templates import iso

INTERNATIONAL_MULTIPLIER = 10
_SHEET_POUNDS = {"economy": 0.638, "second": 0.73, "first": 1.56}


class ReceiptAttempt(BaseModel):
    """One time a receipt was posted: when, with which status, and what the other side answered (None: nothing)."""

    at: datetime
    status: Status
    answer: int | None = None


class Message(BaseModel):
    """One accepted message; `to` is as it was given, `recipient` normalised, `outcome` its coming final status."""

    id: str
    number: int = 0
    channel: Channel
    key_type: KeyType
    status: Status = Status.CREATED
    outcome: Status = Status.DELIVERED
    reference: str | None = None
    to: str
    recipient: str
    address: list[str] = Field(default_factory=list)
    template_id: str
    template_version: int
    subject: str | None = None
    body: str
    prefix: str = ""
    sender: str = ""
    postage: str | None = None
    international: bool = False
    one_click_unsubscribe_url: str | None = None
    created_at: datetime
    sent_at: datetime | None = None
    completed_at: datetime | None = None
    receipts: list[ReceiptAttempt] = Field(default_factory=list)

    @property
    def text(self) -> str:
        """The body as its reader gets it: a text with its prefix."""
        return self.prefix + self.body

    @property
    def parts(self) -> int | None:
        """The number of parts of a text; None for the rest."""
        return sms.parts(self.text) if self.channel is Channel.SMS else None

    @property
    def shown_status(self) -> str:
        """The status as the API tells it."""
        return shown_status(self.channel, self.status)

    @property
    def finished(self) -> bool:
        """Whether the status is final."""
        return self.status not in UNFINISHED

    def costs(self) -> tuple[float, dict[str, Any]]:
        """Pounds before VAT and without the free allowance, and how they come about; a letter is taken as one sheet."""
        if self.channel is Channel.SMS:
            multiplier = INTERNATIONAL_MULTIPLIER if self.international else 1
            count = self.parts or 0
            return round(count * multiplier * sms.RATE_POUNDS, 4), {
                "billable_sms_fragments": count,
                "international_rate_multiplier": float(multiplier),
                "sms_rate": sms.RATE_POUNDS,
            }
        if self.channel is Channel.LETTER:
            postage = self.postage or "second"
            return _SHEET_POUNDS[postage], {"billable_sheets_of_paper": 1, "postage": postage}
        return 0.0, {}

    def as_json(self, root: str) -> dict[str, Any]:
        """The message as GET /v2/notifications/{id} tells it; `root` is the address of the API."""
        lines = self.address[:-1]
        cost, details = self.costs()
        told: dict[str, Any] = {
            "id": self.id,
            "reference": self.reference,
            "email_address": self.to if self.channel is Channel.EMAIL else None,
            "phone_number": self.to if self.channel is Channel.SMS else None,
            **{f"line_{n}": lines[n - 1] if n <= len(lines) else None for n in range(1, 7)},
            "postcode": self.address[-1] if self.address else None,
            "postage": self.postage,
            "type": self.channel.value,
            "status": self.shown_status,
            "template": {
                "id": self.template_id,
                "version": self.template_version,
                "uri": f"{root}/v2/template/{self.template_id}/version/{self.template_version}",
            },
            "body": self.body,
            "subject": self.subject,
            "created_at": iso(self.created_at),
            "created_by_name": None,
            "sent_at": iso(self.sent_at),
            "completed_at": iso(self.completed_at),
            "scheduled_for": None,
            "one_click_unsubscribe_url": self.one_click_unsubscribe_url,
            "is_cost_data_ready": True,
            "cost_in_pounds": cost,
            "cost_details": details,
        }
        if self.channel is Channel.LETTER:
            told["estimated_delivery"] = iso(self.created_at)
        return told


class Keeper(Protocol):
    """Something that keeps messages over a restart."""

    def load(self) -> Iterable[Message]:
        """Every message kept, oldest first."""

    def save(self, message: Message) -> None:
        """Keep this message as it is now."""

    def clear(self) -> None:
        """Keep nothing."""

    def close(self) -> None:
        """Let go of what is open."""


class MessageStore:
    """All messages of the service, in the order they were accepted; safe to use from many threads.

    What is read out is a copy, so that a status changes only here.
    """

    def __init__(self, keeper: Keeper | None = None) -> None:
        self._keeper = keeper
        self._lock = threading.RLock()
        self._by_id: dict[str, Message] = {}
        self._by_reference: dict[str, list[Message]] = {}
        for message in keeper.load() if keeper else ():
            self._insert(message)

    def __len__(self) -> int:
        with self._lock:
            return len(self._by_id)

    def add(self, message: Message) -> None:
        """Store a new message and give it its number."""
        with self._lock:
            message.number = len(self._by_id) + 1
            self._insert(message)
            self._save(message)

    def get(self, message_id: str) -> Message | None:
        """The message of this id as it is now."""
        with self._lock:
            message = self._by_id.get(message_id.lower())
            return message.model_copy(deep=True) if message else None

    def change(self, message_id: str, change: Callable[[Message], bool]) -> Message | None:
        """Apply a change, which says whether it took place; the message after it, or None if nothing changed."""
        with self._lock:
            message = self._by_id.get(message_id)
            if message is None or not change(message):
                return None
            self._save(message)
            return message.model_copy(deep=True)

    def newest_first(
        self,
        *,
        where: Callable[[Message], bool] = lambda _: True,
        reference: str | None = None,
        older_than: str | None = None,
        limit: int | None = None,
    ) -> list[Message]:
        """Messages that pass, newest first; an unknown `older_than` gives none."""
        found: list[Message] = []
        with self._lock:
            bound = self._by_id.get(older_than.lower()) if older_than else None
            if older_than and bound is None:
                return []
            for message in self._candidates(reference):
                if limit is not None and len(found) == limit:
                    break
                if (bound is None or message.number < bound.number) and where(message):
                    found.append(message.model_copy(deep=True))
        return found

    def clear(self) -> None:
        """Forget all messages."""
        with self._lock:
            self._by_id.clear()
            self._by_reference.clear()
            if self._keeper:
                self._keeper.clear()

    def close(self) -> None:
        """Close what keeps the messages; they stay kept."""
        with self._lock:
            if self._keeper:
                self._keeper.close()
            self._keeper = None

    def _candidates(self, reference: str | None) -> Iterator[Message]:
        if reference is None:
            return reversed(self._by_id.values())
        return reversed(self._by_reference.get(reference, []))

    def _insert(self, message: Message) -> None:
        self._by_id[message.id] = message
        if message.reference is not None:
            self._by_reference.setdefault(message.reference, []).append(message)

    def _save(self, message: Message) -> None:
        if self._keeper:
            self._keeper.save(message)
