"""A process that sends a week and kills itself, as a power cut would, when it has come to a step for the nth time.

`killed.py URL PLACE MINUTES STEP NTH`: the place is a port of a mail server on this machine, or a folder for letters.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

from matcher.domain.deliveries import Delivery
from matcher.services.delivery.sending import Step
from matcher.services.mail import Mailer, Outbox, Smtp
from matcher.services.mail_server import MailServer, Security
from matcher.store import open_database
from tests.digests import MONDAY, WEEK
from tests.mailing import FROM, Clock, sending


def main(url: str, place: str, minutes: str, step: str, nth: str) -> None:
    """Send until the step has come."""
    heard: Counter[str] = Counter()

    def hear(at: Step, delivery: Delivery) -> None:
        heard[at] += 1
        if at == step and heard[at] == int(nth):
            os.kill(os.getpid(), signal.SIGKILL)

    mailer: Mailer = Outbox(Path(place), FROM)
    if place.isdigit():
        mailer = Smtp(MailServer("localhost", int(place), Security.NONE), FROM)
    database = open_database(url)
    sending(database, mailer, Clock(MONDAY + timedelta(minutes=int(minutes))), heard=hear).run(WEEK)
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
