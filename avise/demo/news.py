"""The team's news of a demonstration, dated from its day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from avise.demo.launcher import write_private
from avise.services.team_news import NEWS_NAME

_NEWS = (
    (
        0, 3, "Cartes de tiers payant",
        "Les cartes des contrats collectifs partent cette semaine : comptez cinq jours ouvrés avant de "
        "proposer un renvoi.",
    ),
    (
        2, 10, "Prélèvements du 5",
        "Deux banques ont rejeté par erreur. Les prélèvements sont représentés le 15, sans frais.",
    ),
    (
        6, 14, "Télétransmission",
        "Après un changement de caisse, la liaison demande dix jours. Pas de demande avant ce délai.",
    ),
)  # fmt: skip
"""Days before the demonstration's day, days shown, title, text."""


def write_news(profile_dir: Path, today: date) -> None:
    """Write the news of a demonstration, unless somebody wrote others there."""
    path = profile_dir / NEWS_NAME
    if not path.exists() or path.read_text(encoding="utf-8").startswith(_MARK):
        write_private(path, news_text(today))


_MARK = "# Actualités de la démonstration, écrites à chaque démarrage."


def news_text(today: date) -> str:
    """Return the content of `news.toml`."""
    parts = [f"{_MARK}\navise = 1"]
    for ago, shown, title, words in _NEWS:
        day = today - timedelta(days=ago)
        until = day + timedelta(days=shown)
        parts.append(f'[[news]]\ndate = {day}\nuntil = {until}\ntitle = "{title}"\ntext = "{words}"')
    return "\n\n".join(parts) + "\n"
