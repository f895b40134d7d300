"""A new request to the middle office: the sheet that asks for it, and the requests of a dossier."""
