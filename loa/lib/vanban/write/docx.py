"""The .docx writer: a `Flow` drawn in exact OOXML.

Everything a reader's program could decide for itself is written out: the font for every script, sizes on
every run, spacing and indents on every paragraph. Then Word, LibreOffice and a checking tool see the same.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.enum.section import WD_ORIENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm

from .flow import Cell, DataTable, Element, Flow, Grid, Mark, Par, Rule, Sheet, Span
from .measures import FONT, PAGE_HEIGHT_MM, PAGE_WIDTH_MM

HEADER_DISTANCE_MM = 10
#: role → (style id, name Word shows). Headings keep Word's own names so that they feed its outline.
STYLES = {
    "body": ("VBNoiDung", "VB Nội dung"),
    "nation": ("VBQuocHieu", "VB Quốc hiệu"),
    "motto": ("VBTieuNgu", "VB Tiêu ngữ"),
    "parent": ("VBCoQuanChuQuan", "VB Cơ quan chủ quản"),
    "issuer": ("VBCoQuanBanHanh", "VB Cơ quan ban hành"),
    "number": ("VBSoKyHieu", "VB Số, ký hiệu"),
    "about": ("VBVeViec", "VB Về việc"),
    "date": ("VBDiaDanh", "VB Địa danh, ngày tháng"),
    "title": ("VBTenLoai", "VB Tên loại"),
    "subject": ("VBTrichYeu", "VB Trích yếu"),
    "addressee": ("VBKinhGui", "VB Kính gửi"),
    "basis": ("VBCanCu", "VB Căn cứ"),
    "heading1": ("Heading1", "heading 1"),
    "heading2": ("Heading2", "heading 2"),
    "heading3": ("Heading3", "heading 3"),
    "table-title": ("VBTenBang", "VB Tên bảng"),
    "table": ("VBBang", "VB Ô bảng"),
    "recipients": ("VBNoiNhan", "VB Nơi nhận"),
    "recipient": ("VBNoiNhanDong", "VB Nơi nhận, từng dòng"),
    "authority": ("VBChucVu", "VB Quyền hạn, chức vụ"),
    "signer": ("VBNguoiKy", "VB Họ và tên người ký"),
    "appendix": ("VBPhuLuc", "VB Phụ lục"),
    "appendix-title": ("VBTenPhuLuc", "VB Tên phụ lục"),
    "attached": ("VBKemTheo", "VB Kèm theo"),
    "contact": ("VBLienHe", "VB Địa chỉ liên hệ"),
}


def twips(mm: float) -> int:
    """Millimetres in twentieths of a point."""
    return round(mm / 25.4 * 1440)


def to_docx(flow: Flow, *, made_at: dt.datetime | None = None) -> bytes:
    """The document as a .docx file. `made_at` is the creation time in its properties (UTC)."""
    return _Writer(flow).write(made_at)


class _Writer:
    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.file = docx.Document()
        self.body = self.file.element.body
        self.last_section = self.body.sectPr

    def write(self, made_at: dt.datetime | None) -> bytes:
        self._styles()
        self._settings()
        for child in list(self.body):
            if child is not self.last_section:
                self.body.remove(child)
        for index, sheet in enumerate(self.flow.sheets):
            if index:
                self._break_section()
            self._section(sheet)
            for element in self._draw(sheet.elements, self._width(sheet)):
                self.last_section.addprevious(element)
        self._end_after_table()
        properties = self.file.core_properties
        properties.title = self.flow.title[:255]
        properties.author = properties.last_modified_by = self.flow.author[:255]
        properties.language = "vi-VN"
        properties.comments = ""
        properties.revision = 1
        stamp = made_at or dt.datetime.now(dt.UTC)
        properties.created = properties.modified = stamp.astimezone(dt.UTC).replace(tzinfo=None)
        out = io.BytesIO()
        self.file.save(out)
        return out.getvalue()

    # ---- styles and settings

    def _styles(self) -> None:
        root = self.file.styles.element
        for style in list(root.findall(qn("w:style"))):
            if style.get(qn("w:styleId")) not in {"Normal", "DefaultParagraphFont", "TableNormal", "NoList"}:
                root.remove(style)
        fonts = f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>'
        defaults = root.find(qn("w:docDefaults"))
        new = parse_xml(
            f'<w:docDefaults {nsdecls("w")}><w:rPrDefault><w:rPr>{fonts}<w:color w:val="000000"/>'
            '<w:sz w:val="28"/><w:szCs w:val="28"/><w:lang w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="ar-SA"/>'
            "</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>"
            '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
            "</w:pPr></w:pPrDefault></w:docDefaults>"
        )
        root.replace(defaults, new)
        normal = next(s for s in root.findall(qn("w:style")) if s.get(qn("w:styleId")) == "Normal")
        for tag in ("w:rPr", "w:pPr"):
            found = normal.find(qn(tag))
            if found is not None:
                normal.remove(found)
        normal.append(parse_xml(f"<w:rPr {nsdecls('w')}>{fonts}</w:rPr>"))
        for role, (style_id, name) in STYLES.items():
            level = role[-1] if role.startswith("heading") else "1" if role in {"title", "appendix"} else ""
            outline = f'<w:pPr><w:outlineLvl w:val="{int(level) - 1}"/></w:pPr>' if level else ""
            custom = int(not role.startswith("heading"))
            root.append(
                parse_xml(
                    f'<w:style {nsdecls("w")} w:type="paragraph" w:customStyle="{custom}" '
                    f'w:styleId="{style_id}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/><w:qFormat/>'
                    f"{outline}<w:rPr>{fonts}</w:rPr></w:style>"
                )
            )

    def _settings(self) -> None:
        settings = self.file.settings.element
        compat = settings.find(qn("w:compat"))
        fresh = parse_xml(
            f'<w:compat {nsdecls("w")}><w:compatSetting w:name="compatibilityMode" '
            'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        )
        if compat is not None:
            settings.replace(compat, fresh)

    # ---- sections

    def _width(self, sheet: Sheet) -> float:
        whole = PAGE_HEIGHT_MM if sheet.landscape else PAGE_WIDTH_MM
        return whole - self.flow.left_mm - self.flow.right_mm

    def _break_section(self) -> None:
        """Close the section so far: its properties move into a last, hair-thin paragraph."""
        closing = self._thin()
        old = self.last_section
        fresh = parse_xml(f"<w:sectPr {nsdecls('w', 'r')}/>")
        old.addprevious(closing)
        self.body.replace(old, fresh)
        closing.get_or_add_pPr().append(old)
        self.last_section = fresh

    def _end_after_table(self) -> None:
        """A body must not end with a table."""
        before = self.last_section.getprevious()
        if before is not None and before.tag == qn("w:tbl"):
            self.last_section.addprevious(self._thin())

    def _section(self, sheet: Sheet) -> None:
        section = self.file.sections[-1]
        wide, high = PAGE_WIDTH_MM, PAGE_HEIGHT_MM
        if sheet.landscape:
            wide, high = high, wide
        section.orientation = WD_ORIENT.LANDSCAPE if sheet.landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Mm(wide), Mm(high)
        section.top_margin, section.bottom_margin = Mm(self.flow.top_mm), Mm(self.flow.bottom_mm)
        section.left_margin, section.right_margin = Mm(self.flow.left_mm), Mm(self.flow.right_mm)
        section.header_distance = section.footer_distance = Mm(HEADER_DISTANCE_MM)
        section.gutter = Mm(0)
        section.different_first_page_header_footer = True
        for part in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            part.is_linked_to_previous = False
        self._page_number(section.header)
        if sheet.contact is not None:
            paragraph = self._par(sheet.contact)
            border = parse_xml(
                f'<w:pBdr {nsdecls("w")}><w:top w:val="single" w:sz="6" w:space="3" w:color="000000"/></w:pBdr>'
            )
            paragraph.pPr.insert_element_before(border, *_AFTER_BORDER)
            footer = section.first_page_footer._element
            footer.replace(footer.p_lst[0], paragraph)
        properties = section._sectPr
        number = OxmlElement("w:pgNumType")
        number.set(qn("w:start"), "1")
        properties.insert_element_before(number, "w:cols", "w:titlePg", "w:docGrid")
        grid = properties.find(qn("w:docGrid"))
        if grid is not None:
            properties.remove(grid)

    def _page_number(self, header: Any) -> None:
        size = round(self.flow.page_number_pt * 2)
        looks = f'<w:rPr>{_FONTS}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'
        paragraph = parse_xml(
            f'<w:p {nsdecls("w")}><w:pPr><w:jc w:val="center"/></w:pPr>'
            f'<w:r>{looks}<w:fldChar w:fldCharType="begin"/></w:r>'
            f'<w:r>{looks}<w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
            f'<w:r>{looks}<w:fldChar w:fldCharType="separate"/></w:r>'
            f'<w:r>{looks}<w:t>2</w:t></w:r><w:r>{looks}<w:fldChar w:fldCharType="end"/></w:r></w:p>'
        )
        root = header._element
        root.replace(root.p_lst[0], paragraph)

    # ---- elements

    def _draw(self, elements: Iterable[Element], width_mm: float) -> Iterable[Any]:
        previous: Element | None = None
        for element in elements:
            if isinstance(element, Grid | DataTable) and (
                element.before_pt or isinstance(previous, Grid | DataTable)
            ):
                # A table has no space before it: a hair-thin line carries it (and keeps two tables apart).
                yield self._thin(max(0, element.before_pt - 1), keep_next=True)
            match element:
                case Par():
                    yield self._par(element)
                case Rule():
                    yield self._rule(element, width_mm)
                case Grid():
                    yield self._grid(element)
                case DataTable():
                    yield self._table(element)
                case Mark():
                    yield from self._mark(element, width_mm)
            previous = element

    def _par(self, par: Par) -> Any:
        style_id = STYLES[par.role][0]
        indent = f'<w:ind w:left="{twips(par.left_mm)}" w:right="0" ' + (
            f'w:hanging="{twips(-par.first_mm)}"/>'
            if par.first_mm < 0
            else f'w:firstLine="{twips(par.first_mm)}"/>'
        )
        align = "both" if par.align == "justify" else par.align
        paragraph = parse_xml(
            f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="{style_id}"/>'
            + ("<w:keepNext/>" if par.keep_next else "")
            + "<w:widowControl/>"
            + f'<w:spacing w:before="{round(par.before_pt * 20)}" w:after="0" '
            + f'w:line="{round(par.line * 240)}" w:lineRule="auto"/>{indent}'
            + f'<w:jc w:val="{align}"/>'
            + (f'<w:outlineLvl w:val="{par.level - 1}"/>' if par.level else "")
            + "</w:pPr></w:p>"
        )
        for span in par.spans:
            self._run(paragraph, span)
        return paragraph

    def _run(self, paragraph: Any, span: Span) -> None:
        size = round(span.size_pt * 2)
        looks = parse_xml(
            f"<w:rPr {nsdecls('w')}>{_FONTS}"
            + ("<w:b/><w:bCs/>" if span.bold else "")
            + ("<w:i/><w:iCs/>" if span.italic else "")
            + f'<w:color w:val="000000"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
            + ('<w:u w:val="single"/>' if span.url else "")
            + "</w:rPr>"
        )
        run = OxmlElement("w:r")
        run.append(looks)
        text = OxmlElement("w:t")
        text.text = span.text
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run.append(text)
        if span.url:
            link = OxmlElement("w:hyperlink")
            link.set(qn("r:id"), self.file.part.relate_to(span.url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
            link.append(run)
            paragraph.append(link)
        else:
            paragraph.append(run)

    def _thin(self, before_pt: float = 0, *, keep_next: bool = False) -> Any:
        """A paragraph one point high: OOXML wants one where nothing should stand."""
        return parse_xml(
            f"<w:p {nsdecls('w')}><w:pPr>{'<w:keepNext/>' if keep_next else ''}"
            f'<w:spacing w:before="{round(before_pt * 20)}" w:after="0" w:line="20" w:lineRule="exact"/>'
            f'<w:rPr><w:sz w:val="2"/><w:szCs w:val="2"/></w:rPr></w:pPr></w:p>'
        )

    def _rule(self, rule: Rule, width_mm: float) -> Any:
        """The rule is the upper border of an empty paragraph, indented on both sides to its exact length."""
        side = twips((width_mm - rule.length_mm) / 2)
        return parse_xml(
            f"<w:p {nsdecls('w')}><w:pPr>{'<w:keepNext/>' if rule.keep_next else ''}"
            f'<w:pBdr><w:top w:val="single" w:sz="{round(rule.weight_pt * 8)}" w:space="1" w:color="000000"/>'
            "</w:pBdr>"
            f'<w:spacing w:before="20" w:after="0" w:line="{round(rule.height_pt * 20)}" w:lineRule="exact"/>'
            f'<w:ind w:left="{side}" w:right="{side}"/>'
            '<w:rPr><w:sz w:val="4"/><w:szCs w:val="4"/></w:rPr></w:pPr></w:p>'
        )

    def _mark(self, mark: Mark, width_mm: float) -> Iterable[Any]:
        """A one-cell table of exact size, centred in its cell."""
        side = f'w:val="single" w:sz="12" w:space="0" w:color="{mark.colour}"'
        size = round(mark.size_pt * 2)
        wide = twips(mark.width_mm)
        yield self._thin(mark.before_pt)
        yield parse_xml(
            f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{wide}" w:type="dxa"/><w:jc w:val="center"/>'
            f"<w:tblBorders><w:top {side}/><w:left {side}/><w:bottom {side}/><w:right {side}/></w:tblBorders>"
            '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/>'
            '<w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>'
            f'<w:tblGrid><w:gridCol w:w="{wide}"/></w:tblGrid>'
            f'<w:tr><w:trPr><w:trHeight w:val="{twips(mark.height_mm)}" w:hRule="exact"/></w:trPr>'
            f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
            '<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r>'
            f'<w:rPr>{_FONTS}<w:b/><w:bCs/><w:color w:val="{mark.colour}"/><w:sz w:val="{size}"/>'
            f'<w:szCs w:val="{size}"/></w:rPr><w:t>{escape(mark.text)}</w:t></w:r></w:p>'
            "</w:tc></w:tr></w:tbl>"
        )

    def _grid(self, grid: Grid) -> Any:
        table = self._new_table(grid.widths_mm, border="none", padding_mm=0)
        for row in grid.rows:
            line = self._new_row(table)
            for width, elements in zip(grid.widths_mm, row, strict=True):
                cell = self._new_cell(line, width)
                for element in self._draw(elements, width):
                    cell.append(element)
                if not elements or isinstance(elements[-1], Mark):
                    cell.append(self._thin())
        return table

    def _table(self, data: DataTable) -> Any:
        table = self._new_table(data.widths_mm, border="single", padding_mm=1.6)
        self._fill(self._new_row(table, header=True), data.header, data.widths_mm, "center")
        for row in data.rows:
            self._fill(self._new_row(table), row, data.widths_mm, "center")
        return table

    def _fill(self, line: Any, cells: Iterable[Cell], widths_mm: tuple[float, ...], vertical: str) -> None:
        at = 0
        for cell in cells:
            width = sum(widths_mm[at : at + cell.colspan])
            at += cell.colspan
            box = self._new_cell(line, width, colspan=cell.colspan, vertical=vertical)
            box.append(self._par(Par(cell.spans, role="table", align=cell.align, before_pt=2)))
            box.tcPr.append(parse_xml(f'<w:tcMar {nsdecls("w")}><w:bottom w:w="40" w:type="dxa"/></w:tcMar>'))
            vertical_mark = box.tcPr.find(qn("w:vAlign"))
            box.tcPr.append(vertical_mark)  # the schema wants vAlign after tcMar

    def _new_table(self, widths_mm: tuple[float, ...], *, border: str, padding_mm: float) -> Any:
        side = f'w:val="{border}" w:sz="{4 if border == "single" else 0}" w:space="0" w:color="000000"'
        columns = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in widths_mm)
        padding = twips(padding_mm)
        return parse_xml(
            f"<w:tbl {nsdecls('w')}><w:tblPr>"
            f'<w:tblW w:w="{sum(twips(width) for width in widths_mm)}" w:type="dxa"/>'
            # Word lets the padding hang out of the margin; this keeps the frame inside it.
            '<w:tblInd w:w="0" w:type="dxa"/>'
            f"<w:tblBorders><w:top {side}/><w:left {side}/><w:bottom {side}/><w:right {side}/>"
            f'<w:insideH {side}/><w:insideV {side}/></w:tblBorders><w:tblLayout w:type="fixed"/>'
            f'<w:tblCellMar><w:left w:w="{padding}" w:type="dxa"/><w:right w:w="{padding}" w:type="dxa"/>'
            f"</w:tblCellMar></w:tblPr><w:tblGrid>{columns}</w:tblGrid></w:tbl>"
        )

    def _new_row(self, table: Any, *, header: bool = False) -> Any:
        row = parse_xml(
            f"<w:tr {nsdecls('w')}><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if header else ''}</w:trPr></w:tr>"
        )
        table.append(row)
        return row

    def _new_cell(self, row: Any, width_mm: float, *, colspan: int = 1, vertical: str = "top") -> Any:
        span = f'<w:gridSpan w:val="{colspan}"/>' if colspan > 1 else ""
        cell = parse_xml(
            f'<w:tc {nsdecls("w")}><w:tcPr><w:tcW w:w="{twips(width_mm)}" w:type="dxa"/>{span}'
            f'<w:vAlign w:val="{vertical}"/></w:tcPr></w:tc>'
        )
        row.append(cell)
        return cell


_FONTS = f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>'
_AFTER_BORDER = (
    "w:shd",
    "w:tabs",
    "w:suppressAutoHyphens",
    "w:spacing",
    "w:ind",
    "w:jc",
    "w:outlineLvl",
    "w:rPr",
)
