"""A hub to which a certificate or a proxy bars the way: the workstation says what IT can mend."""

from __future__ import annotations

from typing import cast

import pytest

from avise.engine.hub_standing import HubStanding
from avise.engine.sync_listener import SyncListener
from avise.env import FixedEnv
from avise.hub.port import HubUnreachableError
from avise.services.request_values import HubState, HubStatus
from avise.services.sync import SyncCore
from avise.store.feed import Feed
from avise.store.journal import Journal
from avise.transport.faults import PROXY_ACCOUNT, key_of


class Listener:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[HubStatus] = []

    def on_status(self, status: HubStatus) -> None:
        self.told.append(status)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (HubUnreachableError(key_of(PROXY_ACCOUNT), source="hub.maison.invalid"), "network.proxy_user"),
        (HubUnreachableError(key_of("certificate refused (20)"), source="hub.maison.invalid"), "hub.maison"),
        (HubUnreachableError("hub.unreachable"), ""),
    ],
    ids=["proxy", "certificate", "silence"],
)
def test_what_bars_the_way_is_told_while_the_hub_is_out_of_reach(
    error: HubUnreachableError, said: str
) -> None:
    listener, core = Listener(), SyncCore(None, 0, 0, 0, 0, {}, {}, version="0.1.0")
    # Neither the store nor the journal has a part in what is said of a hub that is out of reach.
    no_feed, no_journal = cast("Feed", None), cast("Journal", None)
    told = cast("SyncListener", listener)
    standing = HubStanding("lea", no_feed, no_journal, told, FixedEnv(), "")
    standing.note_failure(error)
    core.failed(error)
    standing.tell(core, away=False)
    (status,) = listener.told
    assert status.state is HubState.OFFLINE
    assert (said in status.sentence) if said else status.sentence == ""
    standing.tell(core, away=True)
    assert listener.told[-1].sentence == ""
