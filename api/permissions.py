"""Who may call which operation. Every route has a row here, or the service does not start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.domain.accounts import OVERSEEING, Role, Scope
from matcher.domain.attachments import LARGEST
from matcher.domain.records import RECORD_KINDS
from matcher.services.cases.access import OPENING

ALL = frozenset(Role)
STAFF = OVERSEEING
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
BROKING = STAFF | {Role.BROKER, Role.INCUBATOR}
"""Those who look after other people's records."""


CURATING = STAFF | {Role.BROKER}
"""Those who may write whatever record they see, and say which of them are one."""
DECIDING = BROKING | {Role.FUND}
"""Those who tell what became of a pair."""
REPORTING = STAFF | {Role.INCUBATOR}
"""Those who may be told figures of carriers: the bureau all, a carrier its own."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Which roles may call an operation, and what a token needs for it. No roles: whoever asks."""

    roles: frozenset[Role] | None
    scope: Scope = Scope.READ
    most_bytes: int = 1_000_000
    """Longest body."""
    told_once: bool = False
    """Whether the answer holds a secret, which is kept under no idempotency key."""
    notes_itself: bool = False
    """Whether its service writes the line in the audit, since a page does the same."""
    late: bool = False
    """Whether it takes its time before it writes: its transaction begins with the first write, for nobody to wait."""
    heavy: bool = False
    """Whether it computes over all records: no more of these run at once than there are cores."""


ANYBODY = Permission(None)
SIGNED_IN = Permission(ALL)
THINKING = Permission(ALL, heavy=True)
WRITING = Permission(ALL, Scope.WRITE)
STAFF_READING = Permission(STAFF)
STAFF_THINKING = Permission(STAFF, heavy=True)
ADMINISTRATION = Permission(ADMINISTRATORS)
ADMINISTRATION_WRITING = Permission(ADMINISTRATORS, Scope.WRITE)

