"""Addresses of the staff screens of sites."""

from django.urls import path

from loa.portal.ui import comments, views

app_name = "portal_sites"
urlpatterns = [
    path("", views.sites, name="list"),
    path("<int:unit_id>/", views.settings, name="settings"),
    path("<int:unit_id>/xem-truoc/", views.preview, name="preview"),
    path("<int:unit_id>/dia-chi/", views.move, name="move"),
    path("<int:unit_id>/y-kien/", comments.comments, name="comments"),
    path("<int:unit_id>/y-kien/trang/", comments.site_switch, name="comments_site"),
    path("<int:unit_id>/y-kien/bai/<int:story_id>/", comments.story_switch, name="comments_story"),
    path("mo/<int:unit_id>/", views.open_site, name="open"),
]
