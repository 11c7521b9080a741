"""Why a file could not be read: one class per cause, each with a code and a Vietnamese sentence.

The sentence says what happened and what to do next; it is shown as it stands, on screen and by `loa doc read`.
This package is pure Python without Django, so sentences are plain Vietnamese text, not gettext messages; a
screen that needs another language maps `code`.
"""

from __future__ import annotations


class DocumentError(Exception):
    """A file cannot be read. `code` is stable (for programs), `message` is for people.

    Keyword arguments fill the placeholders of the sentence and stay in `data` for the audit log.
    """

    code = "document"
    sentence = "Không đọc được tệp này. Hãy kiểm tra lại tệp rồi tải lên lần nữa."

    def __init__(self, **data: object) -> None:
        self.data = data
        self.message = self.sentence.format(**data)
        super().__init__(self.message)

    def to_dict(self) -> dict[str, object]:
        """The object `loa doc read --json` prints under "error"."""
        return {"code": self.code, "message": self.message}


class FileMissing(DocumentError):
    code = "missing"
    sentence = "Không tìm thấy tệp “{name}”. Hãy kiểm tra lại đường dẫn và quyền đọc tệp."


class EmptyFile(DocumentError):
    code = "empty"
    sentence = "Tệp “{name}” trống, không có chữ nào. Hãy chọn lại đúng tệp văn bản."


class TooLarge(DocumentError):
    code = "too_large"
    sentence = (
        "Tệp “{name}” nặng {size_mb:.0f} MB, quá mức {limit_mb:.0f} MB. "
        "Hãy bỏ bớt ảnh hoặc tách phụ lục thành tệp riêng rồi tải lên lại."
    )


class TooManyPages(DocumentError):
    code = "too_many_pages"
    sentence = (
        "Tệp “{name}” có {pages} trang, quá mức {limit} trang cho một lần đọc. "
        "Hãy tách phần kế hoạch và phụ lục cần đọc thành tệp riêng."
    )


class TooMuchText(DocumentError):
    code = "too_much_text"
    sentence = (
        "Tệp “{name}” chứa quá nhiều chữ để là một kế hoạch (quá {limit:,} ký tự). "
        "Hãy tách phần cần đọc thành tệp riêng."
    )


class UnknownFormat(DocumentError):
    code = "format"
    sentence = (
        "Chưa đọc được loại tệp “{name}”. Loa đọc .docx, .pdf có chữ, .txt, .md và .xlsx; "
        "hãy lưu văn bản sang một trong các loại đó."
    )


class WrongExtension(DocumentError):
    code = "wrong_extension"
    sentence = (
        "Tệp “{name}” có đuôi {extension} nhưng nội dung là {actual}. "
        "Hãy đổi lại đúng đuôi tệp, hoặc mở bằng Word rồi lưu lại thành .docx."
    )


class OldWord(DocumentError):
    code = "old_word"
    sentence = (
        "Tệp “{name}” là Word đời cũ (.doc). Hãy mở bằng Word hoặc LibreOffice, "
        "chọn Lưu thành (Save As) loại .docx rồi tải lên lại."
    )


class OldExcel(DocumentError):
    code = "old_excel"
    sentence = (
        "Tệp “{name}” là Excel đời cũ (.xls). Hãy mở bằng Excel hoặc LibreOffice, "
        "chọn Lưu thành (Save As) loại .xlsx rồi tải lên lại."
    )


class BrokenDocx(DocumentError):
    code = "broken_docx"
    sentence = (
        "Tệp “{name}” không phải tệp Word .docx hoàn chỉnh, có thể tải về chưa hết hoặc bị hỏng. "
        "Hãy mở thử bằng Word, lưu lại thành .docx rồi tải lên."
    )


class BrokenXlsx(DocumentError):
    code = "broken_xlsx"
    sentence = (
        "Tệp “{name}” không phải tệp Excel .xlsx hoàn chỉnh. "
        "Hãy mở thử bằng Excel, lưu lại thành .xlsx rồi tải lên."
    )


class ZipBomb(DocumentError):
    code = "zip_bomb"
    sentence = (
        "Tệp “{name}” khi giải nén phình to bất thường nên Loa không mở, để giữ an toàn cho máy chủ. "
        "Hãy sao chép nội dung sang một tệp Word mới rồi tải lên tệp mới."
    )


class EncryptedOffice(DocumentError):
    code = "encrypted_office"
    sentence = (
        "Tệp “{name}” đang đặt mật khẩu. Hãy mở bằng Word hoặc Excel, bỏ mật khẩu "
        "(Tệp › Thông tin › Bảo vệ tài liệu), lưu lại rồi tải lên."
    )


class EncryptedPdf(DocumentError):
    code = "encrypted_pdf"
    sentence = (
        "Tệp PDF “{name}” đang đặt mật khẩu. Hãy xin bản không đặt mật khẩu, "
        "hoặc mở ra rồi in lại thành PDF mới và tải lên."
    )


class BrokenPdf(DocumentError):
    code = "broken_pdf"
    sentence = (
        "Tệp “{name}” không phải tệp PDF hoàn chỉnh, có thể tải về chưa hết. "
        "Hãy tải lại từ nơi gửi, hoặc dùng bản .docx."
    )


class ScannedPdf(DocumentError):
    code = "scanned_pdf"
    sentence = (
        "Tệp PDF “{name}” là ảnh chụp (scan), không có chữ để đọc. "
        "Hãy dùng bản .docx hoặc bản PDF ký số gốc; nếu chỉ có bản giấy thì nhận dạng chữ (OCR) trước."
    )


class NotText(DocumentError):
    code = "not_text"
    sentence = "Tệp “{name}” không phải văn bản chữ đọc được. Hãy chọn đúng tệp .docx, .pdf có chữ, .txt hoặc .md."


class NotVietnamese(DocumentError):
    code = "encoding"
    sentence = (
        "Chữ trong tệp “{name}” dùng bảng mã cũ mà Loa không nhận ra. "
        "Hãy chuyển sang Unicode (dựng sẵn) bằng Unikey hoặc Word rồi tải lên lại."
    )
