"""How a back-office tool is read: the contract, the one pipeline, and the connectors."""
