"""A connector file proposed from a description: what is recognised, what is marked, what is refused."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avise.connectors.declarative import check_connector_file
from avise.connectors.declarative.vocabulary import words_of
from avise.connectors.openapi import propose_connector
from avise.connectors.openapi.matching import guess_codes
from avise.models.errors import AviseError

HERE = Path(__file__).parent
PRESTATIONS, PETSTORE = HERE / "prestations.json", HERE / "petstore.json"
PARTENAIRES = HERE / "partenaires.json"
"""References within references, allOf, nullable, lists of texts, a person within a person, many sign-ins."""


def proposed(path: Path, *facets: str) -> tuple[dict[str, Any], str]:
    content = propose_connector(path, facets).content
    return tomllib.loads(content), content


def facets_of(document: Mapping[str, Any]) -> dict[str, Any]:
    return {facet["id"]: facet for facet in document["facet"]}


def problems(folder: Path, content: str) -> list[str]:
    path = folder / "proposed.toml"
    path.write_text(content, "utf-8")
    return [f"{found.line}: {found.sentence()}" for found in check_connector_file(path)]


def described(folder: Path, spec: object) -> Path:
    path = folder / "spec.json"
    path.write_text(json.dumps(spec), "utf-8")
    return path


@pytest.mark.parametrize("path", [PRESTATIONS, PETSTORE, PARTENAIRES])
def test_what_is_proposed_passes_the_check_as_it_is(tmp_path: Path, path: Path) -> None:
    assert problems(tmp_path, proposed(path)[1]) == []


def test_the_api_of_an_insurer_becomes_readings_by_french_names() -> None:
    document, content = proposed(PRESTATIONS)
    facets = facets_of(document)
    assert list(facets) == ["identity", "benefits", "contracts", "beneficiaries", "contributions", "bank"]
    assert document["connector"]["needs_ids"] == ["member"]
    benefits = facets["benefits"]
    assert benefits["path"] == "/adherents/{customer.member}/remboursements"
    assert benefits["records"] == "contenu"
    assert benefits["query"] == {"canal": "AGENT"}
    assert benefits["fields"]["amount"] == {"from": "montantRembourse", "as": "cents"}
    assert benefits["fields"]["care_date"] == "dateSoins"
    assert benefits["fields"]["out_of_pocket"] == {"from": "resteACharge", "as": "decimal"}
    assert benefits["fields"]["status"]["map"] == {
        "PAYE": "paid",
        "EN_ATTENTE": "pending",
        "REJETE": "rejected",
    }
    assert benefits["subject"] == {
        "last_name": "adherent.nom",
        "first_name": "adherent.prenom",
        "birth_date": "adherent.dateNaissance",
    }
    assert facets["identity"]["fields"]["nir"] == {"from": "nir", "as": "nir_masked"}
    assert facets["identity"]["fields"]["rights_status"]["from"] == "etatDroits"
    assert facets["bank"]["query"] == {"adherent": "{customer.member}"}
    assert facets["bank"]["fields"]["signed_on"] == {"from": "dateSignature", "format": "%d/%m/%Y"}
    assert "ZZ9" in content


def test_each_way_of_paging_is_recognised() -> None:
    facets = facets_of(proposed(PRESTATIONS)[0])
    assert facets["benefits"]["paging"] == {
        "type": "page", "param": "page", "start": 0, "size": 200, "size_param": "taille"
    }  # fmt: skip
    assert facets["beneficiaries"]["paging"] == {"type": "next_url", "at": "suivant"}
    assert facets["contributions"]["paging"] == {"type": "cursor", "at": "curseurSuivant", "param": "curseur"}
    assert facets["contracts"]["paging"] == {"type": "none"}
    visits = facets_of(proposed(PETSTORE)[0])["appointments"]
    assert visits["paging"] == {"type": "offset", "param": "offset", "size": 100, "size_param": "limit"}


def test_sign_in_address_headers_and_check_come_from_the_description() -> None:
    insurer, shop = proposed(PRESTATIONS)[0], proposed(PETSTORE)[0]
    assert insurer["http"]["auth"]["type"] == "client_credentials"
    assert insurer["http"]["headers"] == {"X-Canal": "{config.x_canal}"}
    assert insurer["config"]["base_url"]["default"] == "https://api.mutuelle.example/prestations/v2"
    assert insurer["check"]["path"] == "/sante"
    assert shop["http"]["auth"] == {"type": "header", "name": "X-Api-Key", "secret": "secret"}
    assert "default" not in shop["config"]["base_url"]
    assert shop["config"]["shop"]["label"] == "shop"
    assert facets_of(shop)["appointments"]["query"] == {"shop": "{config.shop}"}


def test_every_guess_is_marked_with_its_likeness_and_its_reason() -> None:
    proposal = propose_connector(PRESTATIONS)
    guesses = [line for line in proposal.content.splitlines() if "À VÉRIFIER" in line and "\u00a0%)" in line]
    assert proposal.to_check == proposal.content.count("À VÉRIFIER")
    assert len(guesses) > 60
    for line in guesses:
        assert line.rsplit(" : ", 1)[-1].strip() or line.rsplit("\u00a0: ", 1)[-1].strip()
    # What the file says of itself without a guess: its header, and what the host would say anyway.
    for name in ("paging", "on_404", "records", "auth"):
        assert all(
            "À VÉRIFIER" in line for line in proposal.content.splitlines() if line.startswith(f"{name} =")
        )


def test_what_is_left_out_says_why() -> None:
    content = proposed(PRESTATIONS)[1]
    assert "GET /assures/{nir}/droits : demande un NIR ou un IBAN dans l’adresse" in content
    assert "garanties : demande deux appels" in content
    assert "GET /pets/{petId} : rien n’y désigne l’adhérent" in proposed(PETSTORE)[1]


def test_only_the_facets_asked_for_are_proposed() -> None:
    assert list(facets_of(proposed(PRESTATIONS, "bank", "contracts")[0])) == ["contracts", "bank"]
    with pytest.raises(AviseError, match="no_facet"):
        propose_connector(PRESTATIONS, ["horoscope"])


def minimal(schema: object, **more: object) -> dict[str, object]:
    answer = {"200": {"content": {"application/json": {"schema": schema}}}}
    parameters = [{"name": "numAdherent", "in": "path", "required": True}]
    path = {"/adherents/{numAdherent}/contrats": {"get": {"parameters": parameters, "responses": answer}}}
    return {"openapi": "3.0.1", "info": {"title": "T", "version": "1.0.0"}, "paths": path, **more}


OF_A_CONTRACT = {"numero": {"type": "string"}, "produit": {"type": "string"}}
OF_A_PERSON = {
    "type": "object",
    "properties": {
        "nom": {"type": "string"},
        "prenom": {"type": "string"},
        "dateNaissance": {"type": "string", "format": "date"},
    },
}


def of_contracts(folder: Path, **people: object) -> Path:
    record = {"type": "object", "properties": {**OF_A_CONTRACT, **people}}
    return described(folder, minimal({"type": "array", "items": record}))


def test_each_record_that_tells_the_member_is_a_subject(tmp_path: Path) -> None:
    spec = of_contracts(tmp_path, beneficiaire=OF_A_PERSON, adherent=OF_A_PERSON)
    document, content = proposed(spec, "contracts")
    (contracts,) = document["facet"]
    assert contracts["subject"] == {
        "last_name": "adherent.nom",
        "first_name": "adherent.prenom",
        "birth_date": "adherent.dateNaissance",
    }
    assert contracts["subject_from"] == "record"
    assert problems(tmp_path, content) == []


def test_somebody_else_of_a_record_is_no_subject(tmp_path: Path) -> None:
    spec = of_contracts(tmp_path, beneficiaire=OF_A_PERSON, medecin=OF_A_PERSON)
    document, content = proposed(spec, "contracts")
    assert "subject" not in document["facet"][0]
    assert "subject : la réponse dit-elle de qui elle parle" in content.replace("\u00a0", " ")


CONTRACT = {"type": "object", "properties": OF_A_CONTRACT}


def test_circles_of_references_end(tmp_path: Path) -> None:
    node = {
        "type": "object",
        "properties": {"next": {"$ref": "#/components/schemas/A"}, **OF_A_CONTRACT},
    }
    schemas = {
        "A": {"allOf": [{"$ref": "#/components/schemas/B"}, node]},
        "B": {"$ref": "#/components/schemas/C"},
        "C": {"anyOf": [{"$ref": "#/components/schemas/A"}]},
        "Self": {"$ref": "#/components/schemas/Self"},
    }
    spec = minimal(
        {"type": "array", "items": {"$ref": "#/components/schemas/A"}}, components={"schemas": schemas}
    )
    assert problems(tmp_path, proposed(described(tmp_path, spec))[1]) == []
    spec = minimal({"$ref": "#/components/schemas/Self"}, components={"schemas": schemas})
    assert "facet" not in proposed(described(tmp_path, spec))[0]


def test_a_reference_out_of_the_file_is_told_and_never_followed(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text(json.dumps(CONTRACT), "utf-8")
    for reference in ("other.json#/x", "https://198.51.100.7/spec.json#/x", "file:///etc/passwd"):
        spec = minimal({"type": "array", "items": {"$ref": reference}})
        document, content = proposed(described(tmp_path, spec))
        assert "facet" not in document
        assert reference in content


def test_texts_of_others_cannot_leave_their_comment_or_their_string(tmp_path: Path) -> None:
    nasty = 'x"\n[connector]\nid = "stolen"\u2028\x7f\\ {customer.nir} """'
    schema = {
        "type": "object",
        "properties": {
            nasty: {"type": "string", "description": nasty},
            "produit": {"type": "string", "description": nasty, "enum": [nasty]},
            "dateEffet": {"type": "string", "format": "date"},
        },
    }
    spec = minimal({"type": "array", "items": schema})
    spec["info"] = {"title": nasty, "version": nasty, "contact": {"name": nasty, "email": nasty}}
    spec["servers"] = [{"url": "https://user:secret@tool.example/" + nasty}]
    spec["components"] = {"securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": nasty}}}
    document, _content = proposed(described(tmp_path, spec))
    assert document["connector"]["id"] != "stolen"
    assert "default" not in document["config"]["base_url"]


