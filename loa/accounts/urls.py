"""Log-in, log-out, password, second factor (django-allauth), and one's own page."""

from django.urls import include, path

urlpatterns = [path("", include("allauth.urls"))]
