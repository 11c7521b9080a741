"""Addresses of the register of legal documents, under /lam-viec/van-ban/."""

from django.urls import path, re_path

from loa.plans.ui import legal

app_name = "legal"
urlpatterns = [
    path("", legal.legal_list, name="list"),
    path("them/", legal.legal_edit, name="add"),
    path("nhap/", legal.legal_upload, name="import"),
    path("nhap/<int:pk>/", legal.legal_import_show, name="import_show"),
    path("nhap/<int:pk>/ghi/", legal.legal_import_apply, name="import_apply"),
    re_path(r"^tai-ve\.(?P<form>xlsx|csv)$", legal.legal_export, name="export"),
    path("<int:pk>/", legal.legal_page, name="page"),
    path("<int:pk>/sua/", legal.legal_edit, name="edit"),
]
