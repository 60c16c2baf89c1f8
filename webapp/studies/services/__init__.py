"""Every write of a study. `creation` and `forking` make one; a change of state is one function, wherever it comes from:
a user (`user_actions`, `retention`), the worker that holds the lease (`leases`, `steps`, `turn_endings`), the reaper
(`reaping`).

Each is one conditional UPDATE on the old state (and the fence); the database's clock decides about leases. Whoever
finds no row to update has lost: `LeaseLost` in a worker, `NotNow` for a user.
"""

from webapp.studies.services.checkpoints import forget_checkpoints
from webapp.studies.services.creation import create_repeat, create_study
from webapp.studies.services.forking import fork
from webapp.studies.services.launches import AlreadyLaunched, earlier, forget_launches
from webapp.studies.services.leases import beat, claim, give_turn, give_up_stalled, step_aside
from webapp.studies.services.reaping import expire_holder, fail_dead, resume_where_room, settle_requests
from webapp.studies.services.retention import archive, delete, purge, restore, set_priority, undelete
from webapp.studies.services.steps import commit_step
from webapp.studies.services.transitions import Lease, LeaseLost, engine_events
from webapp.studies.services.turn_endings import fail, fall_back, obey, wait_for_disk
from webapp.studies.services.user_actions import cancel, pause, resume, retry, stop

__all__ = [
    "AlreadyLaunched",
    "Lease",
    "LeaseLost",
    "archive",
    "beat",
    "cancel",
    "claim",
    "commit_step",
    "create_repeat",
    "create_study",
    "delete",
    "earlier",
    "engine_events",
    "expire_holder",
    "fail",
    "fail_dead",
    "fall_back",
    "forget_checkpoints",
    "forget_launches",
    "fork",
    "give_turn",
    "give_up_stalled",
    "obey",
    "pause",
    "purge",
    "restore",
    "resume",
    "resume_where_room",
    "retry",
    "set_priority",
    "settle_requests",
    "step_aside",
    "stop",
    "undelete",
    "wait_for_disk",
]
