"""Proposes a connector file from the OpenAPI description of a tool; every guess is left to a human."""

from avise.connectors.openapi.proposing import propose_connector
from avise.connectors.openapi.writing import Proposal

__all__ = ["Proposal", "propose_connector"]
