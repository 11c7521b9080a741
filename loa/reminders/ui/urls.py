"""Addresses of one's own reminders."""

from django.urls import path

from loa.reminders.ui import views

app_name = "reminders"
urlpatterns = [
    path("", views.reminders, name="list"),
    path("cach-nhac/", views.settings, name="settings"),
]
