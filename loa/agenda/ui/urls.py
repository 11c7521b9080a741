"""Addresses of the agenda (under /lam-viec/lich/)."""

from django.urls import path

from loa.agenda.ui import views

app_name = "agenda"
urlpatterns = [
    path("", views.month, name="month"),
    path("nam/", views.topics, name="year"),
    path("moi/", views.event_add, name="event_add"),
    path("<int:pk>/", views.event, name="event"),
    path("<int:pk>/sua/", views.event_change, name="event_change"),
    path("<int:pk>/huy/", views.event_cancel, name="event_cancel"),
    path("ngay/", views.days, name="days"),
    path("ngay/<int:pk>/bo/", views.day_remove, name="day_remove"),
    path("dia-chi/", views.subscribe, name="subscribe"),
    path("dia-chi/moi/", views.feed_renew, name="feed_renew"),
    path("dia-chi/bo/", views.feed_remove, name="feed_remove"),
]
