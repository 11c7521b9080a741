"""Addresses of the staff's home and what crosses domains."""

from django.urls import path

from loa.console import views

app_name = "console"
urlpatterns = [
    path("", views.home, name="home"),
    path("tim/", views.search, name="search"),
    path("thong-bao/", views.notices, name="notices"),
    path("thong-bao/da-doc/", views.notices_read, name="notices_read"),
    path("thong-bao/<int:pk>/", views.notice_open, name="notice_open"),
    path("thiet-ke/", views.design, name="design"),
]
