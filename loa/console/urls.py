"""Addresses of the staff's home and what crosses domains."""

from django.urls import path

from loa.console import views

app_name = "console"
urlpatterns = [path("", views.home, name="home")]
