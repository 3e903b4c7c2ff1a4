"""The command group. Commands are imported when they are called, so that `--help` loads click alone."""

from __future__ import annotations

import importlib
import logging
import sys

import click

from simcluster import __version__

# Name of a command (and of its module and function in simcluster.cli) and what `--help` says of it.
COMMANDS = {
    "run": "Simulate a scenario once and write its results.",
    "sweep": "Simulate a scenario many times and say how its outcomes spread.",
    "compare": "Set scenarios side by side: one run of each, or many that share their luck.",
    "sensitivity": "Say which inputs of a scenario move an outcome, and by how much.",
    "solve": "Find the value of an input at which an outcome reaches a target.",
    "optimize": "Choose inputs of a scenario that make an outcome great or small while limits hold.",
    "validate": "Check a scenario and report every problem in it.",
    "schema": "Print the JSON schema of a scenario file.",
    "catalog": "List the packaged catalog and where its numbers come from.",
    "init": "Write a packaged scenario here, to start from.",
    "report": "Write the report of a finished run.",
    "bottleneck": "Say what holds a build back, and what a week less of it is worth.",
    "backtest": "Set simulations against what was published.",
    "fit": "Fit laws of life to a log of failures, set against Llama 3's.",
}


class LazyGroup(click.Group):
    """A group that knows the names of its commands and imports one only to call it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"simcluster.cli.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion for a misspelt name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            close = get_close_matches(args[0], COMMANDS, 1)
            ctx.fail(f"no such command {args[0]!r}" + (f", did you mean {close[0]!r}?" if close else ""))
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="simcluster")
@click.option("-v", "--verbose", count=True, help="Log to stderr; twice for more.")
@click.option("--debug", is_flag=True, help="Show a traceback when something fails.")
@click.pass_context
def main(ctx: click.Context, verbose: int, debug: bool) -> None:
    """Datacenter buildout, reliability and the economics of AI capex in one discrete-event simulation."""
    ctx.obj = {"debug": debug}
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    logging.basicConfig(stream=sys.stderr, level=level, format="%(levelname)s %(name)s: %(message)s")


if __name__ == "__main__":
    main()
