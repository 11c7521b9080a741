"""Addresses of the progress screens."""

from django.urls import path

from loa.reporting.ui import cascade, views

app_name = "reporting"
urlpatterns = [
    path("", views.progress, name="progress"),
    path("chu-de/", views.topics, name="topics"),
    path("ke-hoach-duoi/", cascade.below, name="below"),
    path("ke-hoach-duoi/nhac/", cascade.remind, name="below_remind"),
    path("xuat/", views.export, name="export"),
    path("nhac/", views.remind, name="remind"),
    path("don-vi/<int:pk>/", views.unit, name="unit"),
    path("don-vi/<int:pk>/<int:directive>/<str:start>/", views.proofs, name="proofs"),
    path("minh-chung/<int:pk>/bac/", views.refuse, name="refuse"),
    path("minh-chung/<int:pk>/tep/", views.evidence_file, name="evidence_file"),
]
