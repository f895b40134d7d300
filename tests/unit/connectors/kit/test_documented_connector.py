"""The Python connector that the documentation shows whole, put in a wheel, is proven as any other."""

from __future__ import annotations

import re
from pathlib import Path

from avise.connectors.kit.check import run_check
from avise.connectors.kit.scenarios import read_scenarios
from avise.connectors.kit.subject import subject_of
from avise.connectors.kit.suite import ALL
from avise.connectors.kit.trial import Severity, Trial
from avise.connectors.kit.upstream import LiveTool
from avise.connectors.kit.verdicts import Verdict
from avise.connectors.wheels import WheelShelf
from tests.unit.connectors.kit.little_tool import running_tool
from tests.unit.connectors.wheels.building import installed

GUIDE = Path(__file__).parents[4] / "docs" / "connectors.md"
MANIFEST = """\
avise = 1

[connector]
id = "ledger"
name = "Grand livre"
version = "1.4.0"
contract = ">=1.0,<2"
owner = "SI Comptable"
kind = "python"
use = "ledger"
needs_ids = ["ledger.member"]

[config.base_url]
type = "url"
label = "Adresse"
required = true

[config.token]
type = "secret"
label = "Jeton"

[http]
base_url = "{config.base_url}"
auth = { type = "bearer", secret = "token" }

[[facet]]
id = "contributions"

[options]
states = { P = "paid", D = "due" }
"""


CHECKS = (
    "check_answers", "about_the_customer", "records_fit", "amounts_are_exact", "ids_are_lasting",
    "unknown_is_not_empty", "without_id_nobody_is_asked", "failure_is_not_empty", "a_cut_is_told",
    "a_new_code_survives", "truncated_answer", "error_in_200", "repeated_page_is_noticed",
)  # fmt: skip
"""Of silver and gold, those that only its own code decides; it reaches gold with the whole kit."""


def test_the_connector_of_the_guide_says_what_is_true_as_it_stands_there(tmp_path: Path) -> None:
    (code,) = re.findall(
        r"```python\n(\"\"\"Reads the contributions.*?)```", GUIDE.read_text("utf-8"), re.DOTALL
    )
    changes = {"ledger/connector.py": ("", code), "ledger/connector.toml": ("", MANIFEST)}
    wheels = installed(tmp_path / "built", changes)
    subject = subject_of("ledger", WheelShelf(wheels))
    scenarios = tmp_path / "scenarios.toml"
    ours = Path(__file__).with_name("scenarios.toml").read_text("utf-8")
    scenarios.write_text(ours.partition("[[action]]")[0].replace("little.member", "ledger.member"), "utf-8")
    with running_tool() as tool:
        read = read_scenarios(scenarios, subject.manifest).with_tool({"base_url": tool.base_url}, {})
        trial = Trial(subject, read, LiveTool, severity=Severity(cancellations=5, rounds=4))
        results = [run_check(check, trial) for check in ALL if check.name in CHECKS]
    told = {result.name: (result.verdict, result.sentence()) for result in results}
    assert told == dict.fromkeys(CHECKS, (Verdict.OK, ""))
