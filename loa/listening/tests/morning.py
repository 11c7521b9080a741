"""A morning on which a digest is drafted: what the papers said, and looks at its pages."""

from __future__ import annotations

import datetime as dt

from django.test import Client
from django.urls import reverse

from loa.core import clock

#: a Wednesday
MORNING = dt.datetime(2026, 11, 18, 7, 5, tzinfo=clock.VIETNAM)
FIRST = "Phụ huynh phản ánh các khoản thu đầu năm tại Trường THCS Sơn Thượng tăng cao so với năm học trước"
SECOND = "Sở yêu cầu Trường THCS Sơn Thượng rà soát, trả lại các khoản thu đầu năm sai quy định"
PRAISE = "Học sinh vùng cao đoạt giải nhất cuộc thi khoa học kỹ thuật cấp tỉnh"
PRIVATE = "Nhà mình bức xúc vì các khoản thu đầu năm của Trường THCS Sơn Thượng lắm rồi các bác ạ"


def get(user, name, *args, status=200):
    client = Client()
    if user:
        client.force_login(user)
    answer = client.get(reverse(f"listening:{name}", args=args))
    assert answer.status_code == status, (name, answer.status_code)
    return answer


def post(user, name, *args, **data):
    client = Client()
    client.force_login(user)
    return client.post(reverse(f"listening:{name}", args=args), data)
