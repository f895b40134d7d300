"""Takes contribution calls and bank accounts out of the population."""

from __future__ import annotations

from pathlib import Path

from avise.demo.population.entities import BankAccount, ContributionCall, Dossier
from avise.demo.population.spec import WorldSpec
from avise.demo.tools import codes
from avise.demo.tools.codes import cents, coded, compact
from avise.demo.tools.contributions.tables import FILE_NAME, INDEXES, SCHEMA, VERSION
from avise.demo.tools.loading import SqliteWriter


class Loader:
    """Writes the database of the contributions tool (`ToolLoader`)."""

    def __init__(self, folder: Path, spec: WorldSpec) -> None:  # noqa: ARG002 - signature of LoaderFactory
        self._file = SqliteWriter(folder / FILE_NAME, SCHEMA, INDEXES)
        self._file.insert("version_base", (VERSION,))

    def add(self, dossier: Dossier) -> None:
        """Take a dossier's billing account."""
        member = dossier.member
        account = dossier.ids.account
        born = compact(member.birth_date)
        row = (account, dossier.ids.member_number, member.last_name, member.first_name, born)
        self._file.insert("compte", row)
        for call in dossier.contributions:
            self._file.insert("echeance", _due(call, account))
        for rank, bank in enumerate(dossier.accounts, 1):
            self._file.insert("rib", _bank(bank, account, rank))

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def _due(call: ContributionCall, account: int) -> tuple[object, ...]:
    return (
        call.number,
        account,
        call.contract,
        compact(call.due_on),
        cents(call.amount),
        cents(call.employer_share),
        coded(codes.CONTRIBUTION_STATUS, call.status),
        coded(codes.CONTRIBUTION_METHODS, call.method),
        compact(call.paid_on),
        call.reject_code or None,
        compact(call.rejected_on),
        coded(codes.ARREARS_STAGES, call.stage),
    )


def _bank(bank: BankAccount, account: int, rank: int) -> tuple[object, ...]:
    return (
        f"{account}-{rank}",
        account,
        coded(codes.ACCOUNT_USAGES, bank.usage),
        bank.iban,
        bank.holder,
        bank.bic or None,
        bank.mandate or None,
        compact(bank.signed_on),
        compact(bank.changed_on),
        coded(codes.ACCOUNT_STATUS, bank.status),
        coded(codes.HOLDER_CHECKS, bank.holder_check),
    )
