"""The `avise` command: the window, and everything that works without one."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from avise import __version__
from avise.commands.connector_author_parser import AUTHOR_ACTIONS, add_author_actions, add_new_action
from avise.commands.connector_test_parser import add_connector_test
from avise.commands.output import OutputRefusedError, forget_output, printed
from avise.commands.wrong_argument import WRONG_ARGUMENT, WrongArgumentError
from avise.models.errors import AlreadyToldError, AviseError
from avise.texts import LANGUAGES, text
from avise.texts.imposed import impose_language

if TYPE_CHECKING:
    from rich.console import Console

    from avise.commands.doctor import Finding
    from avise.engine.engine import Engine
    from avise.models.json_types import JSON
    from avise.services.customer_updates import NotKept

FAILED = 1
INTERRUPTED = 130
BROKEN_PIPE = 141
"""128 and the signal's number, as shells say it."""


def parser() -> argparse.ArgumentParser:
    """Build the parser of the command line."""
    from avise.commands.hub_parser import add_hub_command  # noqa: PLC0415 - not before a window
    from avise.commands.identity_parser import add_identity_command  # noqa: PLC0415 - as above

    root = argparse.ArgumentParser(prog="avise", description="One window for the staff of a health mutual.")
    _add_window_options(root)
    commands = root.add_subparsers(dest="command", metavar="COMMAND")
    _add_reading_commands(commands)
    _add_connector_command(commands)
    _add_demo_command(commands)
    add_hub_command(commands)
    add_identity_command(commands)
    return root


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return what a command line asks; prints what is wrong and raises SystemExit otherwise.

    The window's own options are read without building the parsers of fifty commands, which would stand
    between a click and the first frame.
    """
    window = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    _add_window_options(window)
    window.set_defaults(command=None)
    try:
        chosen, others = window.parse_known_args(arguments)
    except argparse.ArgumentError:
        return parser().parse_args(arguments)
    return parser().parse_args(arguments) if others else chosen


def _add_window_options(root: argparse.ArgumentParser) -> None:
    root.add_argument("--version", action="version", version=f"avise {__version__}")
    root.add_argument("--profile", type=Path, help="the profile's folder (default: the user's own)")
    root.add_argument("--language", choices=LANGUAGES, help="language of the texts, for this run")
    root.add_argument("--check-start", action="store_true", help="start the window, then quit at once")
    root.add_argument("--share", type=_share, default=(1, 1), metavar="N/M", help=argparse.SUPPRESS)
    root.add_argument("--call", metavar="URL", help="a call announced by a softphone: avise://call?…")


def _share(words: str) -> tuple[int, int]:
    """Return which of how many windows opens: "2/2"."""
    number, _, count = words.partition("/")
    return int(number), int(count)


def _add_reading_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    show = commands.add_parser("show", help="print a customer's file")
    show.add_argument("reference", help="member number, or scheme:value")
    show.add_argument("--reason", default="", help="why, for a protected file")
    search = commands.add_parser("search", help="find people")
    search.add_argument("words", nargs="+", help="name, birth date, number, e-mail or town, in any order")
    search.add_argument("--limit", type=int, default=20, help="most people shown (default: 20)")
    doctor = commands.add_parser("doctor", help="check the profile; status 1 when something needs a person")
    secret = commands.add_parser("secret", help="keep a tool's secret, typed or read from standard input")
    secret.add_argument("instance", help="name of the instance in settings.toml")
    secret.add_argument("name", help="name of the secret in its connector file")
    outbox = commands.add_parser("outbox", help="list what tools were asked to do, and what came of it")
    packs = _add_packs_command(commands)
    for command in (show, search, doctor, outbox, packs):
        command.add_argument("--json", action="store_true", help="print JSON")
    for command in (show, search, doctor, outbox, packs, secret):
        command.add_argument("--profile", type=Path, default=argparse.SUPPRESS, help="the profile's folder")


def _add_packs_command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> argparse.ArgumentParser:
    packs = commands.add_parser("packs", help="what this laptop carries: told, prepared, erased")
    packs.add_argument("action", choices=("status", "prepare", "erase"))
    packs.add_argument(
        "--from", dest="first_day", metavar="DAY", default="", help="first day (default: today)"
    )
    packs.add_argument("--days", type=int, default=5, help="days of visits (default: 5)")
    packs.add_argument("--visits-only", action="store_true", help="without the rest of the portfolio")
    packs.add_argument("--no-documents", action="store_true", help="without documents")
    packs.add_argument("--take-over", action="store_true", help="end what another laptop of yours took")
    return packs


def _add_connector_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    connector = commands.add_parser("connector", help="write and check connector files")
    actions = connector.add_subparsers(dest="action", required=True)
    check = actions.add_parser("check", help="report every error of a file, with its line")
    check.add_argument("file", type=Path, help="a connector file (.toml)")
    check.add_argument("--profile", type=Path, default=argparse.SUPPRESS, help="whose wheels it may use")
    add_new_action(actions)
    add_author_actions(actions)
    add_connector_test(actions.add_parser("test", help="prove a connector against its tool; say its level"))
    _add_load_command(actions)
    for action in actions.choices.values():
        action.add_argument(
            "--language", choices=LANGUAGES, default=argparse.SUPPRESS, help="language of what is written"
        )


def _add_load_command(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    load = actions.add_parser("load", help="read everybody for the directory again, or decide about a file")
    load.add_argument("instance", help="name of the instance in settings.toml")
    load.add_argument("--profile", type=Path, default=argparse.SUPPRESS, help="the profile's folder")
    decision = load.add_mutually_exclusive_group()
    decision.add_argument(
        "--accept",
        dest="decision",
        action="store_const",
        const="accept",
        help="take what came, though small",
    )
    decision.add_argument(
        "--keep",
        dest="decision",
        action="store_const",
        const="keep",
        help="leave it; --accept can follow",
    )


def _add_demo_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = commands.add_parser("demo", help="a mutual in a box: eight tools on this machine, and the window")
    demo.add_argument(
        "action",
        nargs="?",
        choices=("break", "call"),
        help="make a tool fail, or a telephone ring (then --answer, --end)",
    )
    demo.add_argument("target", nargs="?", help="with break, which tool; with call, who calls (a number)")
    demo.add_argument(
        "--language", choices=LANGUAGES, default=argparse.SUPPRESS, help="language of the texts"
    )
    demo.add_argument("--preset", choices=("mini", "demo"), default="demo", help="how many people")
    demo.add_argument("--persons", type=int, help="about this many people instead of a preset")
    demo.add_argument("--seed", type=int, default=1)
    demo.add_argument(
        "--as",
        dest="as_user",
        metavar="NAME",
        default="",
        help="one window, of that person; with call, whose telephone",
    )
    demo.add_argument("--role", default="", help="another role than that person's")
    demo.add_argument("--folder", type=Path, help="where the demo keeps its data and profile")
    demo.add_argument("--postgres", action="store_true", help="contributions in a real PostgreSQL")
    demo.add_argument("--team", action="store_true", help="a hub served to the windows, on a real PostgreSQL")
    demo.add_argument(
        "--serve", action="store_true", help="the tools only, and a profile (status 3: they already run)"
    )
    demo.add_argument("--tour", type=Path, metavar="DIR", help="draw the main screens to PNG files")
    demo.add_argument("--slow", metavar="SECONDS", help="with break: answer late (8s)")
    demo.add_argument("--down", action="store_true", help="with break: refuse connections")
    demo.add_argument("--garbage", action="store_true", help="with break: answer nonsense")
    demo.add_argument("--expire-token", action="store_true", help="with break: refuse every token")
    demo.add_argument("--restore", action="store_true", help="with break: work again")
    answering = demo.add_mutually_exclusive_group()
    answering.add_argument("--answer", action="store_true", help="with call: answer the call that rang last")
    answering.add_argument("--end", action="store_true", help="with call: end it")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `avise`; return the exit status."""
    chosen = parsed(arguments)
    if chosen.language:
        impose_language(chosen.language)
    if chosen.command is not None:
        _open_closed_outputs()
    try:
        return _run(chosen)
    except AlreadyToldError:
        return FAILED
    except AviseError as error:
        _tell_error(error)
        return WRONG_ARGUMENT if isinstance(error, WrongArgumentError) else FAILED
    except BrokenPipeError:
        # Whoever read the answer has seen enough (`avise show … | head`).
        forget_output()
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        if error.filename is None:
            raise
        _tell_error(AviseError("cli.file_refused", file=os.fsdecode(error.filename)))
        return FAILED