def test_a_huge_description_is_read_in_bounded_work(tmp_path: Path) -> None:
    wide = {
        "type": "object",
        "properties": {f"p{n}": {"$ref": "#/components/schemas/W"} for n in range(2000)},
    }
    spec = minimal({"$ref": "#/components/schemas/W"}, components={"schemas": {"W": wide}})
    (one,) = cast("dict[str, object]", spec["paths"]).values()
    spec["paths"] = {f"/adherents/{{numAdherent}}/contrats{number}": one for number in range(10)}
    assert "facet" not in proposed(described(tmp_path, spec))[0]


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("s.yaml", "openapi: 3.0.0\n", "no_paths"),
        ("s.yaml", "openapi: 3.0.0\n  paths: [\n", "yaml"),
        ("s.yml", "- 1\n- 2\n", "not_openapi"),
        ("s.yaml", "a: !!python/object/apply:os.getcwd []\n", "yaml"),
        ("s.json", "openapi: 3.0.0\n", "no_paths"),
        ("s.json", "{", "not_json"),
        ("s.json", "[" * 100_000, "not_json"),
        ("s.json", "[]", "not_openapi"),
        ("s.json", '{"info": {}}', "not_openapi"),
        ("s.json", '{"swagger": "2.0"}', "no_paths"),
        ("s.json", '{"swagger": "1.2", "paths": {"/x": {}}}', "version"),
        ("s.json", '{"openapi": "4.0.0", "paths": {"/x": {}}}', "version"),
        ("s.json", '{"openapi": "3.1.0", "paths": {}}', "no_paths"),
        ("s.json", '{"openapi": "3.1.0", "paths": []}', "no_paths"),
    ],
)
def test_what_is_no_description_says_so(tmp_path: Path, name: str, content: str, key: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(AviseError) as refused:
        propose_connector(tmp_path / name)
    assert refused.value.message_key == f"connector_new.{key}"


def test_a_file_that_is_not_there_or_is_no_text_says_so(tmp_path: Path) -> None:
    with pytest.raises(AviseError, match="no_spec"):
        propose_connector(tmp_path / "nowhere.json")
    (tmp_path / "s.json").write_bytes(b"\xff\xfe\x00{")
    with pytest.raises(AviseError, match="not_json"):
        propose_connector(tmp_path / "s.json")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "$ref",
                    "type",
                    "properties",
                    "items",
                    "allOf",
                    "oneOf",
                    "enum",
                    "required",
                    "format",
                    "get",
                    "parameters",
                    "responses",
                    "200",
                    "content",
                    "application/json",
                    "schema",
                    "name",
                    "in",
                    "title",
                    "url",
                    "nom",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["/a", "/adherents/{id}"]), json_values, min_size=1),
    json_values,
    json_values,
)
def test_no_description_of_whatever_shape_breaks_the_reader(
    tmp_path_factory: pytest.TempPathFactory, paths: dict[str, object], info: object, components: object
) -> None:
    spec = {
        "openapi": "3.1.0",
        "paths": paths,
        "info": info,
        "components": components,
        "servers": info,
        "security": info,
    }
    path = tmp_path_factory.mktemp("spec") / "spec.json"
    path.write_text(json.dumps(spec), "utf-8")
    proposed = tomllib.loads(propose_connector(path).content)
    assert (proposed["avise"], proposed["connector"]["kind"]) == (1, "rest")


