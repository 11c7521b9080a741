"""The press desk of the demo: a register of invented newspapers, releases that are out, one with
pictures for channels and for the press alone, one corrected, one under embargo, one that waits for the spokesperson."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from loa.core import clock
from loa.demo.people import Cast
from loa.demo.pictures import draw
from loa.newsroom.models import Story
from loa.newsroom.rules import PUBLISHABLE, Consent
from loa.press import services
from loa.press.models import Beat, Contact, Release, ReleaseLetter
from loa.press.rules import Letter, Why

BEATS = [
    "Thi và tuyển sinh", "Chính sách giáo viên", "An toàn trường học", "Giáo dục miền núi, dân tộc",
    "Chuyển đổi số", "Học sinh và phong trào",
]  # fmt: skip
#: outlet, kind, people: (name, position, box, topics, keeps an embargo, ground)
OUTLETS: list[tuple[str, str, list[tuple[str, str, str, list[int], bool, str]]]] = [
    (
        "Báo và phát thanh, truyền hình Sông Lam",
        "broadcast",
        [
            ("Ban Khoa giáo", "Hộp thư tiếp nhận", "khoagiao", [], True, "desk"),
            ("Nguyễn Thị Thu Trang", "Phóng viên", "thutrang", [0, 2], True, "given"),
            ("Lường Văn Pành", "Phóng viên tiếng Thái", "luongpanh", [3], False, "given"),
        ],
    ),
    (
        "Báo Người học",
        "paper",
        [
            ("Toà soạn", "Hộp thư tiếp nhận", "toasoan", [], False, "desk"),
            ("Đặng Hoài Nam", "Phóng viên thường trú", "hoainam", [0, 1], True, "asked"),
        ],
    ),
    (
        "Tạp chí Trường em",
        "paper",
        [("Phan Thuỳ Dương", "Biên tập viên", "thuyduong", [3, 5], False, "asked")],
    ),
    (
        "Thông tấn miền Tây Bắc",
        "agency",
        [("Cao Bá Hưng", "Trưởng cơ quan thường trú", "bahung", [], True, "given")],
    ),
    (
        "Đài Tiếng nói Sông Đà",
        "broadcast",
        [("Ban Thời sự", "Hộp thư tiếp nhận", "thoisu", [0, 2, 4], False, "desk")],
    ),
]
NOTES = {
    "desk": "Địa chỉ toà soạn công bố trên măng sét, ghi ngày 05/9",
    "asked": "Thư điện tử đề nghị nhận tin, lưu Văn phòng Sở",
    "given": "Giấy giới thiệu của toà soạn, lưu văn thư",
}
EXAM = (
    "<p>Sở Giáo dục và Đào tạo thông báo lịch kiểm tra học kỳ I năm học này cho học sinh lớp 9 và lớp 12 toàn tỉnh. "
    "Các môn thi chung đề, chung giờ; nhà trường coi, chấm chéo theo cụm.</p><h2>Thời gian</h2><ul><li>Lớp 9: từ ngày "
    "21 đến ngày 24/12</li><li>Lớp 12: từ ngày 23 đến ngày 26/12</li></ul><p>Kết quả được trả cho học sinh trước ngày "
    "05/01. Học sinh ở điểm trường xa được bố trí chỗ nghỉ qua đêm tại trường chính; phụ huynh không phải đóng thêm "
    "khoản nào.</p><blockquote>“Kỳ kiểm tra là để biết các em cần thêm gì, không phải để xếp hạng trường”, ông Phạm Quốc "
    "Bảo, Giám đốc Sở, nói.</blockquote>"
)
COLD = (
    "<p>Trước đợt rét đậm dự báo từ đêm 02/12, Sở yêu cầu các trường vùng cao chủ động giờ học và giữ ấm cho học sinh "
    "bán trú.</p><p>Nhiệt độ ngoài trời dưới 10 độ C: học sinh mầm non, tiểu học được nghỉ. Dưới 7 độ C: học sinh trung "
    "học cơ sở được nghỉ. Hiệu trưởng quyết định và báo phụ huynh trước 6 giờ sáng.</p>"
)
BOOKS = (
    "<p>Mười hai xe sách lưu động bắt đầu chạy từ tuần này, mỗi điểm trường vùng cao được ghé hai lần một tháng. Mỗi xe mang "
    "600 cuốn, có sách song ngữ cho học sinh dân tộc thiểu số.</p><p>Xe dừng ba giờ ở mỗi điểm; thầy cô thư viện đọc cùng các em "
    "và cho mượn đến kỳ sau.</p>"
)
TEACHERS = (
    "<p>Kỳ tuyển dụng viên chức ngành giáo dục năm nay có 412 chỉ tiêu, trong đó 187 chỉ tiêu cho các xã vùng cao.</p>"
    "<p>Hồ sơ nhận trực tuyến trong 30 ngày. Danh sách chỉ tiêu theo từng trường có trong tệp kèm theo.</p>"
)


def open_desk(cast: Cast, now: dt.datetime, rng: random.Random) -> int:
    """Fill the register and write the releases. Returns how many there are."""
    office, speaker = cast.personas["phuong"], cast.personas["bao"]
    so = cast.so
    with clock.frozen(now - dt.timedelta(days=75)):
        beats = services.beats_save(actor=office, unit_id=so.pk, names=BEATS)
        services.spokesperson_save(
            actor=office,
            unit_id=so.pk,
            fields={
                "name": str(speaker),
                "position": "Giám đốc Sở",
                "phone": "0258 3822 568",
                "email": "nguoiphatngon@sgddt.songlam.example",
                "decision": "Quy chế phát ngôn, Quyết định số 566/QĐ-SGDĐT",
                "valid_from": clock.today(),
                "published": True,
            },
        )
        people = _register(office, so.pk, beats)
    made = 0
    day = dt.timedelta(days=1)
    story = (
        Story.objects.filter(live=True, on_main_portal=True, photos__consent__in=[c.value for c in PUBLISHABLE])
        .order_by("-published_at", "-pk")
        .first()
    )
    if story is not None:
        with clock.frozen(now - 20 * day):
            first = services.release_create(actor=office, unit_id=so.pk, story_id=story.pk)
            for photo in first.photos.all():
                services.photo_save(
                    actor=office, release_id=first.pk, photo_id=photo.pk, consent=Consent.NO_PEOPLE,
                    caption=photo.caption or story.title, alt=photo.alt or story.title,
                    credit=photo.credit or "Văn phòng Sở",
                )  # fmt: skip
            _out(
                cast, first, people, [beats[5].pk], title=story.title, lead=story.lead, body=first.body, number=11
            )
        made += 1
    with clock.frozen(now - 3 * day):
        _with_pictures(cast, people, beats, rng)
    with clock.frozen(now - 9 * day):
        wrong = services.release_create(actor=office, unit_id=so.pk)
        lead = "Học sinh lớp 9, lớp 12 toàn tỉnh kiểm tra chung đề, chung giờ; kết quả trả trước ngày 05/01."
        body = EXAM.replace("ngày 24/12", "ngày 23/12")
        _out(cast, wrong, people, [beats[0].pk], title="Lịch kiểm tra học kỳ I lớp 9 và lớp 12", lead=lead, body=body,
             number=12)  # fmt: skip
        _arrived(wrong, rng)
    with clock.frozen(now - 8 * day):
        right = services.release_correct(actor=office, release_id=wrong.pk)
        _out(cast, right, people, [beats[0].pk], title=right.title, lead=lead, body=EXAM, number=13,
             correction_note="Bản gửi hôm trước ghi lớp 9 thi đến ngày 23/12; đúng là đến ngày 24/12.")  # fmt: skip
        _arrived(right, rng)
    with clock.frozen(now - dt.timedelta(hours=2)):
        end = clock.start_of(clock.local(now).date() + day) + dt.timedelta(hours=9)
        held = services.release_create(actor=office, unit_id=so.pk)
        _out(cast, held, people, [beats[1].pk], title="Tuyển 412 giáo viên, ưu tiên các xã vùng cao",
             lead="187 chỉ tiêu dành cho vùng cao; hồ sơ nộp trực tuyến trong 30 ngày.", body=TEACHERS, number=14,
             embargo_until=end)  # fmt: skip
    with clock.frozen(now - dt.timedelta(hours=1)):
        waits = services.release_create(actor=office, unit_id=so.pk)
        _saved(cast, waits, people, [beats[2].pk, beats[3].pk], title="Các trường vùng cao chủ động giờ học trong đợt rét đậm",
               lead="Hiệu trưởng quyết định cho học sinh nghỉ và báo phụ huynh trước 6 giờ sáng.", body=COLD)  # fmt: skip
        services.release_submit(actor=office, release_id=waits.pk)
    return made + 5


def _with_pictures(cast: Cast, people: list[Contact], beats: list[Beat], rng: random.Random) -> None:
    """Three pictures: one nobody is recognised in, one agreed to everywhere, one for the press alone."""
    office = cast.personas["phuong"]
    release = services.release_create(actor=office, unit_id=cast.so.pk)
    pictures = [
        ("tu-sach", "Tủ sách lưu động trước giờ lên đường", Consent.NO_PEOPLE, False),
        ("lop-hoc", "Giờ đọc sách của lớp 4", Consent.OBTAINED, True),
        ("trong-truong", "Học sinh đón xe sách ở điểm trường", Consent.OBTAINED, False),
    ]
    for art, caption, consent, everywhere in pictures:
        upload = SimpleUploadedFile(f"{art}.jpg", draw(art, rng), "image/jpeg")
        photo = services.photo_add(actor=office, release_id=release.pk, upload=upload)
        services.photo_save(
            actor=office, release_id=release.pk, photo_id=photo.pk, consent=consent, on_channels=everywhere,
            caption=caption, alt=caption, credit="Văn phòng Sở",
        )  # fmt: skip
    _out(
        cast, release, people, [beats[3].pk, beats[5].pk], title="Mười hai xe sách lưu động lên các xã vùng cao",
        lead="Từ tuần này, mỗi điểm trường vùng cao có xe sách ghé hai lần một tháng.", body=BOOKS, number=15,
    )  # fmt: skip


def _register(office: Any, unit_id: int, beats: list[Beat]) -> list[Contact]:
    people = []
    for name, kind, contacts in OUTLETS:
        outlet = services.outlet_save(actor=office, unit_id=unit_id, name=name, kind=kind)
        domain = "".join(word[0] for word in name.replace(",", "").split()).lower()
        domain = domain.replace("đ", "d").encode("ascii", "ignore").decode()
        for person, position, box, follows, keeps, basis in contacts:
            people.append(
                services.contact_save(
                    actor=office,
                    outlet_id=outlet.pk,
                    name=person,
                    position=position,
                    email=f"{box}@{domain}.songlam.example",
                    phone="",
                    basis=basis,
                    basis_note=NOTES[basis],
                    consented_on=clock.today(),
                    keeps_embargo=keeps,
                    beat_ids=[beats[n].pk for n in follows],
                )
            )
    return people


def _saved(cast: Cast, release: Release, people: list[Contact], beat_ids: list[int], **fields: Any) -> Release:
    fields.pop("number", None)
    return services.release_save(
        actor=cast.personas["phuong"], release_id=release.pk, version=Release.objects.get(pk=release.pk).version,
        beat_ids=beat_ids, receiver_ids=[row.pk for row in people], contact=release.contact,
        spokesperson_id=release.spokesperson_id, **fields,
    )  # fmt: skip


def _out(cast: Cast, release: Release, people: list[Contact], beat_ids: list[int], **fields: Any) -> None:
    number = fields.get("number")
    saved = _saved(cast, release, people, beat_ids, **fields)
    services.release_submit(actor=cast.personas["phuong"], release_id=release.pk)
    services.release_approve(
        actor=cast.personas["bao"],
        release_id=release.pk,
        version=saved.version,
        number=number,
    )
    services.start_due()
    if "embargo_until" not in fields:
        _arrived(release, random.Random(release.pk))


def _arrived(release: Release, rng: random.Random) -> None:
    """What newspapers' mail servers would have answered, into the ledger and the counters in one go."""
    letters = list(ReleaseLetter.objects.filter(release=release, state=Letter.WAITING).order_by("pk"))
    for letter in letters:
        letter.state, letter.code, letter.attempts = Letter.SENT, 250, 1
        letter.settled_at = clock.now() + dt.timedelta(seconds=rng.randint(3, 50))
    for letter in letters[5:6]:
        letter.state, letter.why, letter.code, letter.reply = Letter.FAILED, Why.GAVE_UP, 452, "4.2.2 Mailbox full"
        letter.attempts = 6
    ReleaseLetter.objects.bulk_update(letters, ["state", "why", "code", "reply", "attempts", "settled_at"])
    states = list(ReleaseLetter.objects.filter(release=release).values_list("state", flat=True))
    Release.objects.filter(pk=release.pk).update(
        waiting=states.count(Letter.WAITING), sent=states.count(Letter.SENT), failed=states.count(Letter.FAILED),
        skipped=states.count(Letter.SKIPPED),
    )  # fmt: skip
