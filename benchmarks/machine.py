"""What every benchmark says of the machine, and how it writes its table."""

from __future__ import annotations

import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from docmarks.machine.cores import cores


def facts(*packages: str) -> dict[str, Any]:
    """Processor, cores, Python and package versions."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0] if names else cpu
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return {
        "cpu": cpu,
        "cores": cores(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        **found,
    }


def show(title: str, rows: list[dict[str, Any]], machine: dict[str, Any], out: Path | None) -> None:
    """Prints the rows as a table and, on request, writes them as JSON."""
    table = Table(title=title)
    for column in rows[0]:
        table.add_column(column, justify="left" if isinstance(rows[0][column], str) else "right")
    for row in rows:
        table.add_row(*(f"{value:.3f}" if isinstance(value, float) else str(value) for value in row.values()))
    Console().print(table)
    if machine:
        Console().print(", ".join(f"{key} {value}" for key, value in machine.items()))
    if out is not None:
        out.write_text(json.dumps({"title": title, "machine": machine, "rows": rows}, indent=1) + "\n")


def show_all(tables: dict[str, list[dict[str, Any]]], machine: dict[str, Any], out: Path | None) -> None:
    """Several tables of one run, by title."""
    for title, rows in tables.items():
        show(title, rows, {}, None)
    Console().print(", ".join(f"{key} {value}" for key, value in machine.items()))
    if out is not None:
        out.write_text(json.dumps({"machine": machine, "tables": tables}, indent=1) + "\n")
