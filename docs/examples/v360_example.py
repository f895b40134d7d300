"""Another application of the house: it posts an exchange with a customer, then reads what is known of them.

    V360_SECRET=… python v360_example.py https://hub.example mobile-app member_number:0012345678

A customer is named by a number of the house, or by the identifier that the hub gave for it once. The number
goes into bodies only: addresses end in the logs of proxies.
The secret is the one that `avise hub token add mobile-app --scope v360:read --scope v360:write --team …`
printed. Standard library only.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any


def call(address: str, token: str = "", value: object = None) -> Any:
    """Return the answer to one call; one that comes too often is made again when the hub says so."""
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    content = None if value is None else json.dumps(value).encode()
    request = urllib.request.Request(address, content, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code == 429:
            time.sleep(int(error.headers["Retry-After"]))
            return call(address, token, value)
        refused = json.load(error)
        sys.exit(f"{error.code} {refused['key']} {refused['params']}")


def identifier(hub: str, token: str, customer: str) -> str:
    """Return the hub's identifier of a customer, which may be kept: it never changes."""
    scheme, mark, value = customer.partition(":")
    if not mark:
        return customer
    found = call(f"{hub}/v360/customers/lookup", token, {"scheme": scheme, "value": value})
    return str(found["dossier"])


def main() -> None:
    """Post one exchange, read the synthesis, print it."""
    hub, application, named = sys.argv[1:4]
    shown = {"application": application, "secret": os.environ["V360_SECRET"]}
    token = call(f"{hub}/v360/token", value=shown)["access_token"]
    customer = identifier(hub, token, named)
    call(
        f"{hub}/v360/interactions",
        token,
        {
            "customer": customer,
            # The application's own identifier: posting it again adds nothing.
            "source_id": "message-48121",
            "channel": "mobile_app",
            "direction": "in",
            "at": os.environ.get("V360_AT") or datetime.now(UTC).isoformat(),
            "reason": "R01",
            "title": "Où en est mon remboursement ?",
        },
    )
    print(json.dumps(call(f"{hub}/v360/customers/{customer}", token), ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
