"""`avise --language en`: the command line wins over the setting, for that run alone."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

import pytest

from avise.cli import main
from avise.texts import imposed, language, set_language
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.shell.test_desktop import staged
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]


@pytest.fixture
def said_on_the_command_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Run `avise --language en …` up to its command: here one that ends by itself."""
    monkeypatch.setattr(imposed, "_is_imposed", False)
    assert main(["--language", "en", "connector", "new", str(tmp_path / "tool.toml")]) == 0
    yield
    set_language("fr")


@pytest.mark.usefixtures("said_on_the_command_line")
def test_the_command_line_wins_over_the_setting(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(settings={"language": "fr", "zoom": "125"})
        async with staged(desk) as stage:
            assert language() == "en"
            assert stage.window.rail.button("home").text() == "Home"
        assert desk.settings == {"language": "fr", "zoom": "125"}

    run(scenario())


@pytest.mark.usefixtures("said_on_the_command_line")
def test_the_user_may_still_choose_another_language(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(settings={"language": "en"})
        async with staged(desk) as stage:
            stage.desktop.actions.commands.run("language_fr")
            assert stage.window.rail.button("home").text() == "Accueil"
            await until(lambda: desk.settings["language"] == "fr")

    run(scenario())


def test_without_a_word_on_the_command_line_the_setting_decides(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imposed, "_is_imposed", False)

    async def scenario() -> None:
        async with staged(ScriptedDesk(settings={"language": "en"})) as stage:
            assert stage.window.rail.button("home").text() == "Home"

    run(scenario())
    set_language("fr")
