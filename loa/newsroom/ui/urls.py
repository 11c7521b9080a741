"""Addresses of the newsroom's screens (under /lam-viec/tin-bai/)."""

from django.http import HttpResponse
from django.urls import path

app_name = "newsroom"
urlpatterns = [
    path("", lambda r, **k: HttpResponse(), name="stories"),
    path("tat-ca/", lambda r, **k: HttpResponse(), name="all"),
    path("moi/", lambda r, **k: HttpResponse(), name="new"),
    path("cho-duyet/", lambda r, **k: HttpResponse(), name="inbox"),
    path("bien-tap/", lambda r, **k: HttpResponse(), name="queue"),
    path("<int:pk>/", lambda r, **k: HttpResponse(), name="story"),
    path("<int:pk>/viet/", lambda r, **k: HttpResponse(), name="write"),
    path("<int:pk>/luu/", lambda r, **k: HttpResponse(), name="autosave"),
    path("<int:pk>/xung-dot/<int:number>/", lambda r, **k: HttpResponse(), name="conflict"),
    path("<int:pk>/rut/", lambda r, **k: HttpResponse(), name="recall"),
    path("<int:pk>/xoa/", lambda r, **k: HttpResponse(), name="delete"),
    path("<int:pk>/xem-truoc/", lambda r, **k: HttpResponse(), name="preview"),
    path("<int:pk>/so-sanh/", lambda r, **k: HttpResponse(), name="compare"),
    path("<int:pk>/duyet/", lambda r, **k: HttpResponse(), name="approve"),
    path("<int:pk>/tra-lai/", lambda r, **k: HttpResponse(), name="return"),
    path("<int:pk>/bien-tap/", lambda r, **k: HttpResponse(), name="review"),
    path("<int:pk>/bien-tap/sua/", lambda r, **k: HttpResponse(), name="review_edit"),
    path("<int:pk>/bien-tap/nhan/", lambda r, **k: HttpResponse(), name="claim"),
    path("<int:pk>/bien-tap/giao/", lambda r, **k: HttpResponse(), name="assign"),
    path("<int:pk>/dang/", lambda r, **k: HttpResponse(), name="publish"),
    path("<int:pk>/bo-hen-gio/", lambda r, **k: HttpResponse(), name="unschedule"),
    path("<int:pk>/go-bai/", lambda r, **k: HttpResponse(), name="withdraw"),
    path("<int:pk>/mo-lai/", lambda r, **k: HttpResponse(), name="reopen"),
    path("<int:pk>/dinh-chinh/", lambda r, **k: HttpResponse(), name="correct"),
    path("<int:pk>/gop-y/", lambda r, **k: HttpResponse(), name="comment"),
    path("gop-y/<int:pk>/xong/", lambda r, **k: HttpResponse(), name="comment_resolve"),
    path("<int:pk>/anh/", lambda r, **k: HttpResponse(), name="photo_add"),
    path("<int:pk>/anh/thu-tu/", lambda r, **k: HttpResponse(), name="photo_reorder"),
    path("anh/<int:pk>/", lambda r, **k: HttpResponse(), name="photo"),
    path("anh/<int:pk>/bo/", lambda r, **k: HttpResponse(), name="photo_remove"),
    path("anh/<int:pk>/dong-y/", lambda r, **k: HttpResponse(), name="photo_consent"),
]
