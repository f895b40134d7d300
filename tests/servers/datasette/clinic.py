"""A database that was not made for Avise: two tables as the Synthea generator of patients exports them.

Names and types of the columns are those of its data dictionary (one table for each CSV file, as an
import leaves them: capitals, ISO times in UTC, amounts as REAL, empty cells as NULL). The rows are
invented here, from a seed.
"""

from __future__ import annotations

import random
import sqlite3
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

PATIENTS = """
create table patients (
  Id text primary key, BIRTHDATE text, DEATHDATE text, SSN text, DRIVERS text, PASSPORT text, PREFIX text,
  FIRST text, LAST text, SUFFIX text, MAIDEN text, MARITAL text, RACE text, ETHNICITY text, GENDER text,
  BIRTHPLACE text, ADDRESS text, CITY text, STATE text, COUNTY text, ZIP text, LAT real, LON real,
  HEALTHCARE_EXPENSES real, HEALTHCARE_COVERAGE real
)
"""
ENCOUNTERS = """
create table encounters (
  Id text primary key, START text, STOP text, PATIENT text references patients(Id), ORGANIZATION text,
  PROVIDER text, PAYER text, ENCOUNTERCLASS text, CODE integer, DESCRIPTION text,
  BASE_ENCOUNTER_COST real, TOTAL_CLAIM_COST real, PAYER_COVERAGE real, REASONCODE integer,
  REASONDESCRIPTION text
)
"""

SSN = "999-12-3456"
"""A canary: the connector never asks for it."""

_CLASSES = ("ambulatory", "wellness", "outpatient", "urgentcare", "emergency", "inpatient", "virtual")
_FIRST_DAY = datetime(2019, 1, 1, tzinfo=UTC)


def patient_id(number: int) -> str:
    """Return the identifier of a patient."""
    return str(uuid.UUID(int=number + 1))


def write_clinic(path: Path, patients: int = 4) -> None:
    """Write the database; patient n has 90 n encounters, and the last one has died."""
    chance = random.Random(20)
    with closing(sqlite3.connect(path)) as database:
        database.execute(PATIENTS)
        database.execute(ENCOUNTERS)
        for number in range(patients):
            _insert(database, "patients", _patient(number, last=number == patients - 1))
            for visit in range(90 * number):
                _insert(database, "encounters", _encounter(number, visit, chance))
        database.commit()


def _insert(database: sqlite3.Connection, table: str, row: dict[str, object]) -> None:
    marks = ", ".join("?" * len(row))
    database.execute(
        f"insert into {table} ({', '.join(row)}) values ({marks})",  # noqa: S608 - names are ours
        tuple(row.values()),
    )


def _patient(number: int, *, last: bool) -> dict[str, object]:
    return {
        "Id": patient_id(number),
        "BIRTHDATE": f"19{50 + number}-03-12",
        "DEATHDATE": "2024-11-02" if last else None,
        "SSN": SSN,
        "PREFIX": ("Mrs.", "Mr.", None)[number % 3],
        "FIRST": f"Miracle{number}67",
        "LAST": f"Ledner{number}",
        "MAIDEN": "Raynor597" if number == 0 else None,
        "GENDER": "F" if number == 0 else "M",
        "BIRTHPLACE": "Millbury  Massachusetts  US",
        "HEALTHCARE_EXPENSES": 512_345.67,
    }


def _encounter(number: int, visit: int, chance: random.Random) -> dict[str, object]:
    start = _FIRST_DAY + timedelta(days=visit * 7, hours=23, minutes=30)
    cents = chance.randrange(100, 900_000)
    kind = _CLASSES[visit % len(_CLASSES)]
    return {
        "Id": str(uuid.UUID(int=(number + 1) << 64 | visit)),
        "START": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "STOP": (start + timedelta(minutes=15)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "PATIENT": patient_id(number),
        "ENCOUNTERCLASS": kind,
        "CODE": 185_345_009,
        "DESCRIPTION": None if visit % 50 == 49 else f"Encounter for symptom ({kind})",
        "TOTAL_CLAIM_COST": cents / 100,
        "PAYER_COVERAGE": 0.1 + 0.2 if visit == 0 else chance.randrange(cents) / 100,
        "REASONDESCRIPTION": "Viral sinusitis (disorder)" if visit % 3 == 0 else None,
    }
