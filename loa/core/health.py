"""/healthz: 200 once web, database and worker are ready."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from loa.core.jobs import worker_alive


def healthz(request: HttpRequest) -> JsonResponse:
    """JSON with one word per part; 503 while any of them is not ready."""
    parts = {"web": True, "database": False, "worker": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        parts["database"] = True
        parts["worker"] = worker_alive()
    except DatabaseError:
        pass
    ready = all(parts.values())
    return JsonResponse({"status": "ok" if ready else "starting", **parts}, status=200 if ready else 503)
