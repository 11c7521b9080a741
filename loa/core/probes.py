"""The lines of the system page that are core's own: database, workers, jobs, timetable, disk, mail, backup."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from loa.core import clock, jobs
from loa.core.backup import LastBackup
from loa.core.health import Probe, Reading, State, probes
from loa.core.models import PeriodicRun, WorkerBeat

#: a job that has waited so long deserves a look; so long, and somebody must do something
WAIT_LOOK, WAIT_BAD = dt.timedelta(minutes=1), dt.timedelta(minutes=5)
#: how long a job of a queue may run
LONGEST = {"default": dt.timedelta(minutes=10), "slow": dt.timedelta(hours=1)}
#: a periodic job is late when it was due so long ago
LATE = dt.timedelta(minutes=5)
#: free room on the disk of the data folder: below the first a look, below the second trouble
FREE_LOOK, FREE_BAD = 5 * 1024**3, 1024**3
#: a nightly backup that did not come is seen the day after
BACKUP_OLD = dt.timedelta(days=2)
#: an answer of the database slower than this deserves a look
SLOW_DATABASE = 0.5


def span(length: dt.timedelta) -> str:
    """ "45 giây", "3 phút", "2 giờ", "4 ngày"; never negative."""
    seconds = max(int(length.total_seconds()), 0)
    for unit, words in ((86400, _("%(n)s ngày")), (3600, _("%(n)s giờ")), (60, _("%(n)s phút"))):
        if seconds >= unit:
            return words % {"n": seconds // unit}
    return _("%(n)s giây") % {"n": seconds}


def size(count: int) -> str:
    """ "45,2 MB", "1,3 GB": bytes as they are read in Việt Nam."""
    for unit, name in ((1024**3, "GB"), (1024**2, "MB")):
        if count >= unit:
            return f"{count / unit:.1f} {name}".replace(".", ",")
    return f"{count // 1024} KB"


def database() -> Reading:
    """Which database, how large, how quick."""
    start = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        took = time.perf_counter() - start
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
            name, bytes_ = "PostgreSQL", int(cursor.fetchone()[0])
        else:
            path = str(connection.settings_dict["NAME"])
            files = [Path(path + suffix) for suffix in ("", "-wal")]
            name, bytes_ = "SQLite", sum(file.stat().st_size for file in files if file.is_file())
    figure = _("%(name)s, %(size)s, trả lời trong %(ms)s ms") % {
        "name": name,
        "size": size(bytes_),
        "ms": max(round(took * 1000), 1),
    }
    if took > SLOW_DATABASE:
        return Reading(State.LOOK, figure, _("Máy chủ hoặc ổ đĩa đang quá tải: xem chương trình nào chiếm máy."))
    return Reading(State.GOOD, figure)


def workers() -> Reading:
    """Whether a worker lives."""
    now = clock.now()
    seen = WorkerBeat.objects.aggregate(
        alive=Count("pk", filter=Q(seen_at__gt=now - jobs.LEASE)),
        silent=Count("pk", filter=Q(seen_at__lte=now - jobs.LEASE, seen_at__gt=now - dt.timedelta(hours=1))),
    )
    if not seen["alive"]:
        last = WorkerBeat.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
        figure = (
            _("Không có tiến trình nào") if last is None else _("Im lặng %(span)s") % {"span": span(now - last)}
        )
        return Reading(
            State.BAD, figure, _("Khởi động lại Loa (make run), hoặc chạy thêm “loa worker” trên máy chủ.")
        )
    return Reading(State.GOOD, _("%(n)s tiến trình đang chạy") % {"n": seen["alive"]})


def queue() -> Reading:
    """Jobs whose time has come and that no worker has taken yet."""
    now = clock.now()
    never = get_date_max()
    ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
    waiting = ready.filter(Q(run_after=never) | Q(run_after__lte=now)).aggregate(
        count=Count("pk"),
        first=Min("enqueued_at", filter=Q(run_after=never)),
        due=Min("run_after", filter=Q(run_after__lte=now)),
    )
    begun = [moment for moment in (waiting["first"], waiting["due"]) if moment is not None]
    if not begun:
        return Reading(State.GOOD, _("Không có việc nào chờ"))
    age = now - min(begun)
    figure = _("%(n)s việc, lâu nhất %(span)s") % {"n": waiting["count"], "span": span(age)}
    if age <= WAIT_LOOK:
        return Reading(State.GOOD, figure)
    todo = _(
        "Việc đến nhanh hơn sức làm, hoặc có việc kẹt: xem dòng “Việc đang chạy”, hoặc chạy thêm “loa worker”."
    )
    return Reading(State.BAD if age > WAIT_BAD else State.LOOK, figure, todo)


def running() -> Reading:
    """Jobs being done, and those that take too long."""
    now = clock.now()
    rows = list(
        DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
        .order_by("started_at")
        .values_list("pk", "task_path", "queue_name", "started_at")[:100]
    )
    for pk, path, queue_name, since in rows:
        if since is None or now - since <= LONGEST.get(queue_name, LONGEST["default"]):
            continue
        return Reading(
            State.BAD,
            _("“%(job)s” chạy đã %(span)s") % {"job": jobs.title_of(path), "span": span(now - since)},
            _(
                "Khởi động lại Loa: việc dở được giao lại sau 45 giây và làm lại từ đầu. "
                "Nếu vẫn kẹt, báo người phụ trách kỹ thuật."
            ),
            mark=str(pk),
        )
    return Reading(State.GOOD, _("%(n)s việc") % {"n": len(rows)} if rows else _("Không có việc nào"))


def failed() -> Reading:
    """Jobs that were given up."""
    rows = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED)
    count = rows.count()
    if not count:
        return Reading(State.GOOD, _("Không có"))
    newest = rows.order_by("-finished_at", "pk").values_list("pk", flat=True).first()
    return Reading(
        State.BAD,
        _("%(n)s việc đã bỏ dở") % {"n": count},
        _("Xem bảng “Việc bị lỗi”: chạy lại khi nguyên nhân đã hết, hoặc bỏ đi nếu không cần nữa."),
        mark=str(newest),
    )


def timetable() -> Reading:
    """Periodic jobs that should have begun and did not."""
    late = [(line, by) for line, _run, by in periodic() if by]
    if not late:
        return Reading(State.GOOD, _("Đúng giờ"))
    line, by = max(late, key=lambda pair: pair[1])
    return Reading(
        State.BAD,
        _("%(n)s việc chậm; “%(job)s” chậm %(span)s")
        % {"n": len(late), "job": jobs.title_of(line.task), "span": span(by)},
        _("Đồng hồ của tiến trình chạy việc đã dừng: khởi động lại Loa."),
    )


def periodic() -> list[tuple[jobs.Periodic, PeriodicRun | None, dt.timedelta | None]]:
    """Each line of the timetable, when it ran and runs next, and by how much it is late (None: it is not)."""
    from config.schedule import SCHEDULE

    now = clock.now()
    runs = PeriodicRun.objects.in_bulk([line.name for line in SCHEDULE])
    found = []
    for line in SCHEDULE:
        run = runs.get(line.name)
        late = now - run.next_at if run is not None and now - run.next_at > LATE else None
        found.append((line, run, late))
    return found


def disk() -> Reading:
    """Room where the data lies."""
    usage = shutil.disk_usage(settings.DATA_DIR)
    figure = _("còn trống %(free)s (%(share)s%%)") % {
        "free": size(usage.free),
        "share": round(usage.free * 100 / max(usage.total, 1)),
    }
    if usage.free >= FREE_LOOK:
        return Reading(State.GOOD, figure)
    return Reading(
        State.BAD if usage.free < FREE_BAD else State.LOOK,
        figure,
        _("Chuyển bớt tệp khỏi ổ đĩa hoặc gắn ổ lớn hơn; đầy đĩa thì không lưu được bài và ảnh."),
    )


def mail() -> Reading:
    """Whether mail leaves the house."""
    if settings.LOA_DEMO and settings.EMAIL_HOST == "127.0.0.1":
        return Reading(State.GOOD, _("bản dùng thử: thư đến hộp thư mô phỏng trên máy này"))
    if settings.EMAIL_HOST:
        return Reading(State.GOOD, _("gửi qua %(host)s") % {"host": settings.EMAIL_HOST})
    return Reading(
        State.LOOK,
        _("chưa nối máy chủ thư, thư chỉ được ghi ra tệp"),
        _("Đặt LOA_SMTP_HOST, LOA_SMTP_USER, LOA_SMTP_PASSWORD, LOA_MAIL_FROM rồi khởi động lại."),
    )


def backups() -> Reading:
    """Whether somebody saves what is here, and lately."""
    if settings.LOA_DEMO:
        return Reading(State.GOOD, _("bản dùng thử: không cần sao lưu"))
    todo = _("Đặt lịch chạy `loa backup THƯ_MỤC` mỗi đêm, rồi chép bản sao sang máy khác.")
    last = LastBackup.read()
    if last is None:
        return Reading(State.LOOK, _("chưa sao lưu lần nào"), todo)
    at = dt.datetime.fromisoformat(last.at)
    figure = _("bản gần nhất %(at)s, %(size)s") % {
        "at": f"{clock.local(at):%H:%M %d/%m/%Y}",
        "size": size(last.bytes),
    }
    return Reading(State.GOOD, figure) if clock.now() - at <= BACKUP_OLD else Reading(State.LOOK, figure, todo)


def register() -> None:
    """Called in `ready()`."""
    for order, (name, title, ask) in enumerate(
        (
            ("core.database", gettext_lazy("Cơ sở dữ liệu"), database),
            ("core.workers", gettext_lazy("Tiến trình chạy việc nền"), workers),
            ("core.queue", gettext_lazy("Việc đang chờ"), queue),
            ("core.running", gettext_lazy("Việc đang chạy"), running),
            ("core.failed", gettext_lazy("Việc bị lỗi"), failed),
            ("core.timetable", gettext_lazy("Việc định kỳ"), timetable),
            ("core.disk", gettext_lazy("Ổ đĩa chứa dữ liệu"), disk),
            ("core.mail", gettext_lazy("Thư điện tử"), mail),
            ("core.backup", gettext_lazy("Bản sao lưu"), backups),
        )
    ):
        if name not in probes:
            probes.register(name, Probe(title, ask), order=order)
