"""The stand-in in a process of its own: it tells its address, and at every line it reads what it took so far."""

import json
import sys
from collections import Counter

from engage.notify.standin import FaultKind, RunningStandin
from engage.notify.standin.errors import NotifyError
from engage.notify.standin.limits import Limits


def main(rate: str, latency: str, timeouts: str) -> None:
    """Serve until the input ends."""
    refused = [0]
    check = Limits.check_rate

    def counting(limits: Limits, key_type: object) -> None:
        try:
            check(limits, key_type)  # type: ignore[arg-type]
        except NotifyError:
            refused[0] += 1
            raise

    Limits.check_rate = counting  # type: ignore[method-assign,assignment]
    with RunningStandin(rate=int(rate) or None, latency_seconds=float(latency), delivery_seconds=None) as notify:
        if float(timeouts):
            notify.faults.add(FaultKind.TIMEOUT_AFTER, probability=float(timeouts), seconds=2.5)
        print(json.dumps({"url": notify.url}), flush=True)
        for _ in sys.stdin:
            recipients = Counter(message.to for message in notify.messages())
            told = {
                "taken": sum(recipients.values()),
                "recipients": len(recipients),
                "twice": sum(count > 1 for count in recipients.values()),
                "refused": refused[0],
            }
            print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
