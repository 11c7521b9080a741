"""`loa begin`: from an empty database to the first log-in. Asks for what was not given."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from loa.core.errors import AppError
from loa.org.models import Unit
from loa.org.provinces import Province, province_named, provinces
from loa.org.services import installation_begin


class Command(BaseCommand):
    help = "Lập Sở, các xã, phường của tỉnh, cổng thông tin và tài khoản quản trị đầu tiên."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--province", help="tên hoặc mã tỉnh, thành phố: “Nghệ An”, 40")
        parser.add_argument("--name", help="tên đầy đủ của Sở")
        parser.add_argument("--short-name", default="", help="tên gọn, ví dụ Sở GD&ĐT Nghệ An")
        parser.add_argument("--symbol", default="SGDĐT", help="ký hiệu trên văn bản")
        parser.add_argument("--admin", help="họ và tên quản trị đầu tiên")
        parser.add_argument("--login", default="", help="tên đăng nhập; để trống thì Loa đặt theo họ tên")
        parser.add_argument("--email", default="", help="địa chỉ thư của quản trị")
        parser.add_argument("--no-communes", action="store_true", help="không lập sẵn xã, phường")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("prepare")
        if Unit.objects.exists():
            raise CommandError("Đã có đơn vị trong Loa. Lệnh này chỉ dùng một lần, khi cơ sở dữ liệu còn trống.")
        province = self.province(options["province"] or self.ask("Tỉnh, thành phố (tên hoặc mã)"))
        kind = "tỉnh" if province.name.startswith("Tỉnh") else "thành phố"
        usual = f"Sở Giáo dục và Đào tạo {kind} {province.bare}"
        name = options["name"] or self.ask("Tên đầy đủ của Sở", usual)
        admin = options["admin"] or self.ask("Họ và tên quản trị đầu tiên")
        try:
            begun = installation_begin(
                name=name,
                short_name=options["short_name"] or f"Sở GD&ĐT {province.bare}",
                symbol=options["symbol"],
                province=province,
                admin=admin,
                username=options["login"],
                email=options["email"],
                communes=not options["no_communes"],
            )
        except AppError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(
            f"""
  Đã lập {begun.so.name} và {begun.communes} xã, phường.

  Đăng nhập:    {settings.BASE_URL.rstrip("/")}/lam-viec/
  Tài khoản:    {begun.admin.username}
  Mật khẩu:     {begun.password}   (dùng một lần, trong {settings.LOA_ONE_TIME_DAYS} ngày; đăng nhập xong phải đổi)

  Việc tiếp theo: đặt xác thực hai bước; Đơn vị → Nhập danh sách để đưa các phòng, trường lên;
  nhập người phụ trách từ bảng; rồi Kế hoạch → Đưa kế hoạch lên.
"""
        )

    def ask(self, question: str, usual: str = "") -> str:
        """One line from the keyboard; without a keyboard the answer must be given as an option."""
        if not sys.stdin.isatty():
            if usual:
                return usual
            raise CommandError(f"Còn thiếu: {question}. Xem các tuỳ chọn: loa begin --help")
        answer = input(f"{question}{f' [{usual}]' if usual else ''}: ").strip() or usual
        return answer or self.ask(question, usual)

    def province(self, text: str) -> Province:
        """Raises CommandError with the names there are."""
        found = province_named(text)
        if found is None:
            names = ", ".join(f"{one.bare} ({one.code})" for one in provinces().values())
            raise CommandError(f"Không có tỉnh, thành phố “{text}”. Hãy chọn: {names}.")
        return found
