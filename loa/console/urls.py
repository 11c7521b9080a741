"""Addresses of the staff's home and what crosses domains."""

from django.urls import path

from loa.console import system_views, views

app_name = "console"
urlpatterns = [
    path("", views.home, name="home"),
    path("tim/", views.search, name="search"),
    path("thong-bao/", views.notices, name="notices"),
    path("thong-bao/da-doc/", views.notices_read, name="notices_read"),
    path("thong-bao/<int:pk>/", views.notice_open, name="notice_open"),
    path("he-thong/", system_views.page, name="system"),
    path("he-thong/viec/<uuid:pk>/chay-lai/", system_views.retry, name="system_retry"),
    path("he-thong/viec/<uuid:pk>/bo/", system_views.drop, name="system_drop"),
    path("thiet-ke/", views.design, name="design"),
]