PERMISSIONS: Mapping[str, Permission] = {
    "live": ANYBODY,
    "ready": ANYBODY,
    "sign_in": ANYBODY,
    "ask_for_password": ANYBODY,
    "set_password": ANYBODY,
    "sign_out": Permission(ALL, Scope.WRITE, notes_itself=True),
    "me": SIGNED_IN,
    "list_my_tokens": SIGNED_IN,
    "create_token": Permission(ALL, Scope.WRITE, told_once=True),
    "revoke_token": WRITING,
    **{f"{verb}_{kind}": SIGNED_IN for kind in RECORD_KINDS for verb in ("list", "read")},
    **{f"{verb}_{kind}": THINKING for kind in RECORD_KINDS for verb in ("search", "similar")},
    # Whose record it is decides the service that writes it.
    **{f"{verb}_{kind}": WRITING for kind in RECORD_KINDS for verb in ("create", "replace", "delete")},
    "match": THINKING,
    "screen": THINKING,
    "why": THINKING,
    "chain": THINKING,
    "read_drift": Permission(CURATING, heavy=True),  # it tells why pairs were refused
    "list_outcomes": SIGNED_IN,
    "create_outcome": Permission(DECIDING, Scope.WRITE),
    "list_feedback": SIGNED_IN,
    "give_feedback": WRITING,
    "list_exclusions": SIGNED_IN,
    "create_exclusion": WRITING,
    "undo_exclusion": WRITING,
    "list_mandates": SIGNED_IN,
    "create_mandate": WRITING,
    "read_mandate": SIGNED_IN,
    "change_mandate": WRITING,
    "delete_mandate": WRITING,
    "mandate_matches": THINKING,
    "list_digests": SIGNED_IN,
    "count_digests": STAFF_READING,
    "read_digest_settings": SIGNED_IN,
    "change_digest_settings": WRITING,
    "read_digest": SIGNED_IN,
    "list_policy_rules": SIGNED_IN,
    "list_stages": Permission(BROKING),
    "read_criteria": Permission(BROKING),
    "list_grants": Permission(REPORTING),
    "apply_grant": Permission(STAFF, Scope.WRITE),
    "pay_grant": Permission(STAFF, Scope.WRITE),
    "undo_grant": Permission(STAFF, Scope.WRITE),
    "evaluate_carriers": STAFF_READING,
    "evaluate_carrier": Permission(REPORTING),
    "read_chain_gaps": SIGNED_IN,
    "list_filings": Permission(REPORTING),
    "check_filing": Permission(REPORTING),
    "list_contracts": Permission(REPORTING),
    "read_contract": Permission(REPORTING),
    "list_submissions": Permission(REPORTING),
    "read_report": STAFF_READING,
    "download_workbook": STAFF_READING,
    "download_page": STAFF_READING,
    "list_users": ADMINISTRATION,
    "create_user": ADMINISTRATION_WRITING,
    "read_user": ADMINISTRATION,
    "change_user": ADMINISTRATION_WRITING,
    "erase_user": ADMINISTRATION_WRITING,
    "list_organisations": STAFF_READING,
    "create_organisation": ADMINISTRATION_WRITING,
    "read_organisation": STAFF_READING,
    "change_organisation": ADMINISTRATION_WRITING,
    "open_record": WRITING,
    "close_record": WRITING,
    "list_audit": STAFF_READING,
    # Whose job it is decides the queue.
    "list_jobs": SIGNED_IN,
    "read_job": SIGNED_IN,
    "read_job_issues": SIGNED_IN,
    "cancel_job": WRITING,
    "resume_job": WRITING,
    "submit_job": Permission(STAFF, Scope.WRITE),
    "list_imports": STAFF_READING,
    "read_import": STAFF_READING,
    # An import may write anybody's records, and undoing one too.
    "undo_import": Permission(STAFF, Scope.WRITE),
    "create_import": Permission(STAFF, Scope.WRITE, most_bytes=64 * 1024 * 1024, late=True),
    "read_metrics": Permission(ADMINISTRATORS, Scope.METRICS),
    # Whom a case concerns decides the service: for everybody else it does not exist.
    "list_cases": SIGNED_IN,
    "open_case": Permission(OPENING, Scope.WRITE),
    "list_overdue_tasks": SIGNED_IN,
    "read_case": SIGNED_IN,
    "tell_case": WRITING,
    "move_case": WRITING,
    "stop_case": WRITING,
    "undo_case": WRITING,
    "hand_over_case": WRITING,
    "add_case_note": WRITING,
    "add_case_task": WRITING,
    "finish_case_task": WRITING,
    "attach_to_case": Permission(ALL, Scope.WRITE, LARGEST + 1, late=True),
    "read_case_attachment": SIGNED_IN,
    "propose_introduction": WRITING,
    "propose_next_introduction": Permission(ALL, Scope.WRITE, late=True),
    "list_introductions": SIGNED_IN,
    "read_introduction": SIGNED_IN,
    "answer_introduction": WRITING,
    "undo_answer": WRITING,
}


