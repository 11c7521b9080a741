"""ZBS templates of the Zalo stand-in: a host of its own with codes of its own. State: `zbs`, the messages."""

from __future__ import annotations

import re
import secrets
from typing import Any

from loa.channels.sim.server import Reply, Request, Simulator

TEMPLATES: list[dict[str, Any]] = [
    {
        "templateId": 338801,
        "templateName": "Trả lời phản ánh, kiến nghị",
        "status": "ENABLE",
        "templateQuality": "HIGH",
        "templateTag": "CUSTOMER_CARE",
        "price": "200",
        "listParams": [
            {"name": "ho_ten", "require": True, "type": "STRING", "maxLength": 30, "minLength": 1},
            {"name": "ma_phan_anh", "require": True, "type": "STRING", "maxLength": 20, "minLength": 1},
            {"name": "ket_qua", "require": True, "type": "STRING", "maxLength": 100, "minLength": 1},
        ],
    },
    {
        "templateId": 338802,
        "templateName": "Lịch hẹn tiếp công dân",
        "status": "PENDING_REVIEW",
        "templateQuality": "UNDEFINED",
        "templateTag": "TRANSACTION",
        "price": "200",
        "listParams": [{"name": "gio_hen", "require": True, "type": "DATE", "maxLength": 20, "minLength": 1}],
    },
]


class Templates(Simulator):
    """`zbs_left`: messages left for the day."""

    zbs_left = 500

    def zbs_api(self, request: Request) -> Reply | None:
        """The answer about templates; None for everything else."""
        if request.path == "/template/all":
            shown = [{k: v for k, v in row.items() if k != "listParams"} for row in TEMPLATES]
            return self._good(shown)
        if request.path == "/template/info/v2":
            found = next((row for row in TEMPLATES if str(row["templateId"]) == request.get("template_id")), None)
            return self._good(found) if found else self._no(-112, "Template is invalid")
        if request.path == "/message/template":
            return self._message(request)
        return None

    def _good(self, data: Any) -> Reply:
        return Reply(200, {"error": 0, "message": "Success", "data": data})

    def _no(self, code: int, message: str) -> Reply:
        return Reply(200, {"error": code, "message": message})

    def _message(self, request: Request) -> Reply:
        body = request.json()
        if not re.fullmatch(r"84\d{9}", str(body.get("phone"))):
            return self._no(-108, "Phone number is invalid")
        wanted = str(body.get("template_id"))
        found = next((row for row in TEMPLATES if str(row["templateId"]) == wanted), None)
        if found is None or found["status"] != "ENABLE":
            return self._no(-131, "ZNS template is not approved")
        given = body.get("template_data") or {}
        for param in found["listParams"]:
            text = str(given.get(param["name"]) or "")
            if not text:
                return self._no(-1123, f"Parameter {param['name']} is missing")
            if len(text) > param["maxLength"]:
                return self._no(-1122, f"Parameter {param['name']} is too long")
        if body["phone"].endswith("000"):
            return self._no(-118, "Zalo account is not existed")
        if self.zbs_left <= 0:
            return self._no(-144, "OA has exceeded daily quota")
        self.zbs_left -= 1
        key = secrets.token_hex(10)
        row = {"id": key, "phone": body["phone"], "template": found["templateId"], "data": given}
        self.state.setdefault("zbs", []).append(
            {**row, "at": self.clock(), "test": body.get("mode") == "development"}
        )
        self.save()
        quota = {"dailyQuota": "500", "remainingQuota": str(self.zbs_left)}
        return self._good({"msg_id": key, "sent_time": str(int(self.clock() * 1000)), "quota": quota})
