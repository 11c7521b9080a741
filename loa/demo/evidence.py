"""What units did outside Loa and proved by hand: links, clippings; so that some are early, some late."""

from __future__ import annotations

import datetime as dt
import random

from loa.core import clock
from loa.org.models import Unit
from loa.plans.models import Plan
from loa.plans.rules import DirectiveKind, Proof
from loa.plans.selectors.changes import terms_of
from loa.reporting.models import Evidence
from loa.reporting.rules import owed, slots
from loa.reporting.selectors.obligations import lives_of, tallies

LINKS = [
    "Ngày hội đọc sách của trường", "Hội thi An toàn giao thông", "Buổi ngoại khóa phòng, chống đuối nước",
    "Lễ phát động Tuần lễ học tập suốt đời", "Trải nghiệm trồng lúa cùng nông dân", "Ngày hội STEM",
    "Họp cha mẹ học sinh đầu năm", "Chương trình Thắp sáng ước mơ thiếu nhi", "Giải bóng đá học sinh",
    "Sinh hoạt chuyên môn liên trường", "Tết trồng cây", "Diễn tập phòng cháy, chữa cháy trong trường học",
    "Hội khỏe Phù Đổng cấp trường", "Giao lưu Tiếng Việt của chúng em", "Tập huấn học bạ số cho giáo viên",
    "Bữa cơm bán trú ngày khai trường", "Tuyên truyền phòng, chống bạo lực học đường", "Lễ kết nạp đội viên mới",
]  # fmt: skip
OUTLETS = [
    ("Báo và phát thanh, truyền hình Sông Lam", "baosonglam.example"),
    ("Báo Giáo dục miền Tây", "giaoducmientay.example"),
    ("Truyền hình Sông Lam", "tvsonglam.example"),
]


def prove_by_hand(*, plan: Plan, units: list[Unit], today: dt.date, rng: random.Random) -> int:
    """Fill part of what is still owed, unit by unit after its own diligence. Returns how many proofs were made."""
    by_pk = {unit.pk: unit for unit in units}
    diligence = {unit.pk: min(0.99, max(0.15, rng.gauss(0.87, 0.14))) for unit in units}
    directives = list(plan.directives.filter(valid_to=None).select_related("plan__unit", "topic"))
    lives = lives_of(directives)
    rows: list[Evidence] = []
    for directive in directives:
        terms = terms_of(directive)
        begun = [slot for slot in slots(terms) if slot.start <= today]
        known = tallies([(directive.pk, slot) for slot in begun])
        for slot in begun:
            last = min(slot.due, today)
            done_share = min(1.0, max((today - slot.start).days, 1) / max((slot.due - slot.start).days, 1))
            for unit_id, spans in sorted(lives[directive.pk].items()):
                share = owed(terms, slot, spans)
                missing = share - known.get((directive.pk, slot.start, unit_id), (0, 0))[0]
                for number in range(missing):
                    if rng.random() > diligence[unit_id] * (done_share if slot.due >= today else 1.0):
                        continue
                    early = min(slot.start + dt.timedelta(days=3), last)
                    on = early + dt.timedelta(days=rng.randint(0, max((last - early).days, 0)))
                    if slot.due < today and rng.random() > 0.93:
                        on = min(slot.due + dt.timedelta(days=rng.randint(1, 12)), today)
                    rows.append(_proof(directive, by_pk[unit_id], slot.start, on, number, rng))
    Evidence.objects.bulk_create(rows, batch_size=2000)
    return len(rows)


def _proof(directive, unit: Unit, slot: dt.date, on: dt.date, number: int, rng: random.Random) -> Evidence:
    key = f"{unit.pk}-{directive.pk}-{slot:%Y%m%d}-{number}"
    common = {
        "directive": directive, "unit": unit, "slot": slot, "on": on, "fingerprint": f"url:{key}",
        "added_at": clock.start_of(on) + dt.timedelta(hours=10), "topic": directive.topic,
    }  # fmt: skip
    if directive.proof == Proof.PRESS:
        outlet, host = rng.choice(OUTLETS)
        return Evidence(
            kind=Evidence.Kind.CLIPPING, title=f"{unit.short_name}: {rng.choice(LINKS).lower()}", outlet=outlet,
            url=f"https://{host}/giao-duc/{key}.html", **common,
        )  # fmt: skip
    if directive.proof == Proof.STORY:
        return Evidence(
            kind=Evidence.Kind.LINK,
            title=rng.choice(LINKS),
            url=f"https://{unit.slug}.songlam.example/bai/{key}",
            **common,
        )
    what = "Báo cáo" if directive.proof == Proof.REPORT else directive.title
    if directive.kind == DirectiveKind.RECURRING:
        what = f"{what} gửi qua hệ thống quản lý văn bản"
    return Evidence(
        kind=Evidence.Kind.LINK,
        title=f"{what} – {unit.short_name}"[:300],
        url=f"https://vanban.songlam.example/{key}",
        **common,
    )
