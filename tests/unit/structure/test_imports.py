"""Modules need each other one way only: what layers do not say of two modules of one room."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import grimp


def test_no_module_imports_its_importer_again() -> None:
    """Imports inside a function, and those for types alone, count as well."""
    graph = grimp.build_graph("avise", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(imports) > 1000
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        raise AssertionError(" -> ".join(circle)) from None
