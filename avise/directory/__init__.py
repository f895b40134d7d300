"""Who exists, found by any key in any form: the same tables and statements on SQLCipher and on PostgreSQL."""
