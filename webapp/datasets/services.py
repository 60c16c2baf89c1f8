"""Every write of a data set. Each transition is one conditional UPDATE on the old state."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, F, Max, Q
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from engine.config.catalog import CATALOG
from webapp.broker.wake import wake_after_commit
from webapp.clock import lease_end
from webapp.datasets import admission, files
from webapp.datasets.admission import Refused
from webapp.datasets.models import Dataset, DatasetQuerySet, Source, State, Task
from webapp.http.errors import InvalidTransition
from webapp.http.text import storable
from webapp.workers.process import this_process

log = logging.getLogger(__name__)
WORK = "webapp.datasets.work"
OWN = ("images", "events")
CHANGED = "its files have changed; studies that use it keep the content they started with"
GAVE_UP = (
    "its check was started {attempts} times, and its process died each time; "
    "it may need more memory than this server has"
)


class LeaseLost(Exception):
    """Another worker holds the data set now. This one must stop and leave its files alone."""


class WrongOffset(Exception):
    """A chunk that does not start at the end of the last one; the next byte is `received`."""

    def __init__(self, received: int) -> None:
        super().__init__(f"this upload continues at byte {received:,}")
        self.received = received


class Deleted(Exception):
    """The data set was deleted while a chunk was written."""


# --- users


def ensure_builtin() -> None:
    """A row for every built-in data set, and for every one that a registered part brings."""
    there = set(Dataset.objects.filter(source=Source.BUILTIN, version=1).values_list("dataset", flat=True))
    for info in (one for one in CATALOG.values() if one.name not in there and one.name not in OWN):
        facts = {"title": info.title, "state": State.ABSENT, "licence": info.licence, "citation": info.citation}
        Dataset.objects.get_or_create(source=Source.BUILTIN, dataset=info.name, version=1, defaults=facts)


def begin_upload(owner: User, title: object, name: object, size: object, shared: bool = False) -> Dataset:
    """Create an upload without content yet. Raises Refused."""
    title, (name, size) = admission.check_title(title), admission.check_file(name, size)
    with transaction.atomic():
        User.objects.select_for_update().get(id=owner.id)  # two concurrent uploads must not both pass the quota
        admission.check_quota_and_disk(owner, size)
        made = Dataset(
            owner=owner, title=title, source=Source.UPLOAD, size=size, shared=shared, state=State.ARRIVING
        )  # fmt: skip
        made.location = files.location_of(made.id, name)
        made.save()
    return made


def take_chunk(dataset: Dataset, offset: int, data: bytes) -> int:
    """Store bytes at `offset`; returns how many have arrived. The last chunk queues the upload for its check.

    Raises WrongOffset where `offset` is not the next byte, InvalidTransition where the upload is complete, Deleted
    where it was deleted meanwhile, and Refused (and deletes the upload) where the content is not what its name says.
    """
    if dataset.state != State.ARRIVING:
        raise InvalidTransition(f"this data set is {dataset.get_state_display()}: no bytes are expected")
    if offset != dataset.received:
        raise WrongOffset(dataset.received)
    if offset + len(data) > dataset.size:
        raise Refused("size", f"more bytes than the {dataset.size:,} announced")
    if offset == 0:
        try:
            admission.check_first_bytes(dataset.location, data)
        except Refused:
            remove(dataset)
            raise
    files.write_at(dataset.location, offset, data)
    received = offset + len(data)
    whole = received == dataset.size
    with transaction.atomic():
        awaited = Dataset.objects.filter(id=dataset.id, state=State.ARRIVING, received=offset)
        fields: dict[str, Any] = {"state": State.WAITING, "task": Task.CHECK} if whole else {}
        if not awaited.update(received=received, touched=Now(), **fields):
            raise _conflict(dataset)
        if whole:
            wake_after_commit(WORK, dataset.id)
    return received


def _conflict(dataset: Dataset) -> WrongOffset | Deleted:
    """The error after a concurrent chunk or deletion; after a deletion, also delete the bytes written since."""
    received = Dataset.objects.filter(id=dataset.id).values_list("received", flat=True).first()
    if received is not None:
        return WrongOffset(received)
    files.delete(dataset.id)
    return Deleted("this upload was deleted meanwhile")


def register_path(owner: User, title: object, path: object, shared: bool = False) -> Dataset:
    """Register a file or folder on the server. Raises Refused."""
    title, path = admission.check_title(title), admission.check_path(path)
    if Dataset.objects.filter(owner=owner, location=path).exclude(state__in=(State.REFUSED, State.CHANGED)).exists():
        raise Refused("path", "you have registered this one already")
    with transaction.atomic():
        made = Dataset.objects.create(
            owner=owner, title=title, source=Source.PATH, location=path, shared=shared, state=State.WAITING
        )
        wake_after_commit(WORK, made.id)
    return made


def ask(dataset_id: UUID, task: Task) -> None:
    """Queue a check, or the download of a built-in data set. Raises InvalidTransition."""
    allowed = Q(state__in=(State.ABSENT, State.READY, State.REFUSED, State.CHANGED)) & ~Q(source=Source.UPLOAD)
    if task == Task.FETCH:
        allowed &= Q(source=Source.BUILTIN)
    with transaction.atomic():
        asked = Dataset.objects.filter(allowed, id=dataset_id).update(
            state=State.WAITING, task=task, reason="", stage="", attempts=0, touched=Now()
        )
        if not asked:
            raise InvalidTransition("only an idle built-in or registered data set can be checked again")
        wake_after_commit(WORK, dataset_id)


def describe(dataset_id: UUID, title: object, licence: object, citation: object, shared: object) -> None:
    """Set title, licence, citation and sharing. Raises Refused."""
    if not isinstance(shared, bool):
        raise Refused("shared", "must be true or false")
    fields = {
        "title": admission.check_title(title),
        "licence": admission.check_text("licence", licence, 200),
        "citation": admission.check_text("citation", citation, 500),
        "shared": shared,
    }
    Dataset.objects.filter(id=dataset_id).update(**fields)


def remove(dataset: Dataset) -> None:
    """Delete it with an upload's files; a registered folder stays. Raises InvalidTransition while a study uses it."""
    with transaction.atomic():
        held = Dataset.objects.filter(id=dataset.id)
        held.select_for_update().first()  # a concurrent launch waits, or is counted below
        if dataset.source == Source.BUILTIN:
            raise InvalidTransition("built-in data sets cannot be deleted")
        if held.filter(state=State.WORKING).exists():
            raise InvalidTransition("it is being checked; try again in a moment")
        if used := dataset.studies.count():
            raise InvalidTransition(f"used by {used} {'study' if used == 1 else 'studies'}, whose results depend on it")
        held.delete()
        transaction.on_commit(lambda: files.delete(dataset.id))


