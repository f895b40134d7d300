"""Tables of the contributions tool, the same in SQLite and in PostgreSQL."""

from __future__ import annotations

FILE_NAME = "contributions.sqlite"

SCHEMA = """
create table compte (
    no_compte integer primary key,
    no_adherent text not null,
    nom text not null,
    prenom text not null,
    dt_naissance text not null
);
create table echeance (
    no_appel text primary key,
    no_compte integer not null,
    no_contrat text not null,
    dt_echeance text not null,
    mt_cts integer not null,
    mt_employeur_cts integer not null,
    cd_etat text not null,
    cd_mode text not null,
    dt_reglement text,
    cd_rejet text,
    dt_rejet text,
    cd_relance text not null
);
create table rib (
    id_rib text primary key,
    no_compte integer not null,
    cd_usage text not null,
    iban text not null,
    titulaire text not null,
    bic text,
    rum text,
    dt_signature text,
    dt_maj text,
    cd_etat text not null,
    cd_vop text not null
);
create table version_base (version text not null);
"""
"""Dates are text of eight digits, as the mainframe that this base comes from wrote them."""

INDEXES = """
create index echeance_compte on echeance (no_compte, dt_echeance);
create index rib_compte on rib (no_compte);
"""

TABLES = ("compte", "echeance", "rib", "version_base")

VERSION = "COTI 4.12"
