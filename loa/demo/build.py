"""Builds the demo Sở: units, people, a plan read and issued, a year of stories, proofs and reports.

Deterministic for a seed and a day: what people see is always the twelve months up to today.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from loa.core import clock, fts
from loa.demo import agenda as demo_agenda
from loa.demo import channels as demo_channels
from loa.demo import comments as demo_comments
from loa.demo import crises, plan_life
from loa.demo import films as demo_films
from loa.demo import inbox as demo_inbox
from loa.demo import listening as demo_listening
from loa.demo import notices as demo_notices
from loa.demo import plans as demo_plans
from loa.demo import press as demo_press
from loa.demo.evidence import prove_by_hand
from loa.demo.letters import write_letters
from loa.demo.merger import merge_two
from loa.demo.newcomers import welcome
from loa.demo.people import build_people
from loa.demo.reminding import remind_people
from loa.demo.reports import file_reports
from loa.demo.start import building
from loa.demo.stories import Maker, publish_many, walk_some
from loa.demo.units import build_units
from loa.reporting.services.evidence import recount

Say = Callable[[str], Any]


def build(*, units: int = 600, stories: int = 300, seed: int = 2026, say: Say = print) -> None:
    """Build everything. `units` counts schools and centres, `stories` the published ones made in bulk."""
    rng = random.Random(seed)
    now = clock.now()
    today = clock.local(now).date()
    started = time.monotonic()

    def step(text: str) -> None:
        say(f"  {time.monotonic() - started:5.1f} s  {text}")

    say("Đang dựng Sở mẫu Sông Lam …")
    building().parent.mkdir(parents=True, exist_ok=True)
    building().touch()
    with transaction.atomic():
        made = build_units(units, rng)
        cast = build_people(made, rng)
    step(f"{len(made)} đơn vị, tài khoản và trang thành viên")
    with transaction.atomic():
        people = welcome(cast, made, random.Random(seed))
    step(f"{people} người mới nhập từ bảng")
    plan = demo_plans.issued(cast, today)
    step("kế hoạch năm đã đọc, đối chiếu và ban hành")
    maker = Maker(made, cast, plan, rng)
    with transaction.atomic():
        count = publish_many(maker, count=stories, until=today - dt.timedelta(days=1))
    count += walk_some(maker, now=now)
    step(f"{count} tin, bài")
    with transaction.atomic():
        count = demo_notices.tell(cast, now)
    step(f"{count} thông báo, một khẩn, hai chờ duyệt")
    for kind in fts.registered():
        fts.rebuild(kind)
    step("chỉ mục tìm kiếm")
    recount(plan=plan)
    with transaction.atomic():
        proofs = prove_by_hand(plan=plan, units=made, today=today, rng=rng)
    step(f"{proofs} minh chứng do đơn vị bổ sung")
    with transaction.atomic():
        filed = file_reports(cast=cast, units=made, today=today, rng=rng)
    step(f"{filed} báo cáo")
    with transaction.atomic():
        people = write_letters(cast, plan, now, rng)
    step(f"{people} người nhận bản tin, một bản đã gửi, một bản chờ duyệt")
    with transaction.atomic():
        count = demo_press.open_desk(cast, now, random.Random(seed))
    step(f"{count} thông cáo báo chí, danh bạ báo chí")
    with transaction.atomic():
        count = demo_listening.hear(cast, made, today, random.Random(seed))
    step(f"{count} tin nghe được về giáo dục")
    with transaction.atomic():
        alerts, digests = crises.live(cast, made, now, random.Random(seed + 1))
    step(f"{alerts} cảnh báo dư luận, {digests} điểm báo")
    with transaction.atomic():
        count = plan_life.fill(cast, plan, today)
    step(f"{count} kế hoạch cấp dưới, tiến độ nhiệm vụ, một lần điều chỉnh")
    with transaction.atomic():
        heir = merge_two(cast, today)
    step(f"một trường nhập về {heir}" if heir else "không có trường nào để sáp nhập")
    with transaction.atomic():
        count = demo_agenda.fill(cast, today)
    step(f"{count} lịch họp, đợt truyền thông")
    with transaction.atomic():
        remind_people(cast, today)
    step("cách nhắc việc của từng người")
    with transaction.atomic():
        count = demo_channels.fill(cast, now) + demo_notices.post_others(cast)
        count += demo_notices.post_urgent(cast)
    step(f"{count} bài xếp lên Facebook, Zalo mô phỏng")
    with transaction.atomic():
        count = demo_inbox.fill(cast, now) + demo_films.fill(cast, now)
    step(f"{count} cuộc trao đổi với người dân")
    with transaction.atomic():
        count = demo_comments.fill(cast, now)
    step(f"{count} ý kiến bạn đọc dưới bài")
    demo_plans.next_year(cast, today)
    step("kế hoạch năm sau chờ đối chiếu")
    learnt = demo_listening.teach(cast)
    step("Loa học từ chỗ đã sửa" + (", mô hình đang dùng" if learnt else ", chưa chắc tốt hơn nên chưa dùng"))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # so much came at once that the planner must look again
    building().unlink()
