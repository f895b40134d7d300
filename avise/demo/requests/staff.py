"""Who works at the mutual in a box: names, roles, and where each may read and write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from avise.models.roles import Role

PLATEAU, AGENCIES, FIELD = "PLATEAU_NANTES", "AGENCES_OUEST", "ITINERANTS_OUEST"
"""Teams from which requests come: the call centre, the agencies, the travelling representatives."""

REIMBURSEMENTS = (
    "PREST_SOINS",
    "PREST_OPT",
    "PREST_DENT",
    "PREST_AUDIO",
    "PREST_HOSPI",
    "FLUX_NOEMIE",
    "CARTE_TP",
)
CONTRACTS = ("CONTRAT_IND", "CONTRAT_COLL", "COTIS_ENC", "COTIS_REC", "RESIL", "DIGITAL")
COMPLAINTS = ("RECLA", "N2_CONFORMITE", "DPO", "FRAUDE", "RCT", "DECES")
SOCIAL = ("ACTION_SOC",)
CONTACTS = ("RESEAUX", "ACCUEIL", "COMMERCIAL", "VIE_MUT")


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One member of staff.

    Args:
        login: "lea.girard".
        name: as colleagues read it.
        role: one of the six.
        team: the perimeter of their own team; requests that they send come from there.
        queues: corbeilles in which they work.
        reads: corbeilles that they may read besides.
    """

    login: str
    name: str
    role: Role
    team: str
    queues: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()

    @property
    def device(self) -> str:
        """Return the name of the station on which the past of the demonstration was written."""
        return f"demo-{self.login}"


_ALL = (*REIMBURSEMENTS, *CONTRACTS, *COMPLAINTS, *CONTACTS)

STAFF: tuple[StaffMember, ...] = (
    StaffMember("lea.girard", "Léa Girard", Role.AGENT, PLATEAU),
    StaffMember("tom.riou", "Tom Riou", Role.AGENT, PLATEAU),
    StaffMember("aminata.fofana", "Aminata Fofana", Role.AGENT, PLATEAU),
    StaffMember("gwenn.lescop", "Gwenn Lescop", Role.AGENT, AGENCIES),
    StaffMember("patricia.veyrac", "Patricia Veyrac", Role.AGENT, AGENCIES),
    StaffMember("bruno.kerhoas", "Bruno Kerhoas", Role.REP, FIELD),
    StaffMember("ines.moreau", "Inès Moreau", Role.CASE_MANAGER, "PRESTATIONS", REIMBURSEMENTS, _ALL),
    StaffMember("karim.benali", "Karim Benali", Role.CASE_MANAGER, "PRESTATIONS", REIMBURSEMENTS, _ALL),
    StaffMember("solene.marteau", "Solène Marteau", Role.CASE_MANAGER, "PRESTATIONS", REIMBURSEMENTS, _ALL),
    StaffMember(
        "julien.carpentras", "Julien Carpentras", Role.CASE_MANAGER, "PRESTATIONS", REIMBURSEMENTS, _ALL
    ),
    StaffMember("maud.estrelle", "Maud Estrelle", Role.TEAM_LEAD, "PRESTATIONS", REIMBURSEMENTS, _ALL),
    StaffMember("nora.haddouche", "Nora Haddouche", Role.CASE_MANAGER, "CONTRATS", CONTRACTS, _ALL),
    StaffMember("remi.vasquelin", "Rémi Vasquelin", Role.CASE_MANAGER, "CONTRATS", CONTRACTS, _ALL),
    StaffMember(
        "thibault.ozanne", "Thibault Ozanne", Role.TEAM_LEAD, "CONTRATS", (*CONTRACTS, *CONTACTS), _ALL
    ),
    StaffMember(
        "marc.legoff", "Marc Le Goff", Role.CASE_MANAGER, "RECLAMATIONS", (*COMPLAINTS, *CONTACTS), _ALL
    ),
    StaffMember("odile.tessandier", "Odile Tessandier", Role.CASE_MANAGER, "ACTION_SOCIALE", SOCIAL),
    StaffMember("victor.auclair", "Victor Auclair", Role.AUDITOR, "CONTROLE"),
    StaffMember("sacha.delmont", "Sacha Delmont", Role.ADMINISTRATOR, "INFORMATIQUE"),
)
"""Everybody; the first of each role comes first."""

BY_LOGIN: Mapping[str, StaffMember] = {member.login: member for member in STAFF}


def handlers(queue: str) -> tuple[StaffMember, ...]:
    """Return the case managers who work in a corbeille."""
    return tuple(member for member in STAFF if queue in member.queues and member.role is Role.CASE_MANAGER)


def lead_of(queue: str) -> StaffMember | None:
    """Return who leads the team of a corbeille, None when nobody does."""
    return next(
        (member for member in STAFF if queue in member.queues and member.role is Role.TEAM_LEAD), None
    )
