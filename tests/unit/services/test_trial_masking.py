"""What a tool wrote is told to a role by its shape, but for what feeds a field that it reads in clear."""

from __future__ import annotations

from avise.connectors.trial import FieldTrial, ReadingTrial, RowTrial, Trial
from avise.models.json_types import JSON
from avise.models.roles import Role
from avise.services.trial_masking import masked_trial


def masked(raw: JSON, *fields: FieldTrial) -> JSON:
    reading = ReadingTrial("benefits", rows=(RowTrial(1, raw, fields),))
    return masked_trial(Trial("x 1.0.0", (reading,)), Role.AGENT).readings[0].rows[0].raw


def test_a_value_within_an_object_is_told_at_its_place() -> None:
    raw: JSON = {"montants": {"total_cts": 5000, "devise": "EUR"}, "payéLe": "24 mars 2026"}
    shown = masked(
        raw,
        FieldTrial("spent", "montants.total_cts", 5000, "50.00", "cents"),
        FieldTrial("paid_on", '"payéLe"', "24 mars 2026", "2026-03-24", "date"),
    )
    assert shown == {"montants": {"total_cts": 5000, "devise": "texte (3)"}, "payéLe": "24 mars 2026"}


def test_the_keys_of_an_object_are_not_told_when_they_may_be_values() -> None:
    raw: JSON = {
        "by_number": {"0482917350": {"name": "x"}},
        "by_name": {"Marchand": 1},
        "by_day": {"2026-03-24": 2},
        "plain": {"name": "Marchand", "bits": [1, 2]},
        "empty": {},
    }
    assert masked(raw) == {
        "by_number": "objet (1)",
        "by_name": "objet (1)",
        "by_day": "objet (1)",
        "plain": {"name": "texte (8)", "bits": "liste (2)"},
        "empty": "objet (0)",
    }


def test_what_is_no_object_is_told_by_its_shape() -> None:
    assert masked("Marchand") == "texte (8)"
    assert masked(None) == "vide"
