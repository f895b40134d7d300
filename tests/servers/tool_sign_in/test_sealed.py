"""The refresh token in the encrypted store: one of the two is always there, whenever the process dies."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from avise.env import SystemEnv
from avise.store.sealed import SealedSecrets
from avise.store.store import Store

KEY = bytes(range(32))
RENEWER = """
import asyncio, sys
from pathlib import Path
from avise.env import SystemEnv
from avise.store.sealed import SealedSecrets
from avise.store.store import Store

async def main():
    env = SystemEnv()
    key = bytes(range(32))
    store = await Store.open(Path(sys.argv[1]), key, env)
    sealed = SealedSecrets(store, key, env)
    number = 0
    while True:
        number += 1
        print(f"got {number}", flush=True)
        await sealed.put("complaints", "refresh_token.x", f"canari-{number}")
        print(f"sealed {number}", flush=True)

asyncio.run(main())
"""


async def test_a_kill_leaves_the_old_token_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    for lines in (2, 5, 8):
        renewer = await asyncio.create_subprocess_exec(
            sys.executable, "-c", RENEWER, str(path), stdout=subprocess.PIPE
        )
        assert renewer.stdout is not None
        for _ in range(lines):
            await renewer.stdout.readline()
        renewer.kill()
        said = (await renewer.stdout.read()).decode().split("\n")
        await renewer.wait()
        store = await Store.open(path, KEY, SystemEnv())
        kept = await SealedSecrets(store, KEY, SystemEnv()).get("complaints", "refresh_token.x")
        await store.aclose()
        assert kept is not None
        sealed = [int(line.split()[1]) for line in said if line.startswith("sealed ") and line[7:]]
        number = int(kept.removeprefix("canari-"))
        assert number >= max([lines // 2, *sealed[:-1]])
        assert b"canari-" not in path.read_bytes()
