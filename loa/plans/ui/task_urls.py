"""Addresses of work on tasks, under /lam-viec/nhiem-vu/."""

from django.urls import path

from loa.plans.ui import work

app_name = "tasks"
urlpatterns = [
    path("", work.mine, name="mine"),
    path("<int:pk>/", work.task, name="task"),
    path("<int:pk>/<int:unit>/", work.share, name="share"),
    path("minh-chung/<int:pk>/bo/", work.unprove, name="unprove"),
    path("minh-chung/<int:pk>/tep/", work.proof_file, name="proof_file"),
]
