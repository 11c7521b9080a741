"""What the page of components shows: invented samples, never read from the database.

Any person who is logged in may open it: it tells nothing of anybody, and helps
whoever designs a screen on a running place.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from loa.core import charts, clock
from loa.core.forms import DateInput

MONTHS = [f"T{n}" for n in range(1, 13)]


class SampleForm(forms.Form):
    """One field of every kind."""

    title = forms.CharField(label=_("Tiêu đề"), help_text=_("Nêu việc và nơi, không quá 15 chữ."))
    kind = forms.ChoiceField(
        label=_("Thể loại"), choices=[("", "—"), ("tin", _("Tin")), ("bai", _("Bài")), ("video", _("Video"))]
    )
    due = forms.DateField(label=_("Hạn"), widget=DateInput, required=False)
    note = forms.CharField(label=_("Ghi chú cho biên tập"), widget=forms.Textarea, required=False)
    channel = forms.MultipleChoiceField(
        label=_("Kênh đăng"),
        choices=[("cong", _("Cổng thông tin")), ("fb", _("Facebook")), ("zalo", _("Zalo OA"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    sure = forms.BooleanField(
        label=_("Ảnh có học sinh đã đủ đồng ý"), help_text=_("Của em và của cha mẹ hoặc người giám hộ.")
    )


@cache
def icon_names() -> list[str]:
    """Names of all symbols of the sprite."""
    return re.findall(r'id="i-([\w-]+)"', render_to_string("loa/icons.html"))


def context(request: HttpRequest) -> dict[str, Any]:
    """Samples of every component."""
    today = clock.today()
    weeks = [52, 57, 61, 70, 78, 88]
    topics = [
        ("Giáo dục mầm non", [2, 2, 2, 3, 2, 0, 0, 2, 3, 1, 0, 0], [2, 2, 2, 2, 2, 0, 0, 2, 2, 2, 2, 2]),
        ("Giáo dục phổ thông", [6, 6, 7, 6, 8, 0, 0, 7, 9, 6, 4, 0], [6, 6, 6, 6, 6, 0, 0, 6, 6, 6, 6, 6]),
    ]
    return {
        "form": SampleForm(request.GET if "gui" in request.GET else None),
        "icons": icon_names(),
        "page": Paginator(range(1, 401), 20).get_page(request.GET.get("trang", "7")),
        "crumbs": [(_("Đơn vị"), "#"), ("Xã Mường Sai", "#"), ("Trường THCS Sơn Thượng", "")],
        "months": MONTHS,
        "topics": [
            {
                "number": number,
                "name": name,
                "cells": [
                    {"done": done, "target": target, "future": month > 11, "now": month == 11, "far": month < 9}
                    for month, (done, target) in enumerate(zip(done_by, target_by, strict=True), 1)
                ],
                "done": sum(done_by),
                "target": sum(target_by),
            }
            for number, (name, done_by, target_by) in enumerate(topics, 1)
        ],
        "bar_chart": charts.bars(
            [("Xã Mường Sai", 36), ("Phường Tân Giang", 62), ("Xã Cửa Rào", 91)],
            title=str(_("Tỉ lệ hoàn thành theo xã")),
            unit="%",
            low=50,
        ),
        "column_chart": charts.columns(
            [f"T{n}" for n in range(1, 7)],
            [(str(_("Tin")), [12, 15, 11, 18, 20, 14]), (str(_("Bài")), [5, 6, 4, 8, 9, 7])],
            title=str(_("Tin, bài đã đăng theo tháng")),
        ),
        "column_keys": charts.keys([str(_("Tin")), str(_("Bài"))]),
        "line_chart": charts.lines(
            [f"Tuần {n}" for n in range(42, 48)],
            [(str(_("Hoàn thành, %")), weeks)],
            title=str(_("Hoàn thành chỉ tiêu theo tuần")),
        ),
        "week_rows": list(zip(range(42, 48), weeks, strict=True)),
        "spark_chart": charts.spark(
            [3, 5, 4, 2, 6, 4, 3, 5, 4, 3, 4, 6, 9, 46],
            title=str(_("Số lượt nhắc mỗi ngày trong 14 ngày")),
            first=(today - dt.timedelta(days=13)).strftime("%d/%m"),
            last=str(_("hôm nay")),
            usual=4,
            usual_label=str(_("ngày thường: 4")),
        ),
        "today": today,
        "units": [
            {"name": "Xã Mường Sai", "note": _("9 trường"), "state": "act", "text": _("Trễ 11 ngày"), "share": 36},
            {"name": "Xã Yên Hạ", "note": _("8 trường"), "state": "wait", "text": _("Còn 4 ngày"), "share": 62},
            {"name": "Xã Cửa Rào", "note": _("6 trường"), "state": "done", "text": _("Đã nộp"), "share": 91},
        ],
    }
