"""The folder where the nightly files arrive, and how such a folder fails."""

from __future__ import annotations

import shutil
from pathlib import Path

from avise.demo.faults import NOT_OF_A_FILE, Fault, FaultKind, Garbage, UnsupportedFaultError

FOLDER = "flux"

_MOJIBAKE = "Caisse primaire déplacée ; réseau indisponible\r\n".encode("utf-16-le")
_PAGE = b"<!doctype html><html><body>Portail de transfert : session terminee</body></html>\r\n"


class TransferFolder:
    """A copy of the prepared files that Avise reads.

    SLOW and HANG: the file of last night has not come, that of the night before is there. DOWN: the folder is
    gone, as a share that is not mounted. GARBAGE: the newest file holds something else. A file has no token
    and does not drip.

    Args:
        prepared: folder of the prepared files, never touched.
        run: folder where the copy is made.
    """

    def __init__(self, prepared: Path, run: Path) -> None:
        self._prepared = prepared
        self.path = run / FOLDER
        self.fault = Fault()
        self._renew()

    async def set_fault(self, fault: Fault) -> None:
        """Put a fault in force.

        Raises:
            UnsupportedFaultError: the fault is one of connections.
        """
        if fault.kind in NOT_OF_A_FILE:
            raise UnsupportedFaultError(fault.kind)
        self._renew()
        if fault.kind in {FaultKind.SLOW, FaultKind.HANG}:
            self._newest().unlink()
        if fault.kind is FaultKind.DOWN:
            shutil.rmtree(self.path)
        if fault.kind is FaultKind.GARBAGE:
            _spoil(self._newest(), fault.garbage)
        self.fault = fault

    def _newest(self) -> Path:
        return max(self.path.iterdir(), key=lambda file: file.name)

    def _renew(self) -> None:
        """Put back what was taken away or spoilt, and leave the rest alone."""
        self.path.mkdir(exist_ok=True)
        for file in self._prepared.iterdir():
            copy = self.path / file.name
            if not copy.exists() or copy.read_bytes() != file.read_bytes():
                aside = self.path.with_name(file.name)
                shutil.copyfile(file, aside)
                aside.replace(copy)


def _spoil(file: Path, garbage: Garbage) -> None:
    content = file.read_bytes()
    if garbage is Garbage.TRUNCATED:
        # Cut in the first third: so small a file is refused as a whole, and the one before is kept.
        spoilt = content[: len(content) // 3]
    elif garbage is Garbage.CHARSET:
        spoilt = content.decode("latin-1").encode("utf-16")
    else:
        pattern = _PAGE if garbage is Garbage.HTML else _MOJIBAKE
        spoilt = pattern * (len(content) // len(pattern) + 1)
    aside = file.parent.with_name(file.name)
    aside.write_bytes(spoilt)
    aside.replace(file)
