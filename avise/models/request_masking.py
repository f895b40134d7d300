"""What a reader sees of a request's form: values masked by role, and by whether the queue is theirs.

An account number is never shown whole: reading it is a live, logged call, as in the dossier. A
confidential request (`domain.md` R23, social aid) shows its content to those of its queue alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from avise.models.identifiers import mask_iban
from avise.models.json_types import JSON
from avise.models.masking import MASK
from avise.models.request_types import RequestField, RequestFieldKind, RequestType
from avise.models.roles import Role

_NO_CUSTOMER_DATA = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})


def masked_fields(
    kind: RequestType, fields: Mapping[str, JSON], role: Role, *, of_the_queue: bool, own: bool = False
) -> Mapping[str, JSON]:
    """Return a form as a role may read it; a field that the type no longer has is masked.

    Args:
        kind: in the version with which the request was made.
        fields: as recorded.
        role: of the reader.
        of_the_queue: the reader works in the queue where the request is.
        own: the reader made the request: what they wrote is no secret to them, but for an account number.
    """
    if role in _NO_CUSTOMER_DATA:
        return {}
    hidden = kind.confidential and not of_the_queue and not own
    open_to = own or role in kind.handled_by
    return {
        name: MASK if hidden else _masked(kind.field_named(name), value, open_to=open_to)
        for name, value in fields.items()
    }


def _masked(each: RequestField | None, value: JSON, *, open_to: bool) -> JSON:
    if each is None:
        return MASK
    if each.kind is RequestFieldKind.IBAN:
        return mask_iban(value) if isinstance(value, str) else MASK
    return MASK if each.sensitive and not open_to else value
