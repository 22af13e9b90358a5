"""A Notify that takes everything at once, for letting months pass in a demonstration without a network."""

from collections.abc import Callable
from uuid import uuid4

from engage.core.config import Settings
from engage.notify.client import Notify, Sent, Status
from engage.notify.models import MessageChannel
from engage.notify.templates import Rendered


class PretendNotify:
    """Accepts every message and delivers all but those to the simulator's failing addresses."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, bool]] = []
        """Reference, Notify's id, and whether it can be delivered."""

    def connect(self) -> Callable[[Settings], Notify]:
        """What a dispatcher calls to get a client: always this one."""
        return lambda _settings: self

    def send(
        self,
        channel: MessageChannel,  # noqa: ARG002 - Notify's shape
        recipient: str,
        rendered: Rendered,  # noqa: ARG002
        *,
        reference: str,
        unsubscribe_url: str | None,  # noqa: ARG002
    ) -> Sent:
        notify_id = str(uuid4())
        fails = recipient.endswith(("@simulator.notify", "7700900002"))
        self.taken.append((reference, notify_id, not fails))
        return Sent(notify_id)

    def preview_text(self, rendered: Rendered) -> str:
        return rendered.body

    def find(self, reference: str) -> Status | None:
        found = next((one for one in self.taken if one[0] == reference), None)
        return Status(found[1], found[0], "sending", None) if found else None

    def status(self, notify_id: str) -> Status | None:
        found = next((one for one in self.taken if one[1] == notify_id), None)
        return Status(found[1], found[0], "sending", None) if found else None

    def receipts(self) -> list[dict[str, str | None]]:
        """What Notify would tell us of all taken since the last time, in its own form."""
        told: list[dict[str, str | None]] = [
            {"id": notify_id, "reference": reference, "status": "delivered" if arrives else "permanent-failure"}
            for reference, notify_id, arrives in self.taken
        ]
        self.taken.clear()
        return told
