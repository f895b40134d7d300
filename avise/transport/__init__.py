"""How this machine reaches servers: the certificates that it trusts, the proxies that it goes through."""
