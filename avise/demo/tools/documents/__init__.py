"""Documents (GED): a WebDAV store, one folder a dossier, basic authentication.

Titles, kinds and states are properties of its own namespace; the bytes of a document are made when it is
opened. Some folders are nobody's.
"""
