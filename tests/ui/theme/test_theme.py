"""Colours, sizes and style sheet of the window."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from avise.resources import resource_folder
from avise.ui.theme import Density, Scheme, contrast_ratio, load_tokens, theme
from avise.ui.theme.fonts import STYLES
from avise.ui.theme.style_sheet import style_sheet
from avise.ui.theme.tokens import SystemColours, contrast_tokens

SCHEMES = ("light", "dark")

RULES = (
    *(("text", ground, 7.0) for ground in ("bg-surface", "bg-app", "bg-selected", "warn-bg", "note-bg")),
    *(("text-2", ground, 4.5) for ground in ("bg-surface", "bg-chrome", "bg-sunken")),
    *(
        ("text-3", ground, 4.5)
        for ground in ("bg-surface", "bg-app", "bg-hover", "bg-selected", "bg-subtle", "bg-chrome")
    ),
    ("on-accent", "accent", 4.5),
    ("on-accent", "accent-hover", 4.5),
    *(("accent-text", ground, 4.5) for ground in ("bg-surface", "accent-bg", "bg-app", "bg-chrome")),
    *(("border-control", ground, 3.0) for ground in ("bg-surface", "bg-app", "bg-chrome")),
    *(("focus", ground, 3.0) for ground in ("bg-surface", "bg-app", "bg-selected", "bg-chrome")),
    *((tone, f"{tone}-bg", 4.5) for tone in ("ok", "warn", "danger", "info", "note", "neutral")),
    *(
        (tone, ground, 4.5)
        for tone in ("ok", "warn", "danger", "info", "note")
        for ground in ("bg-surface", "bg-selected")
    ),
    *((tone, "bg-chrome", 4.5) for tone in ("ok", "warn", "danger", "info")),
    *((tone, "bg-app", 4.5) for tone in ("warn", "danger")),
    ("bg-surface", "text", 7.0),
    *((f"{tone}-solid", "bg-surface", 3.0) for tone in ("ok", "warn", "danger", "info", "note")),
)
"""Couples of colours that the window uses, with the contrast that WCAG 2.2 asks for."""


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("ink", "ground", "least"), RULES)
def test_every_couple_of_colours_has_its_contrast(scheme: str, ink: str, ground: str, least: float) -> None:
    tokens = load_tokens(scheme)
    assert contrast_ratio(tokens[ink], tokens[ground]) >= least


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_series_of_a_chart_stands_out_on_a_panel(scheme: str) -> None:
    tokens = load_tokens(scheme)
    assert len(tokens.series) == 6
    assert all(contrast_ratio(colour, tokens["bg-surface"]) >= 3 for colour in tokens.series)


def test_contrast_is_that_of_the_published_formula() -> None:
    assert contrast_ratio("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast_ratio("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


def test_both_schemes_name_the_same_colours() -> None:
    assert set(load_tokens("light").colours) == set(load_tokens("dark").colours)


def test_a_contrast_theme_keeps_the_systems_colours_and_drops_every_tint() -> None:
    system = SystemColours("#000000", "#FFFFFF", "#808080", "#00FFFF", "#000000", "#FFFF00")
    tokens = contrast_tokens(system)
    assert set(tokens.colours) == set(load_tokens("light").colours)
    assert {tokens[name] for name in tokens.colours if name.endswith("-bg")} == {"#000000"}
    assert tokens["danger"] == tokens["ok"] == "#FFFFFF"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_style_sheet_leaves_no_placeholder_and_no_font(scheme: str) -> None:
    sheet = style_sheet(load_tokens(scheme), round, 1)
    assert "$" not in sheet
    assert "font" not in sheet
    assert sheet.count("{") == sheet.count("}") <= 150


def test_dark_replaces_every_colour_of_the_application(dressed: QApplication) -> None:
    theme().set_scheme(Scheme.DARK)
    assert theme().is_dark
    assert dressed.palette().window().color().name().upper() == load_tokens("dark")["bg-app"]
    assert load_tokens("dark")["bg-surface"] in dressed.styleSheet()
    theme().set_scheme(Scheme.LIGHT)
    assert dressed.palette().window().color().name().upper() == load_tokens("light")["bg-app"]


@given(percent=st.integers(-50, 1000))
def test_zoom_stays_between_80_and_200(qapp: QApplication, percent: int) -> None:
    theme().set_zoom(percent)
    assert 80 <= theme().zoom <= 200
    assert theme().px(100) == theme().zoom
    theme().set_zoom(100)


def test_zoom_steps_go_up_to_200_and_back_to_80(dressed: QApplication) -> None:
    seen = [theme().zoom]
    for _ in range(8):
        theme().step_zoom(1)
        seen.append(theme().zoom)
    assert seen[-1] == 200
    assert seen == sorted(seen)
    for _ in range(12):
        theme().step_zoom(-1)
    assert theme().zoom == 80


def test_type_grows_with_zoom_and_nothing_is_under_eleven(dressed: QApplication) -> None:
    assert min(style.size for style in STYLES.values()) >= 11
    small = theme().text_width("Mme Hélène MARCHAND", "body")
    theme().set_zoom(200)
    assert theme().text_width("Mme Hélène MARCHAND", "body") == pytest.approx(2 * small, rel=0.03)


def test_tabular_figures_have_one_width_and_identifiers_keep_theirs(dressed: QApplication) -> None:
    assert theme().text_width("1111", "body", tabular=True) == theme().text_width(
        "0000", "body", tabular=True
    )
    assert theme().text_width("D-0187", "body") < theme().text_width("D-0187", "body", tabular=True)


def test_density_changes_rows_and_not_type(dressed: QApplication) -> None:
    compact, width = theme().height_of("timeline"), theme().text_width("texte", "body")
    theme().set_density(Density.STANDARD)
    assert theme().height_of("timeline") > compact
    assert theme().text_width("texte", "body") == width
    theme().set_density(Density.COMPACT)


def test_an_icon_wears_the_colour_of_its_role_at_every_ratio(dressed: QApplication) -> None:
    for ratio in (1.0, 1.5, 2.0):
        pixmap = theme().icon("circle-x", 16, "danger", ratio)
        assert pixmap.devicePixelRatio() == ratio
        assert pixmap.width() == round(16 * ratio)
        image = pixmap.toImage()
        inked = [
            image.pixelColor(x, y)
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() > 250
        ]
        assert inked
        assert all(abs(colour.red() - theme().colour("danger").red()) < 12 for colour in inked)


def test_every_icon_named_in_the_window_is_shipped() -> None:
    here = {path.stem for path in resource_folder("icons").glob("*.svg")}
    root = Path(__file__).parents[3] / "avise"
    named = set()
    for path in (root / "ui").rglob("*.py"):
        named |= set(re.findall(r'[iI]con(?:=|\()"([a-z0-9-]+)"', path.read_text(encoding="utf-8")))
    assert named
    assert named <= here, named - here
