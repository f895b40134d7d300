"""The WebDAV face of the documents tool: folders and files that exist only in the index."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from wsgidav.dav_error import HTTP_NOT_FOUND, DAVError
from wsgidav.dav_provider import DAVCollection, DAVNonCollection, DAVProvider

from avise.demo.tools.documents.index import DocumentEntry, DocumentIndex, FolderEntry
from avise.demo.tools.documents.paper import document_bytes

NAMESPACE = "{urn:exemple:ged:2017}"
_SHARE = "dossiers"

Environ = dict[str, Any]
"""A WSGI environment."""


class _Properties:
    """Serves the properties of the tool's own namespace."""

    own: dict[str, str]

    def get_property_value(self, name: str) -> object:
        """Return a property of ours, else what the library knows."""
        if not name.startswith(NAMESPACE):
            return super().get_property_value(name)  # type: ignore[misc]  # the library's class comes next
        value = self.own.get(name.removeprefix(NAMESPACE), "")
        if not value:
            raise DAVError(HTTP_NOT_FOUND)
        return value


class DocumentFile(_Properties, DAVNonCollection):  # type: ignore[misc]  # wsgidav has no types
    """One document."""

    def __init__(self, path: str, environ: Environ, document: DocumentEntry) -> None:
        super().__init__(path, environ)
        self._document = document
        self.own = {
            "titre": document.title,
            "nature": document.kind,
            "datePiece": document.dated,
            "sens": document.direction,
            "etat": document.state,
            "medical": document.medical,
            "beneficiaire": document.person,
        }

    def get_content_length(self) -> int:
        """Return the size in bytes."""
        return self._document.size

    def get_content_type(self) -> str:
        """Return the media type."""
        return self._document.media_type

    def get_display_name(self) -> str:
        """Return what an ordinary WebDAV client shows."""
        return self._document.title

    def get_last_modified(self) -> float:
        """Return the moment of the document."""
        return self._document.modified

    def get_etag(self) -> str:
        """Return the validator, without quotes as the library wants it."""
        return hashlib.sha256(repr(self._document).encode()).hexdigest()[:20]

    def support_etag(self) -> bool:
        """Say that there is a validator."""
        return True

    def support_ranges(self) -> bool:
        """Let a client read a document by pieces."""
        return True

    def get_content(self) -> io.BytesIO:
        """Make the bytes."""
        return io.BytesIO(document_bytes(self._document))


class DocumentFolder(_Properties, DAVCollection):  # type: ignore[misc]  # wsgidav has no types
    """The folder of one dossier."""

    def __init__(self, path: str, environ: Environ, index: DocumentIndex, folder: FolderEntry) -> None:
        super().__init__(path, environ)
        self._index = index
        self._folder = folder
        self.own = {
            "code": folder.code,
            "nom": folder.last_name,
            "prenom": folder.first_name,
            "naissance": folder.birth_date,
        }

    def get_member_names(self) -> list[str]:
        """Return the names of the documents."""
        return [document.name for document in self._index.documents(self._folder.code)]

    def get_member_list(self) -> list[DocumentFile]:
        """Return the documents, read at once."""
        base = self.path.rstrip("/")
        return [
            DocumentFile(f"{base}/{document.name}", self.environ, document)
            for document in self._index.documents(self._folder.code)
        ]


class Root(DAVCollection):  # type: ignore[misc]  # wsgidav has no types
    """The root and the folder of folders, which do not list the dossiers: there are too many."""

    def get_member_names(self) -> list[str]:
        """Return nothing."""
        return []


class DocumentProvider(DAVProvider):  # type: ignore[misc]  # wsgidav has no types
    """Finds resources by their paths: `/dossiers/<folder>/<name>`.

    Args:
        index: of the prepared data.
    """

    def __init__(self, index: DocumentIndex) -> None:
        super().__init__()
        self._index = index

    def is_readonly(self) -> bool:
        """Refuse every write."""
        return True

    def get_resource_inst(self, path: str, environ: Environ) -> object:
        """Return the resource of a path, None when there is none."""
        parts = [part for part in path.split("/") if part]
        if not parts or parts == [_SHARE]:
            return Root(path, environ)
        if parts[0] != _SHARE or len(parts) > 3:
            return None
        folder = self._index.folder(parts[1])
        if folder is None:
            return None
        if len(parts) == 2:
            return DocumentFolder(path, environ, self._index, folder)
        document = self._index.document(folder.code, parts[2])
        return DocumentFile(path, environ, document) if document is not None else None
