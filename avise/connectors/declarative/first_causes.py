"""Of the errors of a file, those that an author mends: what only follows from another one is left out.

A key misspelt once is then one error, and not one for each place that needed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from avise.connectors.declarative.positions import KeyPath
from avise.connectors.declarative.problems import Finding

_NEEDS: Mapping[str, frozenset[str]] = {
    "scheme_undeclared": frozenset({"connector", "needs_ids"}),
    "secret_undeclared": frozenset({"config", "type"}),
    "secret_type": frozenset({"config", "type"}),
    "config_undeclared": frozenset({"config"}),
    "action_input_undeclared": frozenset({"input"}),
    "action_precondition_undeclared": frozenset({"plan", "precondition"}),
    "action_facet_undeclared": frozenset({"facet", "id"}),
    "action_undeclared": frozenset({"action", "id"}),
}
"""What is looked up by name in another place: the keys of that place, which may be wrong themselves."""

_WRONG_SHAPE = frozenset({"missing_key", "expected_list", "expected_table", "expected_text"})
_OF_A_CONFIG = frozenset({"type", "label", "required", "default", "choices", "help", "diagnostic"})
_MOST_NAMED = 4


def first_causes(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that do not follow from another one."""
    told = list(_with_headers(list(findings)))
    meant = {
        (*one.path[:-1], one.params["suggestion"])
        for one in told
        if one.message_key == "unknown_key" and one.params.get("suggestion")
    }
    told = [one for one in told if not (one.missing and _follows(one.path, meant, told))]
    causes = {str(path[-1]) for path in meant}
    causes |= {str(one.path[-1]) for one in told if one.message_key in _WRONG_SHAPE and one.path}
    kept = [one for one in told if not _NEEDS.get(one.message_key, frozenset()) & causes]
    return kept or told


def _follows(path: KeyPath, meant: set[KeyPath], told: Sequence[Finding]) -> bool:
    """Tell whether a key lacks because it, or a table around it, is misspelt."""
    if path in meant:
        return True
    misspelt = (one.path for one in told if not one.missing and one.params.get("suggestion"))
    return any(len(around) < len(path) and path[: len(around)] == around for around in misspelt)


# ---- a header that is not there -------------------------------------------------------------------


def _with_headers(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the findings; keys that fell into the table above are one, with the header that they want."""
    strangers: dict[KeyPath, list[Finding]] = {}
    for one in findings:
        if one.message_key == "unknown_key" and not one.params.get("suggestion"):
            strangers.setdefault(one.path[:-1], []).append(one)
    fallen = {table: found for table, found in strangers.items() if len(found) > 1}
    wanted = {table: _wanted(found, findings) for table, found in fallen.items()}
    named = {id(lacking) for lacking, _ in wanted.values() if lacking is not None}
    for one in findings:
        group = fallen.get(one.path[:-1]) if one.message_key == "unknown_key" else None
        if group is None or one not in group:
            if id(one) not in named:
                yield one
        elif one is group[0]:
            keys = [str(each.path[-1]) for each in group]
            shown = ", ".join(keys[:_MOST_NAMED]) + ("…" if len(keys) > _MOST_NAMED else "")
            header = wanted[one.path[:-1]][1]
            yield Finding(one.path, "header_missing", {"keys": shown, "suggestion": header})


def _wanted(fallen: Sequence[Finding], findings: Sequence[Finding]) -> tuple[Finding | None, str]:
    """Return what tells that a header lacks, and the header, "" when nothing does."""
    keys = {str(one.path[-1]) for one in fallen}
    for one in findings:
        if one.message_key == "config_undeclared" and keys <= _OF_A_CONFIG:
            return one, f"[config.{one.params['name']}]"
        if one.missing and len(one.path) == 1 and one.path[0] != "avise":
            return one, f"[{one.path[0]}]"
    return None, ""