def _tell_error(error: AviseError | NotKept) -> None:
    sentence = text(error.message_key, **error.params)
    sys.stderr.write(text("cli.error", sentence=sentence) + "\n")


def _open_closed_outputs() -> None:
    """Print nowhere what was to go to an output that whoever started the command closed (`>&-`)."""
    if sys.stdout is None:
        forget_output()
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the exit


def _run(chosen: argparse.Namespace) -> int:
    if chosen.command in ("connector", "identity"):
        return _connector(chosen) if chosen.command == "connector" else _identity(chosen)
    if chosen.command == "demo":
        from avise.commands import demo  # noqa: PLC0415 - the demo's servers are not needed otherwise

        return demo.run(chosen)
    if chosen.command == "hub":
        from avise.commands import hub  # noqa: PLC0415 - as above

        return hub.run(chosen) if chosen.action == "serve" else printed(partial(hub.run, chosen))
    if chosen.command == "search":
        _check_search(chosen)
    if chosen.command == "show" and not chosen.reference.strip():
        raise WrongArgumentError("show.no_reference")
    if chosen.command == "packs":
        from avise.commands import packs  # noqa: PLC0415 - as above

        return printed(packs.answer(chosen, passphrase_asker(), terminal()))
    if chosen.command in ("show", "search", "doctor", "outbox", "secret"):
        return _headless(chosen)
    from avise.start import run_window  # noqa: PLC0415 - Qt is imported for the window only

    return run_window(
        chosen.profile, call_url=chosen.call, check_start=chosen.check_start, share=chosen.share
    )


