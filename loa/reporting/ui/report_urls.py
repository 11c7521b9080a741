"""Addresses of the report screens."""

from django.urls import path

from loa.reporting.ui import reports

app_name = "reports"
urlpatterns = [
    path("", reports.index, name="index"),
    path("moi/", reports.start, name="start"),
    path("<int:pk>/", reports.report, name="report"),
    path("<int:pk>/luu/", reports.autosave, name="autosave"),
    path("<int:pk>/gui/", reports.submit, name="submit"),
    path("<int:pk>/lay-lai/", reports.recall, name="recall"),
    path("<int:pk>/ky/", reports.approve, name="approve"),
    path("<int:pk>/tra-lai/", reports.send_back, name="return"),
    path("<int:pk>/vao-so/", reports.register_number, name="number"),
    path("<int:pk>/so-lieu/<slug:code>/", reports.evidence, name="evidence"),
    path("<int:pk>/tai/<slug:form>/", reports.download, name="download"),
    path("<int:pk>/trang/<int:number>.png", reports.page_image, name="page"),
]
