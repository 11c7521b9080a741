"""A register and releases, as far as they are needed."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from loa.core import clock
from loa.org.rules import Role
from loa.org.tests.factories import make_user
from loa.press import services
from loa.press.models import Beat, Contact, Outlet, Release, Spokesperson


class Desk:
    """The Sở's press desk: two topics, two outlets, three people, a spokesperson."""

    def __init__(self, cast: Any) -> None:
        self.cast = cast
        self.unit = cast.so
        self.speaker = make_user("Hoàng Minh Sơn", (Role.SPOKESPERSON, cast.so))
        self.exams, self.health = services.beats_save(
            actor=cast.office, unit_id=cast.so.pk, names=["Thi và tuyển sinh", "Y tế trường học"]
        )
        self.person: Spokesperson = services.spokesperson_save(
            actor=cast.office,
            unit_id=cast.so.pk,
            fields={
                "name": "Hoàng Minh Sơn",
                "position": "Phó Giám đốc",
                "phone": "0258 3822 001",
                "email": "phatngon@songlam.example",
                "decision": "Quyết định số 12/QĐ-SGDĐT",
                "valid_from": clock.today(),
                "published": True,
            },
        )
        self.paper: Outlet = services.outlet_save(
            actor=cast.office, unit_id=cast.so.pk, name="Báo Sông Lam", kind="broadcast"
        )
        self.agency: Outlet = services.outlet_save(
            actor=cast.office, unit_id=cast.so.pk, name="Thông tấn xã Sông Lam", kind="agency"
        )
        self.desk = self.contact(self.paper, "Ban Giáo dục", "giaoduc@baosonglam.example", [])
        self.an = self.contact(self.paper, "Nguyễn Văn An", "an@baosonglam.example", [self.health])
        self.binh = self.contact(
            self.agency, "Trần Thị Bình", "binh@ttx.example", [self.exams], keeps_embargo=True
        )

    def contact(self, outlet: Outlet, name: str, email: str, beats: list[Beat], **fields: Any) -> Contact:
        """Somebody one writes to."""
        return services.contact_save(
            actor=self.cast.office,
            outlet_id=outlet.pk,
            name=name,
            email=email,
            beat_ids=[beat.pk for beat in beats],
            basis="asked",
            basis_note="Thư đề nghị ngày 05/9, lưu văn thư",
            **fields,
        )

    def draft(self, receivers: list[Contact] | None = None, **fields: Any) -> Release:
        """A release with words, in draft, by the office."""
        release = services.release_create(actor=self.cast.office, unit_id=self.unit.pk)
        values: dict[str, Any] = {
            "title": "Công bố lịch thi vào lớp 10",
            "lead": "Kỳ thi diễn ra ngày 05 và 06/6.",
            "body": "<p>Sở công bố lịch thi.</p><ul><li>Ngữ văn</li><li>Toán</li></ul>",
            "contact": "Hoàng Minh Sơn, 0258 3822 001",
            "beat_ids": [self.exams.pk],
            "spokesperson_id": self.person.pk,
            "receiver_ids": [row.pk for row in ([self.desk, self.binh] if receivers is None else receivers)],
        }
        values |= fields
        return services.release_save(
            actor=self.cast.office, release_id=release.pk, version=release.version, **values
        )

    def approved(
        self, receivers: list[Contact] | None = None, *, at: dt.datetime | None = None, **fields: Any
    ) -> Any:
        """One that the spokesperson has approved."""
        release = self.draft(receivers, **fields)
        services.release_submit(actor=self.cast.office, release_id=release.pk)
        release.refresh_from_db()
        return services.release_approve(
            actor=self.speaker, release_id=release.pk, version=release.version, release_at=at
        )

    def released(self, receivers: list[Contact] | None = None, **fields: Any) -> Release:
        """One that is out; its letters wait."""
        release = self.approved(receivers, **fields)
        services.start_due()
        release.refresh_from_db()
        return release


def upload(name: str = "bang-diem.pdf", data: bytes = b"%PDF-1.7 thu") -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, data)


def picture(colour: str = "teal") -> SimpleUploadedFile:
    """A photo as a browser sends it."""
    out = io.BytesIO()
    Image.new("RGB", (900, 600), colour).save(out, "JPEG")
    return SimpleUploadedFile("anh.jpg", out.getvalue(), "image/jpeg")
