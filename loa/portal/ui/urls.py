"""Addresses of the staff screens of sites."""

from django.urls import path

from loa.portal.ui import views

app_name = "portal_sites"
urlpatterns = [
    path("", views.sites, name="list"),
    path("<int:unit_id>/", views.settings, name="settings"),
    path("<int:unit_id>/xem-truoc/", views.preview, name="preview"),
    path("<int:unit_id>/dia-chi/", views.move, name="move"),
    path("mo/<int:unit_id>/", views.open_site, name="open"),
]