def _check_search(chosen: argparse.Namespace) -> None:
    """Refuse what finds nobody whoever is there, before anything is opened.

    Raises:
        WrongArgumentError: no word to look for, or a limit that lets nobody through.
    """
    if chosen.limit < 1:
        raise WrongArgumentError("search.bad_limit")
    if not any(character.isalnum() for character in " ".join(chosen.words)):
        raise WrongArgumentError("search.no_words")


def _connector(chosen: argparse.Namespace) -> int:
    from avise.commands import connector  # noqa: PLC0415 - spares the window the schema's import

    if chosen.action == "load":
        return _load_directory(chosen)
    if chosen.action == "test":
        from avise.commands import connector_test  # noqa: PLC0415 - the kit is not needed otherwise

        return printed(lambda: connector_test.run(chosen, terminal()))
    if chosen.action in AUTHOR_ACTIONS:
        from avise.commands import connector_author  # noqa: PLC0415 - as above

        return printed(connector_author.answer(chosen, passphrase_asker(), terminal()))
    if chosen.action == "new":
        return printed(partial(_new_connector, chosen))
    return printed(lambda: connector.check(chosen.file, terminal(), chosen.profile))


def _new_connector(chosen: argparse.Namespace) -> int:
    if chosen.from_openapi is not None and chosen.kind not in (None, "rest"):
        raise WrongArgumentError("connector_new.kind_with_spec", kind=chosen.kind)
    if chosen.from_openapi is None and chosen.facet:
        raise WrongArgumentError("connector_new.facet_without_spec")
    if chosen.from_openapi is not None:
        from avise.commands import connector_new  # noqa: PLC0415 - as above

        return connector_new.new_from_openapi(chosen.from_openapi, chosen.file, chosen.facet, terminal())
    if chosen.file is None:
        raise WrongArgumentError("connector_new.file_or_spec")
    from avise.commands import connector  # noqa: PLC0415 - as above

    return connector.new(chosen.kind or "rest", chosen.file, terminal())


def _load_directory(chosen: argparse.Namespace) -> int:
    from avise.commands import connector_load  # noqa: PLC0415 - as below
    from avise.engine.engine import Engine  # noqa: PLC0415
    from avise.engine.profile_folder import default_profile_folder  # noqa: PLC0415
    from avise.models.bulk_reading import Decision  # noqa: PLC0415

    decision = Decision(chosen.decision) if chosen.decision else None
    with Engine.open(chosen.profile or default_profile_folder(), ask_passphrase=passphrase_asker()) as engine:
        load = connector_load.load(engine, chosen.instance, decision, terminal())
        return printed(partial(engine.run, load))


def _identity(chosen: argparse.Namespace) -> int:
    if chosen.action == "evaluate":
        from avise.commands import identity  # noqa: PLC0415 - as above

        return printed(identity.evaluate(chosen, terminal()))
    from avise.commands import identity_link  # noqa: PLC0415 - as above
    from avise.engine.engine import Engine  # noqa: PLC0415 - as below
    from avise.engine.profile_folder import default_profile_folder  # noqa: PLC0415

    with Engine.open(chosen.profile or default_profile_folder(), ask_passphrase=passphrase_asker()) as engine:
        link = identity_link.link(engine, chosen.tool, terminal(), propose_only=chosen.propose_only)
        return printed(partial(engine.run, link))