def test_words_are_the_same_in_both_languages_and_every_case() -> None:
    assert words_of("dtPaiement") == ("date", "paid")
    assert set(words_of("PAYMENT_DATE")) == set(words_of("datePaiement"))
    assert words_of("N°Adhérent") == ("n", "member")
    assert words_of("dateDeNaissance")[0] == "date"


def test_codes_are_matched_or_told() -> None:
    ours = ("paid", "pending", "rejected")
    assert guess_codes(["PAYE", "paid", "EN_ATTENTE", "X"], ours) == (
        {"PAYE": "paid", "EN_ATTENTE": "pending"},
        ("X",),
    )


def by_id(folder: Path, of_whom: str) -> Path:
    """Copy the description with an identifier without a name in the place of the member's number."""
    path = folder / "by_id.json"
    content = PRESTATIONS.read_text("utf-8").replace("numAdherent", "id")
    path.write_text(content.replace("/adherents/", f"/{of_whom}/"), "utf-8")
    return path


def test_a_members_number_without_a_name_is_taken_for_the_member_number_and_marked(tmp_path: Path) -> None:
    document, content = proposed(by_id(tmp_path, "adherents"), "benefits")
    assert document["connector"]["needs_ids"] == ["member"]
    assert document["facet"][0]["path"] == "/adherents/{customer.member}/remboursements"
    (line,) = [line for line in content.splitlines() if line.startswith("needs_ids")]
    assert "(50\u00a0%)" in line


