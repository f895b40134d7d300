"""What the instances of one host share, besides its loop."""

from __future__ import annotations

from dataclasses import dataclass, field

from avise.connectors.body_worker import BodyWorker
from avise.connectors.network_gate import NetworkGate
from avise.connectors.ports import MemoryTokens, TokenPort
from avise.transport.outward import Outward


@dataclass(frozen=True, slots=True)
class Shared:
    """Lent to every instance.

    Args:
        bodies: reads long answers; without it they are read on the instance's threads.
        gate: lets calls through while there is a network; without it all pass.
        tokens: where people's refresh tokens are sealed; without it, they end with the program.
        outward: certificates and proxies of the house; without it, those of the system.
    """

    bodies: BodyWorker | None = None
    gate: NetworkGate | None = None
    tokens: TokenPort = field(default_factory=MemoryTokens)
    outward: Outward = field(default_factory=Outward)
