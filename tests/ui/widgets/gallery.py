"""Every reusable widget on one sheet, as the component sheet of the design shows them."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from avise.ui.widgets import (
    Button,
    ButtonKind,
    CheckBox,
    Chip,
    ChipSpec,
    ElidedLabel,
    KeyCap,
    Label,
    Link,
    Panel,
    ReadingLine,
    Segmented,
    Skeleton,
    Tone,
    column,
    row,
)


def component_sheet() -> QWidget:
    """Return the sheet."""
    sheet = QWidget()
    sheet.setProperty("role", "app")
    field = QLineEdit("MARCHAND")
    wrong = QLineEdit("15/04/2026")
    wrong.setProperty("state", "error")
    fixed = QLineEdit("0482 917 35")
    fixed.setReadOnly(True)
    notes = QPlainTextEdit("Virement de 214,00 € émis le 23/03")
    off = Button("Indisponible")
    off.setEnabled(False)
    ticked = CheckBox("Confirmer par SMS")
    ticked.setChecked(True)
    chips = row(
        Chip(ChipSpec("2 j", Tone.NEUTRAL, "clock")),
        Chip(ChipSpec("2 h 10", Tone.WARN, "hourglass")),
        Chip(ChipSpec("retard 1 j", Tone.DANGER, "triangle-alert")),
        Chip(ChipSpec("en pause", Tone.OUTLINE, "circle-pause")),
        Chip(ChipSpec("tenue", Tone.OK, "circle-check")),
        Chip(ChipSpec("en cours", Tone.ACCENT, "circle-dot")),
        Chip(ChipSpec("à jour", Tone.PLAIN, "circle-check", "ok-solid")),
        Chip(ChipSpec("attend", Tone.INFO, "hourglass")),
        Chip(ChipSpec("Malentendante", Tone.NOTE, "ear")),
        Chip(ChipSpec("En appel", Tone.ACCENT, "headset", edged=True)),
        None,
        gap=6,
    )
    buttons = row(
        Button("Envoyer", ButtonKind.PRIMARY, keys="Ctrl ↵"),
        Button("Répondre"),
        Button("Raccrocher", ButtonKind.DANGER),
        Button("Annuler", ButtonKind.QUIET),
        off,
        Button("Réessayer", icon="rotate-cw", keys="F5"),
        Button("Petit 24", small=True),
        Button(icon="x", kind=ButtonKind.QUIET, name="Fermer"),
        KeyCap("Ctrl K"),
        None,
        gap=6,
    )
    sheet.setLayout(
        column(
            chips,
            buttons,
            row(field, wrong, fixed, gap=8),
            notes,
            row(
                Segmented(
                    [("done", "Résolu"), ("follow", "À suivre"), ("passed", "Transféré")], "done", "Résultat"
                ),
                ticked,
                CheckBox("Rappel"),
                Link("Voir la copie"),
                Link("Actualiser", "warn", underlined=True),
                None,
                gap=8,
            ),
            row(_panel_with_rows(), _panel_reading(), gap=8),
            *(
                ElidedLabel(f"{style} Il l’a reçu le 09/03 · Mme Hélène MARCHAND", style)
                for style in ("name", "title", "list-title", "strong", "body", "small", "micro")
            ),
            None,
            gap=10,
            margins=(12, 12, 12, 12),
        )
    )
    return sheet


def _panel_with_rows() -> Panel:
    panel = Panel("Remboursements", "receipt-euro")
    panel.count.set_text("14")
    panel.right.addWidget(Label("Prestations · 10:44", "source", "meta"))
    panel.body.addLayout(
        row(
            Label("20/03", "small", "meta", tabular=True),
            Label("Optique", "value"),
            None,
            Label("214,00 €", "value-strong", tabular=True),
            gap=8,
            margins=(10, 5, 10, 5),
        )
    )
    return panel


def _panel_reading() -> Panel:
    panel = Panel("Devis et PEC", "file-clock")
    line = ReadingLine()
    line.set_reading(True, still=True)
    panel.body.addWidget(line)
    panel.body.addLayout(row(Skeleton(), margins=(10, 5, 10, 5)))
    return panel
