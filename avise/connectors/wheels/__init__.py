"""Connectors that somebody published as a wheel: found, judged and only then imported."""

from avise.connectors.wheels.scanning import FILES_GROUP, WheelConnector, scan_wheels
from avise.connectors.wheels.shelf import WheelShelf

__all__ = ["FILES_GROUP", "WheelConnector", "WheelShelf", "scan_wheels"]
