"""Importing people from a table: read and kept, looked at, written by a job; then let them in.

Roles are given and ended by the same rules as by hand (`members.held_until`, `membership_end`; member.manage on
the unit); accounts of people who are there already are never changed, only what they do where the importer may say
so.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from loa.accounts import services as accounts
from loa.accounts.models import User
from loa.accounts.services import NewAccount
from loa.audit.services import log, log_many
from loa.core import clock
from loa.core.after import enqueue_after_commit
from loa.core.errors import AppError, Conflict, InvalidInput, Refused
from loa.lib.vi import clean
from loa.org import access, selectors
from loa.org.models import ImportedPerson, Membership, PeopleImport, Unit
from loa.org.services.members import held_until, membership_end
from loa.org.services.units import require_manage
from loa.org.services.versions import EARLIEST

if TYPE_CHECKING:
    from loa.org.importers.people_compare import Comparison, Step

State = PeopleImport.State
#: lines written in one transaction, after which the page shows progress
CHUNK = 200
#: people on one sheet of one-time passwords: what a request can make in seconds
MOST_HANDED = 2_000
#: days after which the lines of an import are forgotten
KEEP_DAYS = 30


@transaction.atomic
def people_read(
    *, actor: Any, top: Unit, data: bytes, filename: str, effective_on: dt.date, decision: str = ""
) -> PeopleImport:
    """Read a file and keep its lines for the preview. Raises InvalidInput when it cannot be read, Refused."""
    from loa.org.importers.people_read import read

    require_manage(actor, top, ability="member.manage")
    if effective_on < EARLIEST or effective_on > clock.today() + dt.timedelta(days=3660):
        raise InvalidInput(_("Ngày bắt đầu không hợp lý. Hãy xem lại năm."), field="effective_on")
    table = read(data, filename)
    return PeopleImport.objects.create(
        top=top,
        filename=clean(filename)[:200],
        rows=[line.as_json() for line in table.lines],
        remarks=table.remarks,
        total=len(table.lines),
        effective_on=effective_on,
        decision=clean(decision)[:120],
        created_by=actor,
    )


def people_compare(*, actor: Any, batch: PeopleImport) -> Comparison:
    """What the lines of an import would do now, for `actor`."""
    from loa.org.importers.people_compare import compare

    return compare(
        batch.rows,
        top=batch.top,
        on=batch.effective_on,
        actor=actor,
        choices=batch.choices,
        decision=batch.decision,
    )


def _open(actor: Any, batch: PeopleImport) -> PeopleImport:
    """The row, held, when its lines can still be decided on."""
    batch = PeopleImport.objects.select_for_update().select_related("top").get(pk=batch.pk)
    require_manage(actor, batch.top, ability="member.manage")
    if not batch.rows:
        raise Conflict(_("Các dòng của lần nhập này đã được xoá sau 30 ngày. Hãy nhập lại tệp."))
    return batch


@transaction.atomic
def people_choose(*, actor: Any, batch: PeopleImport, chosen: dict[str, int]) -> int:
    """Keep which unit a name means (key of `Place.key` → unit id; 0 takes a choice back). Returns how many were
    kept. Raises Conflict once it is being written, InvalidInput for a unit that was not offered.
    """
    batch = _open(actor, batch)
    if batch.state not in (State.READ, State.DONE, State.FAILED):
        raise Conflict(_("Danh sách đang được ghi, chưa đổi được lựa chọn."))
    offered = {
        step.place.key: {unit.pk for unit in step.place.offered}
        for step, _count in people_compare(actor=actor, batch=batch).open_choices()
    }
    for key, unit in chosen.items():
        if unit and unit not in offered.get(key, ()):
            raise InvalidInput(_("Đơn vị được chọn không nằm trong danh sách. Hãy mở lại trang rồi chọn."))
    batch.choices = {**batch.choices, **{key: unit for key, unit in chosen.items() if unit}}
    batch.save(update_fields=["choices"])
    return sum(1 for unit in chosen.values() if unit)


@transaction.atomic
def people_confirm(*, actor: Any, batch: PeopleImport) -> None:
    """Let the job write the lines that are right; the others stay. Raises Conflict when it is being written,
    InvalidInput when no line would change anything.
    """
    batch = _open(actor, batch)
    if batch.state in (State.QUEUED, State.WRITING):
        raise Conflict(_("Danh sách này đã được xác nhận rồi."))
    if not people_compare(actor=actor, batch=batch).to_write:
        raise InvalidInput(_("Không có dòng nào để ghi."))
    batch.state, batch.error = State.QUEUED, ""
    batch.done = 0
    batch.save(update_fields=["state", "error", "done"])
    enqueue_after_commit(import_string("loa.org.tasks.write_people"), batch.pk, actor.pk)


def people_write(*, batch_id: int, actor: Any) -> None:
    """Write a confirmed import, CHUNK lines in one transaction; run again after a crash it goes on where it was.

    On a refusal the row says why; what is written stays, and is "no change" when the file is given in again.
    """
    if not PeopleImport.objects.filter(pk=batch_id, state__in=(State.QUEUED, State.WRITING)).update(
        state=State.WRITING
    ):
        return
    batch = PeopleImport.objects.select_related("top").get(pk=batch_id)
    made: dict[str, int] = {}
    try:
        require_manage(actor, batch.top, ability="member.manage")
        steps = people_compare(actor=actor, batch=batch).steps
        while batch.done < len(steps):
            batch = _write_chunk(batch, steps[batch.done : batch.done + CHUNK], made, actor)
        with transaction.atomic():
            PeopleImport.objects.filter(pk=batch_id).update(state=State.DONE, finished_at=clock.now())
            log("org.people.imported", actor=actor, obj=batch, unit_id=batch.top_id, **_counted(batch))
    except AppError as error:
        PeopleImport.objects.filter(pk=batch_id).update(
            state=State.FAILED, error=str(error.message), finished_at=clock.now()
        )


def _counted(batch: PeopleImport) -> dict[str, int]:
    return {name: batch.result.get(name, 0) for name in ("accounts", "roles", "titles", "ended")}


@transaction.atomic
def _write_chunk(batch: PeopleImport, steps: Sequence[Step], made: dict[str, int], actor: Any) -> PeopleImport:
    from loa.org.importers.people_compare import NEW, WRITTEN

    done = batch.done
    batch = PeopleImport.objects.select_for_update().select_related("top").get(pk=batch.pk)
    if batch.done != done or batch.state != State.WRITING:
        raise Conflict(_("Danh sách này đang được ghi ở nơi khác."))
    require_manage(actor, batch.top, ability="member.manage")
    right = [step for step in steps if step.deed in WRITTEN]
    fresh = [step for step in right if step.deed == NEW]
    users = accounts.accounts_create(
        actor=actor,
        people=[
            NewAccount(step.full_name, step.email, step.phone, step.unit.pk if step.unit else None)
            for step in fresh
        ],
    )
    made.update({step.who: user.pk for step, user in zip(fresh, users, strict=True)})
    ImportedPerson.objects.bulk_create(
        [ImportedPerson(batch=batch, user=user, unit=step.unit) for step, user in zip(fresh, users, strict=True)],
        batch_size=500,
    )
    batch.result = dict(Counter(batch.result) + Counter(accounts=len(users)) + _give(right, made, actor))
    batch.done = done + len(steps)
    batch.save(update_fields=["result", "done"])
    return batch


def _give(steps: Sequence[Step], made: dict[str, int], actor: Any) -> Counter[str]:
    """Give, rename and end the roles of some lines. Returns how many of each."""
    ids = {made[step.who] if step.user is None else step.user.pk for step in steps}
    # The rows of the people are the lock: somebody who gives a role by hand at this moment waits.
    people = {user.pk: user for user in User.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    still = Q(valid_to=None) | Q(valid_to__gt=clock.today())
    held = {
        (row.user_id, row.unit_id, row.role): row
        for row in Membership.objects.filter(still, user__in=ids).order_by("-valid_from")
    }
    rows: list[Membership] = []
    retitled: list[tuple[Membership, str]] = []
    ended: list[tuple[Membership, dt.date, str]] = []
    for step in steps:
        user = people[made[step.who] if step.user is None else step.user.pk]
        unit, since = step.unit, step.since
        assert unit is not None
        assert since is not None
        for part in step.parts:
            row = held.get((user.pk, unit.pk, part.role))
            if row is None:
                if part.held is not None:
                    continue  # it was over before, or was ended by hand while the lines were being written
                row = Membership(
                    user=user,
                    unit=unit,
                    role=part.role,
                    title=step.title,
                    valid_from=since,
                    valid_to=held_until(unit, since, step.until),
                    decision=step.decision,
                )
                rows.append(row)
                held[user.pk, unit.pk, part.role] = row
                continue
            if step.title and row.title != step.title and row.pk is not None:
                retitled.append((row, row.title))
                row.title = step.title
            if part.ends is not None:
                ended.append((row, part.ends, step.decision))
    Membership.objects.bulk_create(rows, batch_size=500)
    log_many("org.member.granted", actor=actor, deeds=[(row.user, row.unit_id, _granted(row)) for row in rows])
    _retitle(retitled, people, actor)
    for row, on, decision in ended:
        membership_end(actor=actor, membership=row, on=on, decision=decision)
    return Counter(roles=len(rows), titles=len(retitled), ended=len(ended))


def _retitle(retitled: list[tuple[Membership, str]], people: dict[int, User], actor: Any) -> None:
    """Write the new titles of roles, each beside the one it had before."""
    Membership.objects.bulk_update([row for row, _before in retitled], ["title"], batch_size=500)
    names = dict(Unit.objects.filter(pk__in={row.unit_id for row, _b in retitled}).values_list("pk", "name"))
    log_many(
        "org.member.titled",
        actor=actor,
        deeds=[
            (
                people[row.user_id],
                row.unit_id,
                {"unit": names[row.unit_id], "role": row.role, "before": before, "after": row.title},
            )
            for row, before in retitled
        ],
    )


def _granted(row: Membership) -> dict[str, Any]:
    return {
        "unit": row.unit.name,
        "role": str(row.role),
        "on": row.valid_from.isoformat(),
        "until": row.valid_to.isoformat() if row.valid_to else None,
        "decision": row.decision,
    }


def people_forget() -> int:
    """Empty the lines of imports older than KEEP_DAYS. Returns of how many."""
    before = clock.now() - dt.timedelta(days=KEEP_DAYS)
    old = PeopleImport.objects.filter(created_at__lt=before).exclude(rows=[])
    return old.exclude(state__in=(State.QUEUED, State.WRITING)).update(rows=[], choices={})


# — letting people in ———————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class Slip:
    """A log-in to be handed to one person."""

    user: User
    password: str
    unit: Unit
    roles: str


def _in_care(actor: Any, ids: Collection[int]) -> set[int]:
    return set(ids) if actor is None else access.people_in_care(actor, ids)


def _work_of(ids: Collection[int], actor: Any) -> dict[int, list[Membership]]:
    """Roles the people hold now or will, first those that began first; only in units the actor looks after."""
    managed = Unit.objects.all() if actor is None else access.units_where(actor, "member.manage")
    return dict(selectors.work_of(ids, managed))


@transaction.atomic
def people_invite(*, actor: Any, people: Collection[int]) -> int:
    """Send those of `people` who never logged in, have an address and are in the actor's care a letter with a
    link. Returns to how many. Raises InvalidInput while no mail server is set, Refused when none is theirs.
    """
    work = _work_of(_in_care(actor, people), actor)
    if people and not work:
        raise Refused(_("Không có ai trong số này thuộc phạm vi quản trị của bạn."), code="org.person")
    return accounts.invite(
        actor=actor,
        units={pk: rows[0].unit_id for pk, rows in work.items()},
        places={pk: rows[0].unit.name for pk, rows in work.items()},
    )


@transaction.atomic
def people_hand_out(*, actor: Any, people: Collection[int]) -> list[Slip]:
    """One-time passwords for those of `people` who never logged in and are in the actor's care, by unit and name.

    They are made now and kept nowhere: earlier ones are over. Raises InvalidInput for too many at once or when
    nobody is left, Refused when none is theirs.
    """
    if len(people) > MOST_HANDED:
        raise InvalidInput(_("Mỗi lần lấy phiếu cho nhiều nhất 2.000 người. Hãy lọc bớt."))
    work = _work_of(_in_care(actor, people), actor)
    if people and not work:
        raise Refused(_("Không có ai trong số này thuộc phạm vi quản trị của bạn."), code="org.person")
    made = accounts.one_time_passwords(actor=actor, units={pk: rows[0].unit_id for pk, rows in work.items()})
    if not made:
        raise InvalidInput(_("Mọi người được chọn đều đã đăng nhập hoặc đang khoá; không có phiếu nào để lấy."))
    slips = []
    for user, password in made.items():
        unit = work[user.pk][0].unit
        roles = [row.get_role_display() for row in work[user.pk] if row.unit_id == unit.pk]
        slips.append(Slip(user, password, unit, ", ".join(roles)))
    return sorted(slips, key=lambda slip: (slip.unit.sort_key, slip.unit.pk, slip.user.sort_key))


def waiting_sheets(batch: PeopleImport) -> Any:
    """Accounts of an import whose one-time password was never handed out and who did not come another way."""
    new = batch.people.filter(handed_at=None, user__is_active=True, user__last_login=None)
    return new.filter(user__must_change_password=True)


@transaction.atomic
def people_sheet(*, actor: Any, batch: PeopleImport) -> list[Slip]:
    """The log-ins of an import's new people who have not got theirs, MOST_HANDED at most; each is given once, and
    only to the one who imported them. Raises Refused, InvalidInput when none is left.
    """
    batch = PeopleImport.objects.select_for_update().select_related("top").get(pk=batch.pk)
    if actor.pk != batch.created_by_id:
        raise Refused(_("Chỉ người đã nhập danh sách mới lấy được phiếu."), code="org.people.sheet")
    require_manage(actor, batch.top, ability="member.manage")
    rows = waiting_sheets(batch).order_by("unit__sort_key", "unit", "pk").values_list("user", flat=True)
    waiting = list(rows[:MOST_HANDED])
    if not waiting:
        raise InvalidInput(_("Không còn phiếu nào: phiếu đã được lấy, hoặc mọi người đã tự vào."))
    slips = people_hand_out(actor=actor, people=waiting)
    batch.people.filter(user__in=[slip.user.pk for slip in slips]).update(handed_at=clock.now())
    log("org.people.handed", actor=actor, obj=batch, unit_id=batch.top_id, count=len(slips))
    return slips
