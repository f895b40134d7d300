"""Blocks of very long files: lines composed when they are seen, and cells painted as one line of words."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem

from avise.models.facets import FacetRecord, FacetState, FacetView
from avise.ui.customer.facet_cells import FacetCells
from avise.ui.customer.facet_table_model import FacetTableModel
from avise.ui.customer.record_lines import RecordLines
from tests.ui.persona import NOW

RECORDS = tuple(FacetRecord(str(number), {"amount": number}) for number in range(3000))
WIDTH, HEIGHT = 200, 27


def test_only_the_lines_that_are_read_are_composed() -> None:
    composed: list[str] = []

    def line(record: FacetRecord) -> str:
        composed.append(record.id)
        return f"line {record.id}"

    lines = RecordLines(RECORDS, line)
    assert len(lines) == 3000
    assert lines[:2] == ("line 0", "line 1")
    assert lines[-1] == "line 2999"
    assert composed == ["0", "1", "2999"]


def test_lines_are_walked_to_their_end() -> None:
    assert list(RecordLines(RECORDS[:3], lambda record: record.id)) == ["0", "1", "2"]


def _painted(model: FacetTableModel, column: int) -> tuple[int, int]:
    """Return where the ink of a cell begins and ends, in pixels."""
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, WIDTH, HEIGHT)
    with QPainter(image) as painter:
        FacetCells(model).paint(painter, option, model.index(0, column))
    white = QColor("white").rgb()
    inked = [x for x in range(WIDTH) if any(image.pixel(x, y) != white for y in range(HEIGHT))]
    return inked[0], inked[-1]


def _model(label: str) -> tuple[FacetTableModel, dict[str, int]]:
    record = FacetRecord("1", {"label": label, "amount": str(Decimal("12.50"))})
    view = FacetView("benefits", "tool", "Prestations", FacetState.FRESH, (record,), NOW)
    model = FacetTableModel("benefits")
    model.set_views((view,))
    fields = {model.field(column): column for column in range(model.columnCount())}
    return model, {field.name: column for field, column in fields.items() if field is not None}


def test_amounts_stand_on_the_right_and_words_on_the_left(dressed: QApplication) -> None:
    model, columns = _model("Optique")
    assert _painted(model, columns["label"])[0] < 6
    assert _painted(model, columns["amount"])[1] > WIDTH - 6


def test_words_too_long_for_a_cell_are_cut_inside_it(dressed: QApplication) -> None:
    model, columns = _model("Optique, monture et verres progressifs\nde la seconde paire " * 3)
    begins, ends = _painted(model, columns["label"])
    assert begins < 6
    assert WIDTH - 20 < ends <= WIDTH - 3
