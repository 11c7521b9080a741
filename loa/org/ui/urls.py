"""Addresses of the units' screens."""

from django.urls import path

from loa.org.ui import accounts, audit, events, imports, lists, people, people_import

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
    path("tai-khoan/", accounts.listing, name="people"),
    path("tai-khoan/moi-lai/", accounts.invite, name="people_invite"),
    path("tai-khoan/phieu/", accounts.hand_out, name="people_hand_out"),
    path("nhap-nguoi/", people_import.upload, name="people_import"),
    path("nhap-nguoi/mau/", people_import.template, name="people_template"),
    path("nhap-nguoi/<int:pk>/", people_import.show, name="people_show"),
    path("nhap-nguoi/<int:pk>/chon/", people_import.choose, name="people_choose"),
    path("nhap-nguoi/<int:pk>/ghi/", people_import.confirm, name="people_confirm"),
    path("nhap-nguoi/<int:pk>/dong-sai/", people_import.wrong, name="people_wrong"),
    path("nhap-nguoi/<int:pk>/moi/", people_import.invite, name="people_batch_invite"),
    path("nhap-nguoi/<int:pk>/phieu/", people_import.sheet, name="people_sheet"),
    path("phan-cong/<int:pk>/ket-thuc/", people.end, name="member_end"),
    path("nguoi/<int:pk>/<slug:verb>/", people.account, name="person"),
    path("ten-khac/<int:pk>/xoa/", events.alias_remove, name="alias_remove"),
    path("<int:pk>/", lists.unit, name="unit"),
    path("<int:pk>/nguoi/them/", people.add, name="member_add"),
    path("<int:pk>/nguoi/phan-cong/", people.grant, name="member_grant"),
    path("<int:pk>/ten-khac/", events.alias_add, name="alias_add"),
    path("<int:pk>/<slug:verb>/", events.event, name="event"),
]