PAGES: Mapping[str, Permission] = {
    "page_home": SIGNED_IN,
    "page_help": SIGNED_IN,
    "page_unknown": SIGNED_IN,
    "page_match": THINKING,
    "page_why": THINKING,
    "page_compare": THINKING,
    "page_letter": THINKING,
    "page_word_letter": THINKING,  # a post that writes nothing: the words are too long for an address
    "page_give_feedback": WRITING,
    "page_screen": Permission(DECIDING, heavy=True),
    "page_screen_export": Permission(DECIDING, heavy=True),
    "page_judge": WRITING,
    "page_undo_judgement": WRITING,
    "page_shortlist": SIGNED_IN,
    "page_shortlist_export": SIGNED_IN,
    "page_mandates": SIGNED_IN,
    "page_create_mandate": WRITING,
    "page_mandate": SIGNED_IN,
    "page_change_mandate": WRITING,
    "page_delete_mandate": WRITING,
    "page_digests": SIGNED_IN,
    "page_digest": SIGNED_IN,
    "page_digest_settings": SIGNED_IN,
    "page_set_digests": WRITING,
    "page_records": THINKING,
    "page_record": THINKING,
    "page_cases": SIGNED_IN,
    "page_tasks": Permission(BROKING),
    "page_new_case": Permission(OPENING, heavy=True),
    "page_open_case": Permission(OPENING, Scope.WRITE),
    # Whom a case concerns decides the service, as above.
    "page_case": SIGNED_IN,
    "page_tell_case": WRITING,
    "page_move_case": WRITING,
    "page_stop_case": WRITING,
    "page_undo_case": WRITING,
    "page_hand_over": WRITING,
    "page_add_note": WRITING,
    "page_add_task": WRITING,
    "page_finish_task": WRITING,
    "page_attach": Permission(ALL, Scope.WRITE, LARGEST + 100_000, late=True),
    "page_attachment": SIGNED_IN,
    "page_propose": WRITING,
    "page_propose_next": Permission(ALL, Scope.WRITE, late=True),
    "page_introductions": SIGNED_IN,
    "page_answer": WRITING,
    "page_undo_answer": WRITING,
    "page_carriers": Permission(REPORTING, heavy=True),
    "page_carrier": Permission(REPORTING, heavy=True),
    "page_carrier_criteria": Permission(REPORTING),
    "page_carrier_grants": Permission(REPORTING),
    "page_carrier_evaluation": Permission(REPORTING, heavy=True),
    "page_carrier_filings": Permission(REPORTING),
    "page_carrier_contracts": Permission(REPORTING),
    "page_figures": Permission(REPORTING),
    "page_save_figures": Permission(REPORTING, Scope.WRITE),
    "page_upload_figures": Permission(REPORTING, Scope.WRITE, most_bytes=4 * 1024 * 1024),
    "page_figures_form": Permission(REPORTING),
    "page_bureau": STAFF_THINKING,
    "page_chains": STAFF_THINKING,
    "page_ranking": STAFF_THINKING,
    "page_ranking_workbook": STAFF_THINKING,
    "page_filings": STAFF_READING,
    "page_grants": STAFF_READING,
    "page_note_grant": Permission(STAFF, Scope.WRITE),
    "page_reports": STAFF_THINKING,
    "page_report": STAFF_THINKING,
    "page_report_workbook": STAFF_THINKING,
    "page_report_print": STAFF_THINKING,
    # Whose record it is decides the service.
    "page_new_record": SIGNED_IN,
    "page_describe_record": SIGNED_IN,  # fills in a form and writes nothing
    "page_create_record": WRITING,
    "page_edit_record": SIGNED_IN,
    "page_change_record": WRITING,
    "page_deletion": SIGNED_IN,
    "page_delete_record": WRITING,
    "page_open_record": WRITING,
    "page_close_record": WRITING,
    "page_data": Permission(CURATING),
    # As for `create_import`: an import may write anybody's records.
    "page_upload": Permission(STAFF, Scope.WRITE, most_bytes=64 * 1024 * 1024, late=True),
    "page_template": SIGNED_IN,
    "page_import": STAFF_READING,
    "page_undo_import": Permission(STAFF, Scope.WRITE),
    "page_duplicates": Permission(CURATING, heavy=True),
    "page_aliases": Permission(CURATING, heavy=True),
    "page_decide": Permission(CURATING, Scope.WRITE),
    "page_undo_decision": Permission(CURATING, Scope.WRITE),
    "page_account": SIGNED_IN,
    "page_set_language": WRITING,
    "page_own_letter": WRITING,
    "page_end_sessions": WRITING,
    "page_create_token": Permission(ALL, Scope.WRITE, told_once=True),
    "page_revoke_token": WRITING,
    "page_rules": SIGNED_IN,
    "page_admin": ADMINISTRATION,
    "page_create_user": ADMINISTRATION_WRITING,
    "page_user": ADMINISTRATION,
    "page_change_user": ADMINISTRATION_WRITING,
    "page_user_letter": ADMINISTRATION_WRITING,
    "page_erase_user": ADMINISTRATION_WRITING,
    "page_organisations": ADMINISTRATION,
    "page_create_organisation": ADMINISTRATION_WRITING,
    "page_organisation": ADMINISTRATION,
    "page_change_organisation": ADMINISTRATION_WRITING,
    "page_models": STAFF_READING,
    "page_train": Permission(STAFF, Scope.WRITE),
    "page_audit": STAFF_READING,
    "page_jobs": STAFF_READING,
    "page_job": STAFF_READING,
    "page_job_issues": STAFF_READING,
    "page_corrections": STAFF_READING,
    "page_import_again": Permission(STAFF, Scope.WRITE),
    "page_cancel_job": Permission(STAFF, Scope.WRITE),
    "page_resume_job": Permission(STAFF, Scope.WRITE),
}
"""The same for the pages of the workbench, by the names of their routes; the audit names what they write by these."""
