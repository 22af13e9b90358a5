"""Delivery receipts: posted to the service's callback address from the background, and again when that fails.

Rule: five seconds to answer; tried again after 300 seconds, at most 5 times, and only after a connection error or
time-out, a 5xx or a 429. Any other answer is the last word.
"""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from engage.notify.standin.clock import Action, Clock, Timetable
from engage.notify.standin.config import StandinConfig
from engage.notify.standin.faults import FaultKind, Faults
from engage.notify.standin.messages import Message, MessageStore, ReceiptAttempt
from engage.notify.standin.templates import iso

Post = Callable[[str, dict[str, Any], dict[str, str], float], int | None]
"""Posts JSON to an address with headers and a time-out in seconds; the status code answered, None if none was."""

SENDERS = 8


def post_over_http(url: str, payload: dict[str, Any], headers: dict[str, str], timeout: float) -> int | None:
    """Post for real."""
    try:
        return requests.post(url, json=payload, headers=headers, timeout=timeout).status_code
    except requests.RequestException:
        return None


def receipt_of(message: Message) -> dict[str, Any]:
    """The body of the callback."""
    return {
        "id": message.id,
        "reference": message.reference,
        "to": message.to,
        "status": message.status.value,
        "created_at": iso(message.created_at),
        "completed_at": iso(message.completed_at),
        "sent_at": iso(message.sent_at),
        "notification_type": message.channel.value,
        "template_id": message.template_id,
        "template_version": message.template_version,
    }


class ReceiptSender:
    """Sends the receipts of one service. `url` and `token` may be changed while it runs; no url, no receipts."""

    def __init__(
        self,
        config: StandinConfig,
        *,
        clock: Clock,
        timetable: Timetable,
        faults: Faults,
        messages: MessageStore,
        post: Post = post_over_http,
    ) -> None:
        self.url = config.callback_url
        self.token = config.callback_token
        self._config = config
        self._clock = clock
        self._timetable = timetable
        self._faults = faults
        self._messages = messages
        self._post = post
        self._pool = ThreadPoolExecutor(SENDERS, thread_name_prefix="standin-receipts")
        self._settled = threading.Condition()
        self._in_flight = 0
        self._overtaken: list[Action] = []
        self._closed = False

    def send(self, message: Message, *, wait: bool = False) -> None:
        """Send the receipt for the message's status, as the faults in force allow; with `wait`, before returning."""
        if self.url is None or self._faults.take(FaultKind.RECEIPT_DROPPED):
            return
        times = 2 if self._faults.take(FaultKind.RECEIPT_REPEATED) else 1

        def post(then: Iterable[Action] = ()) -> None:
            for _ in range(times - 1):
                self._start(message, wait=wait)
            self._start(message, wait=wait, then=then)

        if late := self._faults.take(FaultKind.RECEIPT_LATE):
            self._timetable.after(late.seconds, post)
        elif reordered := self._faults.take(FaultKind.RECEIPT_REORDERED):
            self._let_overtake(post, seconds=reordered.seconds)
        else:
            post(then=self._take_overtaken())

    def settle(self, timeout_seconds: float = 10.0) -> bool:
        """Wait until no receipt is on its way (late ones and later tries do not count); False if time ran out."""
        with self._settled:
            return self._settled.wait_for(lambda: self._in_flight == 0, timeout_seconds)

    def close(self) -> None:
        """Start nothing more and wait for what is on its way."""
        with self._settled:
            self._closed = True
        self._pool.shutdown(wait=True)

    def _let_overtake(self, post: Action, *, seconds: float) -> None:
        """Hold a receipt back until the next one has arrived, or for so long."""
        with self._settled:
            self._overtaken.append(post)

        def release() -> None:
            for held in self._take_overtaken():
                held()

        self._timetable.after(seconds, release)

    def _take_overtaken(self) -> list[Action]:
        with self._settled:
            held, self._overtaken = self._overtaken, []
        return held

    def _start(
        self, message: Message, *, tries_before: int = 0, wait: bool = False, then: Iterable[Action] = ()
    ) -> None:
        with self._settled:
            if self._closed:
                return
            self._in_flight += 1
        if wait:
            self._attempt(message, tries_before, then)
        else:
            self._pool.submit(self._attempt, message, tries_before, then)

    def _attempt(self, message: Message, tries_before: int, then: Iterable[Action]) -> None:
        try:
            answer = self._post(
                self.url or "",
                receipt_of(message),
                {"Authorization": f"Bearer {self.token}"},
                self._config.callback_timeout_seconds,
            )
            self._note(message, answer)
            if _worth_another_try(answer) and tries_before < self._config.callback_retries:
                self._timetable.after(
                    self._config.callback_retry_seconds,
                    lambda: self._start(message, tries_before=tries_before + 1),
                )
            for action in then:
                action()
        finally:
            with self._settled:
                self._in_flight -= 1
                self._settled.notify_all()

    def _note(self, message: Message, answer: int | None) -> None:
        attempt = ReceiptAttempt(at=self._clock.now(), status=message.status, answer=answer)

        def change(stored: Message) -> bool:
            stored.receipts.append(attempt)
            return True

        self._messages.change(message.id, change)


def _worth_another_try(answer: int | None) -> bool:
    return answer is None or answer >= 500 or answer == 429
