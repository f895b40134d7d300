"""Each way in which a real tool answers nonsense: its blocks say so, the others are untouched."""

from __future__ import annotations

import pytest

from avise.commands.show import CustomerFile
from avise.demo.faults import Fault, FaultKind, Garbage, break_tool
from avise.demo.population.personas import PERSONAS
from avise.engine.engine import Engine
from avise.models.errors import ErrorKind
from avise.models.facets import FacetState
from avise.services.wording import error_text
from tests.servers.bad_input.reading import read
from tests.servers.engine.conftest import MutualInABox

LEAD = PERSONAS["P00"]
SETTLED = {FacetState.FRESH, FacetState.EMPTY, FacetState.NOT_APPLICABLE, FacetState.TRUNCATED}


@pytest.mark.parametrize("garbage", [Garbage.HTML, Garbage.TRUNCATED, Garbage.CHARSET, Garbage.NOISE])
@pytest.mark.parametrize("tool", ["benefits", "documents", "appointments", "complaints"])
def test_nonsense_is_never_an_empty_block(
    tool: str, garbage: Garbage, mutual: MutualInABox, engine: Engine
) -> None:
    break_tool(mutual.data, tool, Fault(FaultKind.GARBAGE, garbage=garbage))
    file: CustomerFile = read(engine, LEAD.member_number)
    broken = [view for view in file.ordered() if view.source == tool]
    assert broken
    for view in broken:
        assert (view.state, view.records) == (FacetState.FAILED, ()), view.facet
        assert view.error is not None
        assert view.error.kind in (ErrorKind.BAD_DATA, ErrorKind.AUTH, ErrorKind.UNAVAILABLE)
        assert view.source_name in error_text(view)
    others = {view.state for view in file.ordered() if view.source != tool}
    assert others <= SETTLED
