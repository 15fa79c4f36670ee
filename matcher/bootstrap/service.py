"""Everything one set of settings names, built when it is first needed."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from functools import cached_property
from threading import Event
from time import sleep

from matcher import __version__, resources
from matcher.bootstrap.casework import Casework, new_id
from matcher.bootstrap.checking import slot_of
from matcher.domain.deliveries import Way
from matcher.intake.identity import HEX_DIGITS
from matcher.services.access import Access
from matcher.services.account_subjects import AccountSubjects
from matcher.services.accounts import People
from matcher.services.boards import Boards
from matcher.services.delivery.address_subjects import AddressSubjects
from matcher.services.delivery.answers import Answers
from matcher.services.delivery.bounces import Bounces
from matcher.services.delivery.click_subjects import ClickSubjects
from matcher.services.delivery.clicks import Clicks
from matcher.services.delivery.letter import LetterWriter
from matcher.services.delivery.links import Links
from matcher.services.delivery.preview import Preview
from matcher.services.delivery.rulings import Rulings
from matcher.services.delivery.schedule import Schedule
from matcher.services.delivery.sending import Sending
from matcher.services.delivery.standing import Standing
from matcher.services.delivery.suppressing import Suppressing
from matcher.services.delivery.ways import ByMail, ByWebhook, Carrier
from matcher.services.delivery.webhook import Webhook, require_usable
from matcher.services.digests.composing import Composing
from matcher.services.digests.lines import UseCases
from matcher.services.digests.reading import DigestBook
from matcher.services.digests.report import DigestReport
from matcher.services.drafts import Drafts
from matcher.services.exclusions import Exclusions
from matcher.services.feedback import Judging
from matcher.services.filling import Filling
from matcher.services.imports import ImportBook
from matcher.services.job_subjects import JobSubjects
from matcher.services.jobs import JobQueue
from matcher.services.journal import Journal
from matcher.services.letters import Letters
from matcher.services.mail import Mailer, Outbox, Smtp, parsed
from matcher.services.mail_server import parse_server
from matcher.services.mandates import MandateBook
from matcher.services.model_cards import ModelCards
from matcher.services.models import ModelFolder
from matcher.services.opinions import Opinions
from matcher.services.outcomes import OutcomeBook
from matcher.services.records import RecordBook
from matcher.services.subjects import StoredSubjects, SubjectRights
from matcher.services.uploads import Uploads
from matcher.services.vitals import Vitals
from matcher.services.warming import Warming
from matcher.services.worker import Worker

NOBODY = "matcher@localhost"
"""The sender of letters that do not leave the machine."""


class Installation(Casework):
    """Everything one set of settings names, built when it is first needed."""

    @cached_property
    def people(self) -> People:
        """Accounts and organisations."""
        return People(self.database, new_id)

    @cached_property
    def access(self) -> Access:
        """Ways in."""
        return Access(self.database, lambda: secrets.token_urlsafe(32), new_id)

    @cached_property
    def letters(self) -> Letters:
        """Letters about accounts."""
        return Letters(self.access, self.mailer, self._address, new_id)

    @cached_property
    def journal(self) -> Journal:
        """The audit, and the answers to writing requests."""
        return Journal(self.database)

    @cached_property
    def records(self) -> RecordBook:
        """Records one by one."""
        return RecordBook(self.database, lambda: secrets.token_hex(HEX_DIGITS // 2))

    @cached_property
    def model_cards(self) -> ModelCards:
        """What ranks at present."""
        return ModelCards(self.database, self.indexer, ModelFolder(self.home / "models"))

    @cached_property
    def vitals(self) -> Vitals:
        """How the installation is, in figures."""
        return Vitals(self.database, self.indexer)

    @cached_property
    def subjects(self) -> SubjectRights:
        """What is kept about people."""
        return SubjectRights(
            self.database,
            [
                StoredSubjects(self.database),
                ClickSubjects(self.database, self.people),
                AccountSubjects(self.people),
                JobSubjects(self.database),
                AddressSubjects(self.database),
            ],
        )

    @cached_property
    def exclusions(self) -> Exclusions:
        """Standing wishes of accounts."""
        return Exclusions(self.database, self.wishes)

    @cached_property
    def outcomes(self) -> OutcomeBook:
        """Outcomes one by one."""
        return OutcomeBook(self.database)

    @cached_property
    def judging(self) -> Judging:
        """What people say of recommended pairs."""
        return Judging(self.database, self.exclusions)

    @cached_property
    def opinions(self) -> Opinions:
        """What was said of pairs, for those whose words they are."""
        return Opinions(self.database)

    @cached_property
    def boards(self) -> Boards:
        """The boards of funds and carriers."""
        return Boards(self.matching, self.records, self.policy, self.opinions)

    @cached_property
    def mandates(self) -> MandateBook:
        """Standing queries."""
        return MandateBook(self.database, new_id)

    @cached_property
    def mailer(self) -> Mailer:
        """The way out for letters: the mail server that is set, else the outbox."""
        told = self.settings
        if not told.smtp_url:
            return Outbox(self.home / "outbox", told.mail_from or NOBODY)
        return Smtp(parse_server(told.smtp_url), told.mail_from)

    @cached_property
    def imports(self) -> ImportBook:
        """The journal of imports."""
        return ImportBook(self.database)

    @cached_property
    def composing(self) -> Composing:
        """The digests of a week."""
        uses = UseCases(self.case_papers, self.policy, self.chain_gaps, self.reporting)
        versions = {"product": __version__, "rules": self.rulebook.version, "chains": self.chain_gaps.chains.version}
        return Composing(self.database, self.pairings, self.duplicates, uses, versions)

    @cached_property
    def digests(self) -> DigestBook:
        """Composed digests, and how people want theirs."""
        return DigestBook(self.database)

    @cached_property
    def digest_report(self) -> DigestReport:
        """What came of digests."""
        return DigestReport(self.database)

    @cached_property
    def links(self) -> Links:
        """Links of letters that work without signing in."""
        return Links(self.database, lambda: secrets.token_urlsafe(32))

    @cached_property
    def answers(self) -> Answers:
        """What people do by such links."""
        return Answers(self.database, self.links, self.access, self.judging, self.journal)

    @cached_property
    def clicks(self) -> Clicks:
        """Visits from letters to the reasons of what they told."""
        return Clicks(self.database, self.links)

    @cached_property
    def suppressing(self) -> Suppressing:
        """Addresses that get no mail."""
        return Suppressing(self.database)

    @cached_property
    def bounces(self) -> Bounces:
        """Letters that came back."""
        return Bounces(self.database, self.suppressing)

    @cached_property
    def by_mail(self) -> ByMail:
        """Digests as letters."""
        sender = self.settings.mail_from or NOBODY
        writer = LetterWriter(self._address, sender, parsed(sender).domain)
        return ByMail(writer, self.links, self.mailer)

    @cached_property
    def standing(self) -> Standing:
        """What of a digest still stands."""
        places, industries = resources.load_gazetteer(), resources.load_industries()
        rulings = Rulings(self.database, self.rulebook, places, industries)
        return Standing(self.database, self.access, rulings, self.policy, self.case_papers)

    @cached_property
    def preview(self) -> Preview:
        """Letters as they would be sent."""
        return Preview(self.standing, self.by_mail)

    @cached_property
    def sending(self) -> Sending:
        """The sending of digests: as letters, and to the webhook where there is one."""
        told = self.settings
        carriers: dict[Way, Carrier] = {Way.MAIL: self.by_mail}
        if told.webhook_url:
            require_usable(told.webhook_url, told.webhook_secret)
            carriers[Way.WEBHOOK] = ByWebhook(self.by_mail, Webhook(told.webhook_url, told.webhook_secret))
        return Sending(
            self.database,
            self.standing,
            self.suppressing,
            carriers,
            per_minute=told.mail_per_minute,
            new_id=new_id,
            clock=lambda: datetime.now(UTC),
            pause=sleep,
        )

    @cached_property
    def schedule(self) -> Schedule | None:
        """What hands in the jobs of digests, where a time is set for it."""
        if not self.settings.digest_at:
            return None
        return Schedule(self.database, slot_of(self.settings), self.jobs, self.sending.awaits)

    @cached_property
    def uploads(self) -> Uploads:
        """The files handed in for jobs."""
        return Uploads(self.home / "uploads")

    @cached_property
    def filling(self) -> Filling:
        """The filling in of carriers' figures."""
        gazetteer = resources.load_gazetteer()
        return Filling(self.database, self.rulebook, gazetteer, self.carrier_figures, self.uploads, new_id)

    @cached_property
    def jobs(self) -> JobQueue:
        """The use cases of jobs."""
        return JobQueue(self.database, self.uploads, new_id)

    @cached_property
    def drafts(self) -> Drafts:
        """Lists on their way into the database."""
        return Drafts(self.jobs, self.uploads)

    @cached_property
    def warming(self) -> Warming:
        """What loads all that a question needs before the first one."""
        return Warming(lambda: self.matching, self.indexer.stale, lambda: datetime.now(UTC).date())

    def worker(self, stop: Event) -> Worker:
        """What works through the jobs until it is told to stop."""
        tick = self.schedule.tick if self.schedule else None
        return Worker(self, clock=lambda: datetime.now(UTC), new_id=new_id, stop=stop, tick=tick)

    @property
    def _address(self) -> str:
        return self.settings.base_url or "http://127.0.0.1:8000"
