"""Addresses of listening (under /lam-viec/du-luan/)."""

from django.urls import path

from loa.listening.ui import cases, searches, sources, stream

app_name = "listening"
urlpatterns = [
    path("", stream.stream, name="stream"),
    path("tin/<int:pk>/", stream.item, name="item"),
    path("tin/<int:pk>/sua/", stream.correct, name="correct"),
    path("tin/<int:pk>/vi-sao/", stream.why, name="why"),
    path("bo-tim/", searches.index, name="searches"),
    path("bo-tim/luu/", searches.save, name="search_save"),
    path("bo-tim/<int:pk>/", searches.one, name="search"),
    path("bo-tim/<int:pk>/bao/", searches.tell, name="search_tell"),
    path("bo-tim/<int:pk>/xoa/", searches.drop, name="search_drop"),
    path("vu-viec/", cases.index, name="cases"),
    path("vu-viec/<int:pk>/", cases.case, name="case"),
    path("vu-viec/<int:pk>/quyet-dinh/", cases.decide, name="decide"),
    path("vu-viec/<int:pk>/gop/", cases.merge, name="case_merge"),
    path("tin/<int:pk>/tach/", cases.take_out, name="case_take_out"),
    path("nguon/", sources.index, name="sources"),
    path("nguon/them/", sources.add, name="source_add"),
    path("nguon/<int:pk>/", sources.source, name="source"),
    path("nguon/<int:pk>/sua/", sources.change, name="source_change"),
    path("nguon/<int:pk>/nhap/", sources.clip, name="clip"),
    path("nguon/<int:pk>/bat-tat/", sources.switch, name="source_switch"),
]
