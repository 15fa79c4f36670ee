"""The one error family. Every message names the value that was wrong and the next step, in Chinese and English.

MatcherError
├── ConfigurationError      a setting cannot be used
├── IntakeError             a whole file is refused (single rows become issues instead)
│   ├── UnsupportedFileError
│   ├── UnreadableFileError
│   └── LimitExceededError
├── StoreError              the database cannot do what was asked
│   ├── UnservedError       it cannot be reached, is busy, full, or has another schema
│   └── RecordNotFoundError
├── EncoderError            the encoder cannot be built or loaded
├── DamagedIndexError       a derived file is damaged or belongs to another state; it can be rebuilt
├── PolicyError             a rule file is refused, with file, line and reason
├── TransitionError         a case cannot be moved like that from where it stands
├── CaseError               what is told or handed to a case cannot be used
├── NotEntitledError        the viewer may not see the record
├── NotAllowedError         the actor's role or organisation may not do this
├── AccountError            an address or a password cannot be used
├── SignInError             who asks is not known, or has tried too often
├── ConflictError           somebody else changed it meanwhile, or it is there already
├── BackupError             a backup cannot be made or restored
│   ├── DamagedBackupError  the archive is cut short or changed
│   └── NewerBackupError    a newer version of the product made it
├── MailError               a letter was not handed over
│   ├── MailDelayedError    it may pass later
│   │   └── MailUncertainError  it may have arrived
│   └── MailRefusedError    it will not pass as it is
│       └── MailboxError    the server takes no mail for this address
├── LinkError               a link of a letter is not valid, or no longer
├── GrantError              an application for a grant or a payment cannot be noted
└── EvaluationError         a folder or a cut leaves nothing to judge
"""

from __future__ import annotations

from matcher.wording import Said


class MatcherError(Exception):
    """Base of all named errors. `step` tells the user what to do next."""

    def __init__(self, message: Said, step: Said) -> None:
        super().__init__(message.en)
        self.message = message
        self.step = step

    @property
    def said(self) -> Said:
        """What is wrong and what to do, in one breath."""
        return Said(f"{self.message.zh}{self.step.zh}", f"{self.message.en} {self.step.en}")

    def __str__(self) -> str:
        return f"{self.message} {self.step}"


class ConfigurationError(MatcherError):
    """A setting cannot be used as it is."""


class IntakeError(MatcherError):
    """A whole file is refused; nothing of it was taken in."""


class UnsupportedFileError(IntakeError):
    """The file's type or its table is not one that can be imported."""


class UnreadableFileError(IntakeError):
    """The file's bytes cannot be read as what its name says."""


class LimitExceededError(IntakeError):
    """The file is larger than the limits allow."""


class StoreError(MatcherError):
    """The database cannot serve the request."""


class UnservedError(StoreError):
    """The database, the vector store or the disk serves nobody now: unreachable, busy, full, or of another schema."""


class RecordNotFoundError(StoreError):
    """No record has this id."""


class EncoderError(MatcherError):
    """The encoder cannot be built, loaded or trusted."""


class DamagedIndexError(MatcherError):
    """A derived file is damaged or was made from something else. It can be rebuilt from the database."""


class PolicyError(MatcherError):
    """A rule file cannot be used; nothing of the rules is loaded."""


class TransitionError(MatcherError):
    """The case cannot be moved like that from where it stands."""


class CaseError(MatcherError):
    """What is told or handed to a case cannot be used; nothing was written."""


class NotEntitledError(MatcherError):
    """The viewer may not see this record."""


class NotAllowedError(MatcherError):
    """The actor's role or organisation may not do this."""


class AccountError(MatcherError):
    """An address or a password cannot be used."""


class SignInError(MatcherError):
    """Who asks is not known, or has tried too often."""


class ConflictError(MatcherError):
    """Somebody else changed it meanwhile, or it is there already. Nothing was written."""


class BackupError(MatcherError):
    """A backup cannot be made or restored. Nothing was changed."""


class DamagedBackupError(BackupError):
    """The archive is cut short, changed, or none of ours."""


class NewerBackupError(BackupError):
    """A newer version of the product made the archive."""


class MailError(MatcherError):
    """A letter was not handed over. No message names who it was for."""

    closed = False
    """Whether it is the way that is closed: no letter passes by it now, whomever it is for."""


class MailDelayedError(MailError):
    """The way is closed for now: the same letter may pass later."""


class MailUncertainError(MailDelayedError):
    """The line broke while the letter was handed over: it may have arrived. The same letter again is the same one."""


class MailRefusedError(MailError):
    """The letter will not pass as it is: trying again is of no use."""


class MailboxError(MailRefusedError):
    """The server takes no mail for this address. `gone`: there is no such mailbox."""

    def __init__(self, message: Said, step: Said, *, gone: bool) -> None:
        super().__init__(message, step)
        self.gone = gone


class LinkError(MatcherError):
    """A link of a letter was changed, made up, or is too old. Nothing was done."""


class GrantError(MatcherError):
    """A step of a grant cannot be noted: no entitlement, out of order, or noted already."""


class EvaluationError(MatcherError):
    """There is nothing to judge."""
