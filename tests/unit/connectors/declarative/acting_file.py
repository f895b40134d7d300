"""A connector file of the tests that acts in four ways."""

from __future__ import annotations

HEAD = """
avise = 1
[connector]
id = "tool"
name = "Outil"
version = "1.0.0"
contract = ">=1.0,<2"
owner = "SI"
kind = "rest"
needs_ids = ["tool.member"]
[config.base_url]
type = "url"
label = "Adresse"
required = true
[http]
base_url = "{config.base_url}"

[[errors]]
when = "erreur == 'REFUS'"
means = "rejected"
message = "texte"
code = "erreur"

[[facet]]
id = "rights"
path = "/members/{customer.tool.member}/cards"
on_404 = "not_found"
paging = { type = "none" }
records = "cartes"
extra = ["commande"]
subject = { ids = { "tool.member" = "adherent" } }
[facet.fields]
id = "no"
card_number = "no"
status = "etat"
edition = "support"
sent_on = "envoi"

[[facet]]
id = "contact_points"
path = "/members/{customer.tool.member}/address"
on_404 = "not_found"
paging = { type = "none" }
validator = "etag"
[facet.fields]
id = { value = "adresse" }
kind = { value = "address" }
value = "voie"
postcode = { from = "cp", as = "id" }
"""

ACTIONS = {
    "resend_card": """
[[action]]
id = "resend_card"
label = "Renvoyer la carte"
deadline = "20s"
idempotency = "key"
offline = "queue"
expires = "48h"
touches = ["rights"]
done_when = "etat == 'FAIT'"
reference = "numero"
verify = { facet = "rights", exists = "commande == '{command_id}'", reference = 'commande' }
[action.input]
motif = { type = "choice", choices = { PERTE = "Perdue", VOL = "Volée" }, label = "Motif", required = true }
copies = { type = "int", label = "Exemplaires" }
[action.plan]
facet = "rights"
where = "status == 'active'"
summary = "Carte renvoyée, motif {input.motif}"
changes = { edition = "digital", sent_on = "{requested_on}" }
warn = [{ when = "length(records) > `1`", text = "Plusieurs cartes." }]
refuse = [{ when = "record == `null`", text = "Aucune carte active." }]
[action.request]
method = "POST"
path = "/members/{customer.tool.member}/orders"
json = { motif = "{input.motif}", copies = "{input.copies}", commande = "{command_id}" }
[action.document]
path = "/orders/{reference}.pdf"
name = "carte.pdf"
""",
    "change_address": """
[[action]]
id = "change_address"
label = "Changer d’adresse"
idempotency = "natural"
touches = ["contact_points"]
verify = { facet = "contact_points", exists = "value == '{input.line}' && postcode == '{input.postcode}'" }
[action.input]
line = { type = "text", label = "Voie", required = true, max_length = 38 }
postcode = { type = "postcode", label = "Code postal", required = true }
[action.plan]
facet = "contact_points"
precondition = "adresse"
[action.plan.changes]
value = "{input.line}"
postcode = "{input.postcode}"
[action.request]
method = "PUT"
path = "/members/{customer.tool.member}/address"
json = { voie = "{input.line}", cp = "{input.postcode}" }
headers = { "If-Match" = "{precondition.adresse}" }
""",
    "note": """
[[action]]
id = "note"
label = "Noter"
idempotency = "verify"
offline = "queue"
[action.input]
text = { type = "text", label = "Texte", required = true }
[action.request]
method = "POST"
path = "/members/{customer.tool.member}/orders"
json = { texte = "{input.text}", commande = "{command_id}" }
[action.verify]
path = "/orders"
query = { commande = "{command_id}" }
records = "lignes"
exists = "commande == '{command_id}'"
done_when = "etat == 'FAIT'"
""",
    "pay": """
[[action]]
id = "pay"
label = "Payer"
idempotency = "none"
[action.request]
method = "POST"
path = "/members/{customer.tool.member}/orders"
json = { commande = "{command_id}" }
""",
}

FILE = HEAD + "".join(ACTIONS.values())
