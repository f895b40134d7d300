"""The Qt-free composition: store, connectors and services on their own loops."""
