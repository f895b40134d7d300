"""A connector published as a wheel: found, judged before it is imported, then used like any other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from avise.connectors.contract import ReadsFacets
from avise.connectors.instance import Loaded
from avise.connectors.ports import InstanceSettings
from avise.connectors.refusals import Refusal
from avise.connectors.registry import Registry
from avise.connectors.wheels import scan_wheels
from tests.unit.connectors.wheels.building import built, installed

PYPROJECT, MANIFEST, CODE = "pyproject.toml", "ledger/connector.toml", "ledger/connector.py"


def find(wheels: Path, connector: str = "ledger") -> Loaded | Refusal:
    return Registry(None, wheels).find(InstanceSettings("i", connector))


def test_a_wheel_is_found_and_its_manifest_read_without_importing_it(tmp_path: Path) -> None:
    wheels = installed(tmp_path)
    ledger, history = scan_wheels(wheels)
    assert (ledger.name, ledger.wheel, ledger.wheel_version) == ("ledger", "ledger-connector", "1.4.0")
    assert (ledger.has_code, history.has_code) == (True, False)
    assert ledger.told("name") == "Grand livre"
    assert history.told("version") == "1.0.0"
    assert (ledger.refusal, history.refusal) == (None, None)
    assert "ledger" not in sys.modules


def test_its_code_is_imported_when_an_instance_asks_for_it_behind_all_of_avise(tmp_path: Path) -> None:
    wheels = installed(tmp_path)
    loaded = find(wheels)
    assert not isinstance(loaded, Refusal)
    assert loaded.manifest.name == "Grand livre"
    assert isinstance(loaded.connector, ReadsFacets)
    assert sys.path[-1] == str(wheels)


def test_a_wheel_of_a_profile_named_from_where_one_stands_is_found_again_once_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheels = installed(tmp_path)
    monkeypatch.chdir(wheels.parent)
    wheels = Path(wheels.name)
    assert not isinstance(find(wheels), Refusal)
    assert not isinstance(find(wheels), Refusal)


def test_a_file_without_code_comes_from_a_wheel_too(tmp_path: Path) -> None:
    loaded = find(installed(tmp_path), "ledger_history")
    assert not isinstance(loaded, Refusal)
    assert loaded.manifest.kind == "rest"
    assert "ledger" not in sys.modules


def test_a_profile_may_give_the_code_of_a_wheel_other_options(tmp_path: Path) -> None:
    wheels = installed(tmp_path)
    files = tmp_path / "connectors"
    files.mkdir()
    own = (wheels / "ledger" / "connector.toml").read_text("utf-8").replace("Grand livre", "Le livre")
    (files / "books.toml").write_text(own, "utf-8")
    loaded = Registry(files, wheels).find(InstanceSettings("i", "books"))
    assert not isinstance(loaded, Refusal)
    assert loaded.manifest.name == "Le livre"


REQUIRES = "dependencies = []"


@pytest.mark.parametrize(
    ("file", "before", "after", "because", "detail"),
    [
        (MANIFEST, ">=1.3,<2", ">=1.9,<2", "contract", ">=1.9,<2"),
        (PYPROJECT, "avise.connectors.v1", "avise.connectors.v2", "contract", "avise.connectors.v2"),
        (PYPROJECT, REQUIRES, 'dependencies = ["tinyledger==2.1"]', "pinned", "tinyledger"),
        (PYPROJECT, REQUIRES, 'dependencies = ["Pydantic>=2"]', "shipped", "pydantic"),
        (PYPROJECT, REQUIRES, 'dependencies = ["avise"]', "shipped", "avise"),
        (PYPROJECT, REQUIRES, 'dependencies = ["tinyledger>=2"]', "requirement", "tinyledger"),
        (MANIFEST, 'id = "ledger"', 'id = "leger"', "name", "leger"),
        (MANIFEST, "[connector]", "[connector", "file", "connector.toml"),
        ("ledger/now.pth", "", "import os\n", "pth", ""),
    ],
)
def test_an_unfit_wheel_is_refused_with_its_reason_and_never_imported(
    tmp_path: Path, file: str, before: str, after: str, because: str, detail: str
) -> None:
    wheels = installed(tmp_path, {file: (before, after)})
    assert find(wheels) == Refusal(f"source.refused.{because}", detail)
    assert "ledger" not in sys.modules


def test_an_extra_that_nobody_asked_for_refuses_nothing(tmp_path: Path) -> None:
    extra = 'dependencies = []\noptional-dependencies = { tests = ["pytest==9"] }'
    assert not isinstance(find(installed(tmp_path, {PYPROJECT: (REQUIRES, extra)})), Refusal)


def test_code_without_a_manifest_beside_it_is_refused(tmp_path: Path) -> None:
    left_out = '[tool.hatch.build.targets.wheel]\nexclude = ["connector.toml"]'
    wheels = installed(tmp_path, {PYPROJECT: ("[tool.hatch.build.targets.wheel]", left_out)})
    assert find(wheels) == Refusal("source.refused.no_manifest")


def test_a_wheel_may_not_bear_the_name_of_a_package_of_avise(tmp_path: Path) -> None:
    wheels = installed(tmp_path)
    (wheels / "ledger").rename(wheels / "json")
    for name in ("RECORD", "entry_points.txt"):
        (path,) = wheels.glob(f"*.dist-info/{name}")
        path.write_text(path.read_text("utf-8").replace("ledger/", "json/").replace("= ledger", "= json"))
    assert find(wheels) == Refusal("source.refused.shadow", "json")


def test_two_wheels_of_one_connector_are_both_refused(tmp_path: Path) -> None:
    wheels = installed(tmp_path)
    (one,) = wheels.glob("*.dist-info")
    other = wheels / "other_ledger-2.0.dist-info"
    other.mkdir()
    for name in ("RECORD", "entry_points.txt"):
        (other / name).write_text((one / name).read_text("utf-8"), "utf-8")
    (other / "METADATA").write_text("Metadata-Version: 2.4\nName: other-ledger\nVersion: 2.0\n")
    assert find(wheels) == Refusal("source.refused.twice", "ledger-connector, other-ledger")


def pip_installs(wheel: Path, wheels: Path, *how: str) -> None:
    """Install a wheel as the guide says."""
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-index"]
    command += ["--no-deps", *how, "--target", str(wheels), str(wheel)]
    done = subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - our own words
    assert done.returncode == 0, done.stderr


NEXT = {
    PYPROJECT: ('version = "1.4.0"', 'version = "1.10.0"'),
    CODE: ("Say that there is no tool to ask.", "Say so."),
}


def test_an_update_by_pip_leaves_the_newest_alone_in_use(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    pip_installs(built(tmp_path / "old"), wheels)
    pip_installs(built(tmp_path / "new", NEXT), wheels, "--upgrade")
    assert len(list(wheels.glob("*.dist-info"))) == 2  # what pip leaves behind
    ledger, history = scan_wheels(wheels)
    assert (ledger.wheel_version, ledger.refusal) == ("1.10.0", None)
    assert (history.wheel_version, history.refusal) == ("1.10.0", None)
    assert not isinstance(find(wheels), Refusal)


def test_an_update_that_left_the_old_files_in_place_is_refused(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    pip_installs(built(tmp_path / "old"), wheels)
    pip_installs(built(tmp_path / "new", NEXT), wheels)
    assert find(wheels) == Refusal("source.refused.half_updated", "ledger-connector 1.10.0")


def test_the_content_of_a_wheel_is_another_once_a_file_of_it_changes(tmp_path: Path) -> None:
    wheels = installed(tmp_path)
    before = scan_wheels(wheels)[0].content
    compiled = wheels / "ledger" / "__pycache__"
    compiled.mkdir()
    (compiled / "connector.pyc").write_bytes(b"compiled")
    assert scan_wheels(wheels)[0].content == before
    with (wheels / CODE).open("a") as code:
        code.write("# mended")
    assert scan_wheels(wheels)[0].content != before


def test_a_file_that_uses_a_wheel_is_another_connector_once_the_wheel_changes(tmp_path: Path) -> None:
    wheels = installed(tmp_path)
    own = tmp_path / "books.toml"
    own.write_text((wheels / "ledger" / "connector.toml").read_text("utf-8"), "utf-8")
    settings = InstanceSettings("i", "books", connector_file=own)
    before = Registry(None, wheels).content_of(settings)
    assert Registry(None, wheels).content_of(settings) == before
    with (wheels / CODE).open("a") as code:
        code.write("# mended")
    assert Registry(None, wheels).content_of(settings) != before


@pytest.mark.parametrize("broken", ["raise RuntimeError('NIR 268031234567890')", "import nowhere_at_all"])
def test_code_that_cannot_be_imported_is_named_and_told_by_place(tmp_path: Path, broken: str) -> None:
    refusal = find(
        installed(tmp_path, {CODE: ("class LedgerConnector:", f"{broken}\n\nclass LedgerConnector:")})
    )
    assert isinstance(refusal, Refusal)
    assert (refusal.because, refusal.name) == ("source.refused.import", "Grand livre")
    assert refusal.feeds == ("benefits",)
    assert "268031234567890" not in refusal.detail


def test_code_that_cannot_be_read_is_told_by_its_own_file_and_line(tmp_path: Path) -> None:
    broken = "class LedgerConnector(:"
    wheels = installed(tmp_path, {CODE: ("class LedgerConnector:", broken)})
    refusal = find(wheels)
    assert isinstance(refusal, Refusal)
    line = (wheels / CODE).read_text("utf-8").splitlines().index(broken) + 1
    assert refusal.detail == f"SyntaxError at connector.py:{line}"


def test_no_folder_of_wheels_is_no_wheel(tmp_path: Path) -> None:
    assert scan_wheels(None) == scan_wheels(tmp_path / "nowhere") == ()
