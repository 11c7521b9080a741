"""Addresses of the report screens."""

app_name = "reports"
urlpatterns: list = []
