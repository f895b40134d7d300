"""The conformance kit: whether a connector can be trusted, shown on the connector itself (see README.md)."""
