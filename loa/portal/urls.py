"""Public addresses."""

from django.urls import path

from loa.portal import views

app_name = "portal"
urlpatterns = [path("", views.home, name="home")]
