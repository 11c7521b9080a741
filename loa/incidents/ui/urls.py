"""Addresses of hot issues (under /lam-viec/van-de-nong/)."""

from django.urls import path

from loa.incidents.ui import views

app_name = "incidents"
urlpatterns = [
    path("", views.index, name="list"),
    path("<int:pk>/", views.incident, name="incident"),
    path("<int:pk>/sua/", views.change, name="change"),
    path("<int:pk>/ghi/", views.note, name="note"),
    path("<int:pk>/chuyen/", views.move, name="move"),
    path("<int:pk>/cap-nhat/", views.refresh, name="refresh"),
    path("<int:pk>/phat-ngon/", views.statement, name="statement"),
    path("<int:pk>/phat-ngon/duyet/", views.approve, name="approve"),
]