# --- studies


def used_by(dataset: str, path: str | None, content: str | None, visible: DatasetQuerySet) -> Dataset | None:
    """The data set that a study's `data` names, locked until the transaction ends; None where it is unknown."""
    named = Q(location=path) if path is not None else Q(source=Source.BUILTIN, dataset=dataset)
    found = visible.filter(named).exclude(state=State.REFUSED).select_for_update().order_by("-version", "-created")
    return (found.filter(content_sha256=content).first() if content else None) or found.first()


# --- the data worker


def claim(dataset_id: UUID, holder: str) -> Dataset | None:
    """Claim a waiting data set. None where it is not waiting."""
    waiting = Dataset.objects.filter(id=dataset_id, state=State.WAITING)
    fresh: dict[str, Any] = {"stage": "", "reason": "", "touched": Now(), "attempts": F("attempts") + 1}
    if not waiting.update(state=State.WORKING, holder=holder, expires=lease_end(), **fresh):
        return None
    return Dataset.objects.get(id=dataset_id)


def waiting() -> list[UUID]:
    """The waiting data sets, the longest waiting first."""
    return list(Dataset.objects.filter(state=State.WAITING).order_by("touched").values_list("id", flat=True))


def renew(dataset_id: UUID, holder: str, **facts: Any) -> None:
    """Renew the lease, and update fields such as `stage`, `received` or `size`. Raises LeaseLost."""
    if not _held(dataset_id, holder).update(expires=lease_end(), **facts):
        raise LeaseLost(f"data set {dataset_id} is no longer held by {holder}")


