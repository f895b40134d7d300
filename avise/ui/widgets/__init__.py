"""Reusable widgets of the design language: chips, buttons, panels, rows, fields."""

from avise.ui.widgets.badge import CountBadge
from avise.ui.widgets.button import Button, ButtonKind
from avise.ui.widgets.check_box import CheckBox
from avise.ui.widgets.chip import Chip, ChipSpec, Tone, chip_size, paint_chip
from avise.ui.widgets.elided_label import ElidedLabel
from avise.ui.widgets.focus_ring import FocusRing
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.key_cap import KeyCap
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.line import HorizontalLine, VerticalLine
from avise.ui.widgets.link import Link
from avise.ui.widgets.panel import Panel
from avise.ui.widgets.reading import ReadingLine, Skeleton
from avise.ui.widgets.row_list import RowDelegate, RowLook, RowsView
from avise.ui.widgets.segmented import Segmented
from avise.ui.widgets.toast import Message, Toast

__all__ = [
    "Button",
    "ButtonKind",
    "CheckBox",
    "Chip",
    "ChipSpec",
    "CountBadge",
    "ElidedLabel",
    "FocusRing",
    "HorizontalLine",
    "Icon",
    "KeyCap",
    "Label",
    "Link",
    "Message",
    "Panel",
    "ReadingLine",
    "RowDelegate",
    "RowLook",
    "RowsView",
    "Segmented",
    "Skeleton",
    "Toast",
    "Tone",
    "VerticalLine",
    "chip_size",
    "column",
    "paint_chip",
    "row",
]
