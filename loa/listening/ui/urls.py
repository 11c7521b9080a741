"""Addresses of listening (under /lam-viec/du-luan/)."""

from django.urls import path

from loa.listening.ui import alerts, cases, export, figures, searches, sources, stream, ways

app_name = "listening"
urlpatterns = [
    path("", stream.stream, name="stream"),
    path("tin/<int:pk>/", stream.item, name="item"),
    path("tin/<int:pk>/sua/", stream.correct, name="correct"),
    path("tin/<int:pk>/vi-sao/", stream.why, name="why"),
    path("xuat.xlsx", export.workbook, name="export"),
    path("in/", export.paper, name="paper"),
    path("chu-de/", figures.topics, name="topics"),
    path("chu-de/<slug:code>/", figures.topic_page, name="topic"),
    path("don-vi/", figures.units, name="units"),
    path("don-vi/<int:pk>/", figures.unit_page, name="unit"),
    path("dia-ban/", figures.board, name="board"),
    path("so-sanh/", figures.voices, name="voices"),
    path("tra-loi/", figures.answered, name="answered"),
    path("bo-tim/", searches.index, name="searches"),
    path("bo-tim/luu/", searches.save, name="search_save"),
    path("bo-tim/<int:pk>/", searches.one, name="search"),
    path("bo-tim/<int:pk>/bao/", searches.tell, name="search_tell"),
    path("bo-tim/<int:pk>/xoa/", searches.drop, name="search_drop"),
    path("canh-bao/", alerts.index, name="alerts"),
    path("canh-bao/cach-nhan/", alerts.wish, name="alert_wish"),
    path("canh-bao/<int:pk>/", alerts.alert, name="alert"),
    path("canh-bao/<int:pk>/nhan/", alerts.take, name="alert_take"),
    path("canh-bao/<int:pk>/xong/", alerts.close, name="alert_close"),
    path("vu-viec/<int:pk>/chuyen/<slug:name>/", cases.hand_over, name="case_hand_over"),
    path("vu-viec/", cases.index, name="cases"),
    path("vu-viec/<int:pk>/", cases.case, name="case"),
    path("vu-viec/<int:pk>/quyet-dinh/", cases.decide, name="decide"),
    path("vu-viec/<int:pk>/gop/", cases.merge, name="case_merge"),
    path("tin/<int:pk>/tach/", cases.take_out, name="case_take_out"),
    path("nhap/", ways.quick, name="quick"),
    path("nguon/<int:pk>/tep/", ways.files, name="files"),
    path("nguon/<int:pk>/khoa/", ways.push_page, name="push_page"),
    path("tep/<int:pk>/", ways.file, name="file"),
    path("tep/<int:pk>/bo/", ways.drop, name="file_drop"),
    path("nguon/", sources.index, name="sources"),
    path("nguon/them/", sources.add, name="source_add"),
    path("nguon/<int:pk>/", sources.source, name="source"),
    path("nguon/<int:pk>/sua/", sources.change, name="source_change"),
    path("nguon/<int:pk>/nhap/", sources.clip, name="clip"),
    path("nguon/<int:pk>/bat-tat/", sources.switch, name="source_switch"),
]
