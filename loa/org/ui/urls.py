"""Addresses of the units' screens."""

from django.urls import path

from loa.org.ui import audit, events, imports, lists, people

app_name = "org"
urlpatterns = [
    path("", lists.tree, name="tree"),
    path("danh-sach/", lists.listing, name="list"),
    path("chon/", lists.choose, name="choose"),
    path("nhat-ky/", audit.log, name="audit"),
    path("nhat-ky/tai-ve/", audit.export, name="audit_csv"),
    path("nhap/", imports.upload, name="import"),
    path("nhap/mau/", imports.template, name="import_template"),
    path("nhap/<int:pk>/", imports.show, name="import_show"),
    path("nhap/<int:pk>/ghi/", imports.confirm, name="import_confirm"),
    path("phan-cong/<int:pk>/ket-thuc/", people.end, name="member_end"),
    path("nguoi/<int:pk>/<slug:verb>/", people.account, name="person"),
    path("ten-khac/<int:pk>/xoa/", events.alias_remove, name="alias_remove"),
    path("<int:pk>/", lists.unit, name="unit"),
    path("<int:pk>/nguoi/them/", people.add, name="member_add"),
    path("<int:pk>/nguoi/phan-cong/", people.grant, name="member_grant"),
    path("<int:pk>/ten-khac/", events.alias_add, name="alias_add"),
    path("<int:pk>/<slug:verb>/", events.event, name="event"),
]