def _headless(chosen: argparse.Namespace) -> int:
    from avise.engine.engine import Engine  # noqa: PLC0415 - spares --help a second
    from avise.engine.profile_folder import default_profile_folder  # noqa: PLC0415

    try:
        folder = chosen.profile or default_profile_folder()
        with Engine.open(folder, ask_passphrase=passphrase_asker()) as engine:
            if chosen.command == "secret":
                return printed(partial(_keep_secret, chosen, engine))
            return printed(engine.run(_answer(chosen, engine)))
    except AviseError as error:
        if chosen.command != "doctor" or isinstance(error, OutputRefusedError):
            raise
        return _cannot_start(chosen, error)


def _cannot_start(chosen: argparse.Namespace, error: AviseError) -> int:
    """Report a profile that cannot be opened at all, in the form of every other finding."""
    from avise.commands import doctor  # noqa: PLC0415 - as above

    return printed(partial(_tell_doctor, chosen, (doctor.cannot_start(error),)))


def passphrase_asker() -> Callable[[], str] | None:
    """Return what asks for the profile's passphrase; None when nobody sits at a terminal."""
    if not sys.stdin.isatty():
        return None
    return lambda: getpass(text("key.ask_passphrase"))


def _keep_secret(chosen: argparse.Namespace, engine: Engine) -> int:
    """Take a connector's secret from the terminal or from standard input, and seal it in the store."""
    asked = text("secret.ask", instance=chosen.instance, name=chosen.name)
    value = getpass(asked) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    engine.run(engine.keep_secret(chosen.instance, chosen.name, value))
    sys.stdout.write(text("secret.kept", instance=chosen.instance, name=chosen.name) + "\n")
    return 0


Telling = Callable[[], int]
"""Prints an answer and returns the exit status; called on the main thread, where a pipe may break."""


async def _answer(chosen: argparse.Namespace, engine: Engine) -> Telling:
    """Read what was asked on the engine's loop; the result prints it."""
    from avise.commands import doctor, search, show  # noqa: PLC0415 - as above

    if chosen.command == "doctor":
        report = await doctor.examine(engine)
        return partial(_tell_doctor, chosen, report)
    if chosen.command == "outbox":
        return await _outbox(chosen, engine)
    await engine.directory_ready()
    if chosen.command == "search":
        words = " ".join(chosen.words)
        answer = await search.find(engine.desk, words, chosen.limit)

        def tell_search() -> int:
            if not _printed_json(chosen, search.as_json(answer)):
                search.print_answer(answer, words, engine.env.now().date(), terminal())
            return 0 if answer.hits else FAILED

        return tell_search
    person = await show.find_person(engine.desk, chosen.reference)
    file = await show.read_file(engine.desk, person, chosen.reason)

    def tell_file() -> int:
        if not _printed_json(chosen, show.as_json(file)):
            show.print_file(file, terminal(), engine.env)
        if file.not_kept is None:
            return 0
        _tell_error(file.not_kept)
        return FAILED

    return tell_file


async def _outbox(chosen: argparse.Namespace, engine: Engine) -> Telling:
    from avise.commands import outbox  # noqa: PLC0415 - as above

    items = await outbox.read_outbox(engine.desk)

    def tell_outbox() -> int:
        if not _printed_json(chosen, outbox.as_json(items)):
            outbox.print_outbox(items, terminal(), engine.env)
        return 0

    return tell_outbox


def _tell_doctor(chosen: argparse.Namespace, report: tuple[Finding, ...]) -> int:
    from avise.commands import doctor  # noqa: PLC0415 - as above

    if not _printed_json(chosen, doctor.as_json(report)):
        doctor.print_report(report, terminal())
    return doctor.status(report)


def _printed_json(chosen: argparse.Namespace, document: dict[str, JSON]) -> bool:
    """Print a document when JSON was asked for, and say whether it was."""
    if chosen.json:
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    return bool(chosen.json)


def terminal() -> Console:
    """Return the terminal that answers are printed on."""
    from avise.commands import terminal as printing  # noqa: PLC0415 - 40 ms that the window does without

    return printing.terminal()
