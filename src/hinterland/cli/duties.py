"""`hinterland duties`: a duty stack explained, layer by layer."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hinterland.cli.endings import ended_well
from hinterland.cli.shows import figure, say, show_json, show_table

if TYPE_CHECKING:
    from hinterland.app.duties import DutiesExplained
    from hinterland.trade import Layer, Stack

__all__ = ["duties"]

_WORDS = {"base": "ordinary duty", "add": "on top", "net_of_mfn": "net of the ordinary duty", "cap_all_in": "fills up to this rate",
          "replace": "in place of the ordinary duty"}  # fmt: skip


def duties(
    origin: Annotated[str, typer.Option("--from", metavar="COUNTRY", help="country of origin of the goods, as CN")],
    importer: Annotated[str, typer.Option("--to", metavar="COUNTRY", help="country they enter, as US")],
    hs: Annotated[str, typer.Option("--hs", metavar="CODE", help="tariff line; of a short one the branches that rows name are listed too")],
    on: Annotated[datetime | None, typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="day they enter; default today")] = None,
    use: Annotated[str | None, typer.Option(metavar="USE", help="use they are declared for, as auto-part")] = None,
    claim: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="origin rule they are claimed to meet, as usmca; several add up")
    ] = None,
    producer: Annotated[str | None, typer.Option(metavar="NAME", help="who made them, where a duty goes by maker")] = None,
    value: Annotated[float, typer.Option(min=0.0, help="customs value")] = 100.0,
    kg: Annotated[float, typer.Option(min=0.0, help="net kilograms, for duties by weight")] = 0.0,
    co2e_kg: Annotated[float, typer.Option(min=0.0, help="kilograms of CO2e declared, for borders that price carbon")] = 0.0,
    network: Annotated[
        str | None,
        typer.Option(
            metavar="TABLES", help="folder or workbook whose duties count, a sample, or pack:NAME; default the rules that come along"
        ),
    ] = None,
    scenario: Annotated[
        list[str] | None, typer.Option("--scenario", "-s", metavar="NAME", help="scenario of that network; several apply in order")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document on stdout, nothing else")] = False,
) -> None:
    """Explain a duty stack layer by layer: rule, rate, how it stacks, what turns it off, source, total."""
    from hinterland import app as doors

    with ended_well(as_json=as_json):
        day = on.date() if on is not None else date.today()
        found = doors.duties(
            importer, origin, hs, day, use=use, claims=claim or (), producer=producer, value=value, net_kg=kg,
            declared_co2e_kg=co2e_kg, network=network, scenario=scenario,
        )  # fmt: skip
        if as_json:
            show_json(_told(found, importer, origin))
        else:
            _show(found, importer, origin)


def _show(found: DutiesExplained, importer: str, origin: str) -> None:
    goods, money = found.stack.goods, found.currency or "of the value"
    about = [f"{goods.hs_code} from {origin} into {importer} on {found.stack.day}"]
    about += [f"declared as {goods.use}"] if goods.use else []
    about += [f"made by {goods.producer}"] if goods.producer else []
    about += [f"claimed under {', '.join(sorted(goods.claims))}"] if goods.claims else []
    rows = [
        (layer.programme, _rate(layer), f"off, by {layer.off_by}" if layer.off_by else _WORDS[layer.stacking],
         "" if layer.off_by else _money(layer.adds), layer.rule.source_id or "no source")
        for layer in found.stack.layers
    ]  # fmt: skip
    if not found.whole:
        known = ", ".join(found.ordinary_lines) or "none"
        say(f"These rules know no ordinary duty of {importer} on line {goods.hs_code}: what follows is not the whole duty.",
            f"They know it for: {known}.", "")  # fmt: skip
    show_table(", ".join(about), ("programme", "rate", "how it stacks", "adds", "source"), rows)
    if not rows:
        say("no row speaks of these goods")
    say(
        f"{'total' if found.whole else 'known part'} {_money(found.stack.total)} on {_money(goods.customs_value)} {money}: {_percent(found.stack.total_share)}"
    )
    if found.branches:
        lines = [(one.goods.hs_code, one.total, _percent(one.total_share)) for one in found.branches]
        say("", f"lines under {goods.hs_code} that rows name:")
        show_table("", ("line", "total", "share"), lines)
    if found.stack.layers:
        say("")
    for layer in found.stack.layers:
        names = [name for name in (layer.rule.source_id or "").split(";") if name]
        told = [*(found.sources.get(name, f"{name}, not among the sources") for name in names), layer.rule.note or ""]
        quality = f" ({layer.rule.quality})" if layer.rule.quality else ""
        say(f"{layer.programme}, row {layer.rule.rule_id}{quality}: {'; '.join(one for one in told if one) or 'nothing said'}")


def _percent(share: float) -> str:
    return f"{round(100 * share, 6):g} %"


def _money(value: float) -> str:
    return figure(value, 6)


def _rate(layer: Layer) -> str:
    rule = layer.rule
    parts = [_percent(rule.ad_valorem_share)] if rule.ad_valorem_share else []
    parts += [f"{rule.specific_per_kg:g}/kg"] if rule.specific_per_kg else []
    parts += [f"{rule.co2e_price_per_t:g}/tCO2e"] if rule.co2e_price_per_t else []
    return " + ".join(parts) or "free"


def _stack(one: Stack, sources: dict[str, str]) -> dict[str, Any]:
    layers = [
        {
            "programme": layer.programme, "rule_id": layer.rule.rule_id, "stacking": layer.stacking, "hs_prefix": layer.rule.hs_prefix,
            "ad_valorem_share": layer.rule.ad_valorem_share, "specific_per_kg": layer.rule.specific_per_kg,
            "co2e_price_per_t": layer.rule.co2e_price_per_t, "asked": round(layer.asked, 9), "adds": round(layer.adds, 9),
            "off_by": layer.off_by or None, "source_id": layer.rule.source_id,
            "source": "; ".join(sources.get(name, name) for name in (layer.rule.source_id or "").split(";") if name) or None,
            "quality": layer.rule.quality, "note": layer.rule.note,
        }
        for layer in one.layers
    ]  # fmt: skip
    return {"hs": one.goods.hs_code, "total": round(one.total, 9), "total_share": round(one.total_share, 12), "layers": layers}


def _told(found: DutiesExplained, importer: str, origin: str) -> dict[str, Any]:
    goods = found.stack.goods
    asked = {"from": origin, "to": importer, "on": str(found.stack.day), "use": goods.use, "producer": goods.producer,
             "claims": sorted(goods.claims), "value": goods.customs_value, "currency": found.currency or None}  # fmt: skip
    asked |= {"ordinary_duty_known": found.whole, "ordinary_lines": list(found.ordinary_lines)}
    return {**asked, **_stack(found.stack, found.sources), "branches": [_stack(one, found.sources) for one in found.branches]}
