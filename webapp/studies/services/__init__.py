"""Every write of a study. `creation` and `forking` make a study. Every change of state is one function, called by a
user (`user_actions`, `retention`), by the worker that holds the lease (`leases`, `steps`, `turn_endings`) or by the
reaper (`reaping`).

Each change is one conditional UPDATE on the old state and the fence. The database's clock decides about leases. An
UPDATE that finds no row raises `LeaseLost` in a worker and `InvalidTransition` for a user.
"""

from webapp.studies.services.checkpoints import delete_checkpoints
from webapp.studies.services.creation import create_repeat, create_study
from webapp.studies.services.extending import extend
from webapp.studies.services.forking import fork, search_again
from webapp.studies.services.launches import AlreadyLaunched, delete_old_launches, earlier
from webapp.studies.services.leases import claim, end_turn, end_turn_on_full_disk, give_up_stalled, renew_lease
from webapp.studies.services.reaping import apply_overdue_requests, expire_holder, fail_dead, resume_after_disk_full
from webapp.studies.services.retention import archive, delete, purge, restore, set_priority, undelete
from webapp.studies.services.steps import commit_step
from webapp.studies.services.transitions import Lease, LeaseLost, engine_events
from webapp.studies.services.turn_endings import apply_request, drop_damaged_checkpoint, fail, wait_for_disk
from webapp.studies.services.user_actions import cancel, pause, resume, retry, stop

__all__ = [
    "AlreadyLaunched",
    "Lease",
    "LeaseLost",
    "apply_overdue_requests",
    "apply_request",
    "archive",
    "cancel",
    "claim",
    "commit_step",
    "create_repeat",
    "create_study",
    "delete",
    "delete_checkpoints",
    "delete_old_launches",
    "drop_damaged_checkpoint",
    "earlier",
    "end_turn",
    "end_turn_on_full_disk",
    "engine_events",
    "expire_holder",
    "extend",
    "fail",
    "fail_dead",
    "fork",
    "give_up_stalled",
    "pause",
    "purge",
    "renew_lease",
    "restore",
    "resume",
    "resume_after_disk_full",
    "retry",
    "search_again",
    "set_priority",
    "stop",
    "undelete",
    "wait_for_disk",
]