def accept(dataset: Dataset, report: dict[str, Any]) -> Dataset:
    """Mark a checked data set as ready. Where studies use other content, that version is kept, marked as changed.

    Raises LeaseLost.
    """
    content = str(report["content_sha256"])
    found: dict[str, Any] = {"report": report, "content_sha256": content, "dataset": report["dataset"]}
    ready: dict[str, Any] = {"state": State.READY, "stage": "", "reason": "", "attempts": 0}
    done = {**ready, "checked": timezone.now(), **_RELEASED}
    with transaction.atomic():
        renew(dataset.id, dataset.holder)  # which also locks it
        mine = _held(dataset.id, dataset.holder)
        if dataset.content_sha256 not in ("", content) and dataset.studies.exists():
            mine.update(state=State.CHANGED, reason=CHANGED, **_RELEASED)
            versions = Dataset.objects.filter(owner=dataset.owner, dataset=found["dataset"], location=dataset.location)
            if known := versions.filter(content_sha256=content).first():
                return known
            newest = versions.aggregate(newest=Max("version"))["newest"] or dataset.version
            return Dataset.objects.create(
                **{key: getattr(dataset, key) for key in _KEPT}, **found, **done, version=newest + 1
            )
        size = {"size": report["bytes"], "received": report["bytes"]} if dataset.source != Source.UPLOAD else {}
        mine.update(**found, **done, **size)
    return Dataset.objects.get(id=dataset.id)


_RELEASED: dict[str, Any] = {"holder": "", "expires": None}
_KEPT = ("owner", "shared", "title", "source", "location", "licence", "citation", "size", "received")


def refuse(dataset: Dataset, reason: str) -> None:
    """Refuse a data set that failed its check and delete an upload's files, unless studies use it.

    Raises LeaseLost.
    """
    renew(dataset.id, dataset.holder)  # no other worker opens its files while they are deleted
    used = dataset.studies.exists()
    state = State.CHANGED if used else State.ABSENT if dataset.source == Source.BUILTIN else State.REFUSED
    if not used:
        files.delete(dataset.id)
    _held(dataset.id, dataset.holder).update(state=state, reason=storable(reason), checked=timezone.now(), **_RELEASED)
    log.warning("data set %s refused at %s: %s", dataset.id, dataset.stage or "the start", reason)


def requeue(dataset_id: UUID, holder: str) -> None:
    """Queue a check again whose worker died, or refuse the data set after MAX_CHECK_ATTEMPTS."""
    _requeue(_held(dataset_id, holder))


def requeue_expired() -> None:
    """Queue every check again whose lease has expired."""
    late = Dataset.objects.filter(Q(expires=None) | Q(expires__lte=Now()), state=State.WORKING)
    for dataset_id, holder in list(late.values_list("id", "holder")):
        if _requeue(late.filter(id=dataset_id, holder=holder)):
            log.warning("data set %s: the lease of %s has expired; queued again", dataset_id, holder)


def discount_attempt(holder: str) -> None:
    """Do not count the current attempt: the check ends for a reason outside the data set."""
    held = Dataset.objects.filter(state=State.WORKING, holder=holder)
    held.update(attempts=Greatest(F("attempts") - 1, 0))


def _requeue(held: DatasetQuerySet) -> bool:
    """False where it is no longer held. A data set that is given up is claimed first, so that its holder, which may
    still be alive, can write no more.
    """
    given_up = held.filter(attempts__gte=settings.MAX_CHECK_ATTEMPTS)
    dataset = given_up.first()
    if dataset is not None and given_up.update(holder=(ours := this_process()), expires=lease_end()):
        dataset.holder = ours
        refuse(dataset, GAVE_UP.format(attempts=dataset.attempts))
        return True
    return bool(held.update(state=State.WAITING, touched=Now(), **_RELEASED))


def delete_stale_uploads() -> None:
    """Delete uploads that received no bytes, or were refused, UPLOAD_DAYS ago or earlier."""
    before = timezone.now() - timedelta(days=settings.UPLOAD_DAYS)
    over = Dataset.objects.filter(source=Source.UPLOAD, state__in=(State.ARRIVING, State.REFUSED))
    for stale in over.filter(touched__lt=before):
        remove(stale)
        log.info("%s upload %s deleted", stale.get_state_display(), stale.id)


def counted(visible: DatasetQuerySet) -> DatasetQuerySet:
    """The data sets with `uses`, the number of studies that use each."""
    return visible.select_related("owner").annotate(uses=Count("studies"))


def _held(dataset_id: UUID, holder: str) -> DatasetQuerySet:
    return Dataset.objects.filter(id=dataset_id, state=State.WORKING, holder=holder)
