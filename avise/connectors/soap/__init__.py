"""Reads a SOAP service by its own description (WSDL 1.1, SOAP 1.1 and 1.2): see README.md."""
