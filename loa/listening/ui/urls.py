"""Addresses of listening (under /lam-viec/du-luan/)."""

from django.urls import path

from loa.listening.ui import sources, stream

app_name = "listening"
urlpatterns = [
    path("", stream.stream, name="stream"),
    path("tin/<int:pk>/", stream.item, name="item"),
    path("tin/<int:pk>/sua/", stream.correct, name="correct"),
    path("vu-viec/<int:pk>/", stream.case, name="case"),
    path("vu-viec/<int:pk>/quyet-dinh/", stream.decide, name="decide"),
    path("nguon/", sources.index, name="sources"),
    path("nguon/them/", sources.add, name="source_add"),
    path("nguon/<int:pk>/", sources.source, name="source"),
    path("nguon/<int:pk>/sua/", sources.change, name="source_change"),
    path("nguon/<int:pk>/nhap/", sources.clip, name="clip"),
    path("nguon/<int:pk>/bat-tat/", sources.switch, name="source_switch"),
]
