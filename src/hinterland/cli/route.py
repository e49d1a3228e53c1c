"""`hinterland route`: one route explained, leg by leg."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hinterland.cli.endings import ended_well
from hinterland.cli.shows import plain, say, show_json, show_table

if TYPE_CHECKING:
    from hinterland.app.routing import Way

__all__ = ["route"]


def route(
    tables: Annotated[Path, typer.Argument(metavar="TABLES", help="folder of CSV or Parquet files, or an .xlsx workbook")],
    start: Annotated[str, typer.Option("--from", metavar="SITE", help="where goods leave")],
    end: Annotated[str, typer.Option("--to", metavar="SITE", help="where they arrive")],
    avoid: Annotated[
        list[str] | None, typer.Option(metavar="PASSAGE", help="strait or canal that is closed, as suez; several add up")
    ] = None,
    product: Annotated[str | None, typer.Option(metavar="ID", help="what is moved; default the first product")] = None,
    mode_chain: Annotated[
        str | None, typer.Option(metavar="CHAIN", help="modes joined by +, alternatives by |; default what the tables suggest")
    ] = None,
    via: Annotated[str | None, typer.Option(metavar="PORTS", help="UN/LOCODE of the port at each change of mode, joined by +")] = None,
    scenario: Annotated[
        list[str] | None, typer.Option("--scenario", "-s", metavar="NAME", help="scenario to apply; several apply in order")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document on stdout, nothing else")] = False,
) -> None:
    """Explain the routes between two sites: legs, ports, kilometres, days, cost, CO2e, passages."""
    from hinterland import app as doors

    with ended_well(as_json=as_json):
        net = doors.read(tables)
        ways = doors.explain_route(
            net, start, end, product=product, mode_chain=mode_chain, avoid=avoid or (), via_ports=via, scenario=scenario
        )
        if as_json:
            show_json({"from": start, "to": end, "avoid": avoid or [], "routes": [_told(way) for way in ways]})
            return
        money = net.settings.currency
        for way in ways:
            cost = f"{way.cost_per_t:,.0f} {money}/t" if math.isfinite(way.cost_per_t) else "cost not known"
            show_table(
                f"{way.mode_chain} · {way.km:,.0f} km · {way.days:.1f} days · {cost} · {way.co2e_kg_per_t:,.0f} kgCO2e/t",
                ("mode", "from", "to", "km", "days", f"{money}/t", "kgCO2e/t"),
                [(leg.mode_id, _place(way, at), _place(way, at + 1), leg.km, leg.days, leg.cost_per_t, leg.co2e_kg_per_t)
                 for at, leg in enumerate(way.legs)],
            )  # fmt: skip
            say(f"passages: {', '.join(way.passages) or 'none'}", *way.notes, "")


def _place(way: Way, stop: int) -> str:
    """A stop of a way: a port with its name and country, a site as it is, or its quay or airport."""
    before = way.legs[stop - 1] if stop else None
    after = way.legs[stop] if stop < len(way.legs) else None
    name = before.end if before else way.legs[stop].start
    port = (after.from_port if after else None) or (before.to_port if before else None)
    told = _port(name)
    if port and port != name:
        told = f"{name}, quay of {_port(port)}"
    return f"airport of {told}" if before and after and "air" in {before.kind, after.kind} else told


def _port(name: str) -> str:
    """A port with its name and country, anything else as it is."""
    from hinterland.app.routing import port_name

    known = port_name(name)
    return f"{known} ({name})" if known else name


def _told_port(code: str | None) -> dict[str, str] | None:
    from hinterland.freight import port_country, sea_network

    if code is None:
        return None
    network = sea_network()
    return {"code": code, "name": network.port_name[network.port_at[code]], "country": port_country(code)}


def _told(way: Way) -> dict[str, Any]:
    legs = [
        {"mode_id": leg.mode_id, "kind": leg.kind, "from": leg.start, "to": leg.end, "from_port": _told_port(leg.from_port),
         "to_port": _told_port(leg.to_port), "km": round(leg.km, 1), "days": round(leg.days, 2),
         "cost_per_t": plain(round(leg.cost_per_t, 4)), "co2e_kg_per_t": round(leg.co2e_kg_per_t, 4)}
        for leg in way.legs
    ]  # fmt: skip
    return {
        "mode_chain": way.mode_chain, "km": round(way.km, 1), "days": round(way.days, 2), "cost_per_t": plain(round(way.cost_per_t, 4)),
        "co2e_kg_per_t": round(way.co2e_kg_per_t, 4), "passages": list(way.passages), "legs": legs,
        "line": [[round(north, 3), round(east, 3)] for north, east in way.line], "notes": list(way.notes),
    }  # fmt: skip
