"""A file that leaves, as a document for paper: who, when, why, then each block with its source and date."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from html import escape

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument

from avise.models.facet_specs import FACETS
from avise.models.facets import FacetRecord, FacetSpec, Shape
from avise.models.interaction import TimelineEntry
from avise.services.exported_file import ExportedBlock, ExportedFile, ExportedTimeline
from avise.services.wording import facet_title, field_label, value_text
from avise.texts import plural, text
from avise.texts.formats import format_date, format_list_name, format_member_number, format_time, local

_FAMILY, _POINTS, _MARGIN_MM = "Inter", 9, 15
_DOTS = 300
_STYLE = """
body { color: #000; }
h1 { font-size: 16pt; margin: 0; } h2 { font-size: 11pt; margin: 12px 0 2px 0; }
p { margin: 2px 0; } p.meta { color: #555; font-size: 8pt; }
table { border-collapse: collapse; } th { text-align: left; color: #555; font-weight: normal; }
th, td { padding: 2px 6px 2px 0; font-size: 8.5pt; vertical-align: top; }
"""


def file_html(file: ExportedFile) -> str:
    """Return the document as HTML; every value is escaped, and written as the screen writes it."""
    header = file.header
    name = format_list_name(header.last_name, header.first_name)
    who = [text("export.doc.number", number=format_member_number(header.member_number))]
    who += [text("export.doc.born", date=format_date(header.birth_date))] if header.birth_date else []
    reason = text(f"export.reason.{file.wish.reason}")
    words = file.wish.words.strip()
    parts = [
        f"<h1>{escape(name)}</h1>",
        f"<p>{escape(' · '.join(part for part in who if part))}</p>",
        f'<p class="meta">{escape(_made(file))}</p>',
        f'<p class="meta">{escape(text("export.doc.reason", reason=reason, words=words).rstrip(" ,"))}</p>',
        f'<p class="meta">{escape(text("export.doc.masked"))}</p>',
    ]
    parts += [_block_html(block) for block in file.blocks]
    parts += [_timeline_html(file.timeline)]
    return f"<html><head><style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>"


def _made(file: ExportedFile) -> str:
    day, time = format_date(local(file.at).date()), format_time(file.at)
    return text("export.doc.made", date=day, time=time, by=file.by, reference=str(file.event)[-8:])


def _block_html(block: ExportedBlock) -> str:
    view = block.view
    spec = FACETS[view.facet]
    dated = ""
    if view.as_of is not None:
        dated = f"{format_date(local(view.as_of).date())} {format_time(view.as_of)}"
    source = text("export.doc.source", source=view.source_name, date=dated).rstrip(" ,")
    table = _card(spec, view.records) if spec.shape is Shape.CARD else _list(spec, view.records)
    left = f'<p class="meta">{escape(plural("export.doc.left_out", block.left_out))}</p>'
    return f'<h2>{escape(facet_title(view.facet))}</h2><p class="meta">{escape(source)}</p>{table}' + (
        left if block.left_out else ""
    )


def _timeline_html(timeline: ExportedTimeline) -> str:
    """Return the timeline, newest first; what is missing of it is told, or it would look whole."""
    if not (timeline.entries or timeline.missing):
        return ""
    told = [text("timeline.missing", sources=", ".join(timeline.missing))] if timeline.missing else []
    told += [plural("export.doc.left_out", timeline.left_out)] if timeline.left_out else []
    rows = [_line_html(entry) for entry in timeline.entries]
    meta = "".join(f'<p class="meta">{escape(sentence)}</p>' for sentence in told)
    return f"<h2>{escape(text('export.doc.timeline'))}</h2><table>{''.join(rows)}</table>{meta}"


def _line_html(entry: TimelineEntry) -> str:
    when = f"{format_date(local(entry.at).date())} {format_time(entry.at)}"
    title = f"{entry.title} × {entry.count}" if entry.count > 1 else entry.title
    group = text(f"timeline.group.{entry.group}")
    cells = (when, group, title, entry.summary, entry.source)
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _said(spec: FacetSpec, record: FacetRecord, name: str) -> str:
    return value_text(spec.id, name, record.data.get(name))


def _fields(spec: FacetSpec, records: Iterable[FacetRecord]) -> list[str]:
    """Return the fields that at least one record fills, in the facet's order."""
    found = tuple(records)
    return [field.name for field in spec.fields if any(_said(spec, record, field.name) for record in found)]


def _card(spec: FacetSpec, records: Sequence[FacetRecord]) -> str:
    rows = [
        f"<tr><th>{escape(field_label(spec.id, name))}</th><td>{escape(_said(spec, record, name))}</td></tr>"
        for record in records
        for name in _fields(spec, (record,))
    ]
    return f"<table>{''.join(rows)}</table>"


def _list(spec: FacetSpec, records: Sequence[FacetRecord]) -> str:
    names = _fields(spec, records)
    head = "".join(f"<th>{escape(field_label(spec.id, name))}</th>" for name in names)
    rows = [
        "<tr>" + "".join(f"<td>{escape(_said(spec, record, name))}</td>" for name in names) + "</tr>"
        for record in records
    ]
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>"


def text_document(html: str) -> QTextDocument:
    """Return a document laid out for paper."""
    document = QTextDocument()
    document.setDefaultFont(QFont(_FAMILY, _POINTS))
    document.setHtml(html)
    return document


def page_layout() -> QPageLayout:
    """Return A4 upright with its margins."""
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    size = QPageSize(QPageSize.PageSizeId.A4)
    return QPageLayout(size, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter)


async def pdf_of(html: str) -> bytes:
    """Return a document as PDF, drawn a page a turn of the loop: fonts belong to Qt's thread.

    It names nobody: a file's properties are read by whoever is sent the file, and by search tools.
    """
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DOTS)
    writer.setPageLayout(page_layout())
    writer.setTitle(text("app.name"))
    writer.setCreator(text("app.name"))
    document = text_document(html)
    document.documentLayout().setPaintDevice(writer)
    document.setPageSize(QSizeF(writer.width(), writer.height()))
    painter = QPainter(writer)
    for page in range(document.pageCount()):
        if page:
            writer.newPage()
        painter.save()
        painter.translate(0, -page * writer.height())
        document.drawContents(painter, QRectF(0, page * writer.height(), writer.width(), writer.height()))
        painter.restore()
        await asyncio.sleep(0)
    painter.end()
    buffer.close()
    return bytes(content.data())