def test_an_identifier_that_nothing_gives_is_marked_as_such(tmp_path: Path) -> None:
    document, content = proposed(by_id(tmp_path, "patients"), "benefits")
    (scheme,) = document["connector"]["needs_ids"]
    assert scheme.endswith(".patient")
    (line,) = [line for line in content.splitlines() if line.startswith("needs_ids")]
    assert "avise connector try" in line


def test_a_description_of_parts_within_parts_is_read_to_its_values() -> None:
    document, content = proposed(PARTENAIRES)
    facets = facets_of(document)
    benefits, identity = facets["benefits"], facets["identity"]
    assert document["connector"]["id"] == "coeur_sante_api_partenaires"
    assert benefits["paging"] == {"type": "page", "param": "p", "start": 0, "size": 50, "size_param": "nb"}
    assert benefits["subject"] == {
        "last_name": "beneficiaire.nomUsage",
        "first_name": "beneficiaire.prenoms[0]",
        "birth_date": "beneficiaire.dateNaissance",
    }
    assert benefits["fields"]["amount"] == {"from": "montantRembourse.valeur", "as": "cents"}
    assert identity["fields"]["first_name"] == "prenoms[0]"
    assert "adresse.ville" in content
    assert "(Fiche)" in content


def test_a_person_within_a_person_is_somebody_else() -> None:
    assert "parent." not in proposed(PARTENAIRES)[1]


def test_a_post_code_identifies_nobody_and_what_has_no_identifier_is_said_to_be_unlikely() -> None:
    (line,) = [line for line in proposed(PARTENAIRES, "identity")[1].splitlines() if 'id = "civilite' in line]
    assert "(30\u00a0%)" in line


def test_an_identifier_is_the_same_wherever_its_name_says_a_customer() -> None:
    """`/paiements/{idPersonne}/cotisations` asks for a person, not for a payment."""
    document, _ = proposed(PARTENAIRES)
    assert document["connector"]["needs_ids"] == ["coeur_sante_api_partenaires.personne"]
    assert not any("needs_ids" in facet for facet in document["facet"])


def test_exchanges_asked_with_an_identifier_of_their_own_pass_the_check(tmp_path: Path) -> None:
    spec = json.loads(PARTENAIRES.read_text("utf-8"))
    paths = spec["paths"]
    paths["/dossiers/{idPersonne}/messages"] = paths.pop("/personnes/{idPersonne}/messages")
    content = propose_connector(described(tmp_path, spec)).content
    assert tomllib.loads(content)["connector"]["needs_ids"] == ["coeur_sante_api_partenaires.dossier"]
    assert problems(tmp_path, content) == []


def test_one_way_to_sign_in_is_written_and_what_else_is_wanted_or_allowed_is_told(tmp_path: Path) -> None:
    document, content = proposed(PARTENAIRES)
    assert document["http"]["auth"]["type"] == "client_credentials"
    assert "la description accepte aussi : cle + porteur" in content
    spec = json.loads(PARTENAIRES.read_text("utf-8"))
    spec["security"] = [{"cle": [], "porteur": []}]
    document, content = proposed(described(tmp_path, spec))
    assert document["http"]["auth"] == {"type": "header", "name": "X-Cle", "secret": "secret"}
    assert "demande en même temps : porteur" in content
