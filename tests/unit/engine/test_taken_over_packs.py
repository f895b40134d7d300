"""A portfolio that another workstation has, and what the hub ended, at the desk that asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from avise.models.errors import AviseError
from tests.unit.engine.packed_desk import customer, packed_desk
from tests.unit.engine.test_pack_room import tools


async def test_what_another_workstation_has_is_taken_over_when_its_user_says_so(tmp_path: Path) -> None:
    async with packed_desk(tmp_path, tools()) as desk:
        desk.portfolio.append(customer(1))
        desk.lender.refusal = AviseError("hub.checked_out_elsewhere", since="24/03/2026", until="31/03/2026")
        with pytest.raises(AviseError, match=r"^hub\.checked_out_elsewhere$"):
            await desk.prepare()
        desk.lender.refusal = None
        await desk.prepare(take_over=True)
        assert desk.lender.taken_over == [False, True]


async def test_why_the_hub_ended_what_was_on_board_is_told_until_the_next_preparation(tmp_path: Path) -> None:
    async with packed_desk(tmp_path, tools()) as desk:
        desk.portfolio.append(customer(1))
        desk.room.tell(AviseError("pack.right_withdrawn"))
        trouble = (await desk.room.status()).trouble
        assert trouble is not None
        assert trouble.message_key == "pack.right_withdrawn"
        await desk.prepare()
        assert (await desk.room.status()).trouble is None
