"""A made-up board of three strategies, near a real chain in size and shape; numbers are invented, sums hold."""

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest

from hinterland.comparison import BOARD_FRAMES, Board

STRATEGIES = ("global", "local-for-local", "least-co2e")
YEARS = [str(year) for year in range(2026, 2036)]
HOME = "north_america"
SITES = {  # site: name, country, region, latitude, longitude, stage
    "spartanburg": ("Plant Spartanburg", "US", HOME, 34.90, -82.18, "vehicle"),
    "woodruff": ("Battery Woodruff", "US", HOME, 34.75, -82.03, "pack"),
    "florence": ("Cells Florence", "US", HOME, 34.20, -79.76, "cell"),
    "loyalist": ("Cathode Loyalist", "CA", HOME, 44.22, -76.70, "cathode"),
    "liyang": ("Cells Liyang", "CN", "china", 31.43, 119.48, "cell"),
    "jiangmen": ("Cathode Jiangmen", "CN", "china", 22.58, 113.08, "cathode"),
    "cheonan": ("Cathode Cheonan", "KR", "asia", 36.81, 127.15, "cathode"),
    "nysa": ("Cathode Nysa", "PL", "europe", 50.47, 17.33, "cathode"),
    "sudbury": ("Nickel Sudbury", "CA", HOME, 46.49, -80.99, "nickel"),
    "morowali": ("Nickel Morowali", "ID", "asia", -2.83, 122.15, "nickel"),
    "harjavalta": ("Nickel Harjavalta", "FI", "europe", 61.31, 22.14, "nickel"),
    "kolwezi": ("Cobalt Kolwezi", "CD", "africa", -10.72, 25.47, "cobalt"),
    "kokkola": ("Cobalt Kokkola", "FI", "europe", 63.84, 23.13, "cobalt"),
    "atacama": ("Lithium Atacama", "CL", "south_america", -23.50, -68.35, "lithium"),
    "kings_mountain": ("Lithium Kings Mountain", "US", HOME, 35.24, -81.34, "lithium"),
    "kwinana": ("Lithium Kwinana", "AU", "oceania", -32.23, 115.77, "lithium"),
    "heilongjiang": ("Graphite Jixi", "CN", "china", 45.30, 130.97, "graphite"),
    "becancour": ("Graphite Bécancour", "CA", HOME, 46.34, -72.43, "graphite"),
}
CHAINS = {  # strategy: from, to, product, modes, share of the year's tonnes
    "global": [
        ("morowali", "jiangmen", "nickel_sulphate", "sea", 1.0),
        ("kolwezi", "jiangmen", "cobalt_sulphate", "road+sea", 0.12),
        ("atacama", "jiangmen", "lithium_hydroxide", "road+sea", 0.45),
        ("morowali", "cheonan", "nickel_sulphate", "sea", 0.5),
        ("kwinana", "cheonan", "lithium_hydroxide", "sea", 0.22),
        ("jiangmen", "florence", "cam_nmc811", "road+sea+road", 0.9),
        ("cheonan", "florence", "cam_nmc811", "road+sea+road", 0.4),
        ("jiangmen", "liyang", "cam_nmc811", "road", 0.3),
        ("heilongjiang", "florence", "anode_graphite", "rail+sea+road", 0.8),
        ("heilongjiang", "liyang", "anode_graphite", "rail", 0.2),
        ("liyang", "woodruff", "cell_nmc811", "road+sea+road", 1.1),
        ("florence", "woodruff", "cell_nmc811", "road", 3.6),
        ("woodruff", "spartanburg", "battery_pack", "road", 6.2),
    ],
    "local-for-local": [
        ("sudbury", "loyalist", "nickel_sulphate", "rail", 1.1),
        ("morowali", "loyalist", "nickel_sulphate", "sea+rail", 0.35),
        ("kokkola", "loyalist", "cobalt_sulphate", "sea+rail", 0.1),
        ("kings_mountain", "loyalist", "lithium_hydroxide", "rail", 0.5),
        ("atacama", "loyalist", "lithium_hydroxide", "road+sea+rail", 0.2),
        ("loyalist", "florence", "cam_nmc811", "road", 1.5),
        ("jiangmen", "florence", "cam_nmc811", "road+sea+road", 0.1),
        ("becancour", "florence", "anode_graphite", "rail", 0.7),
        ("heilongjiang", "florence", "anode_graphite", "rail+sea+road", 0.3),
        ("florence", "woodruff", "cell_nmc811", "road", 4.7),
        ("woodruff", "spartanburg", "battery_pack", "road", 6.2),
    ],
    "least-co2e": [
        ("sudbury", "loyalist", "nickel_sulphate", "rail", 1.2),
        ("harjavalta", "nysa", "nickel_sulphate", "sea+road", 0.3),
        ("kokkola", "nysa", "cobalt_sulphate", "sea+road", 0.05),
        ("kokkola", "loyalist", "cobalt_sulphate", "sea+rail", 0.07),
        ("atacama", "loyalist", "lithium_hydroxide", "road+sea+rail", 0.6),
        ("atacama", "nysa", "lithium_hydroxide", "road+sea+road", 0.12),
        ("loyalist", "florence", "cam_nmc811", "road", 1.2),
        ("nysa", "florence", "cam_nmc811", "road+sea+road", 0.3),
        ("becancour", "florence", "anode_graphite", "rail", 1.0),
        ("florence", "woodruff", "cell_nmc811", "road", 4.7),
        ("woodruff", "spartanburg", "battery_pack", "road", 6.2),
    ],
}
STAGE_OF = {
    "nickel_sulphate": "nickel",
    "cobalt_sulphate": "cobalt",
    "lithium_hydroxide": "lithium",
    "cam_nmc811": "cathode",
    "anode_graphite": "graphite",
    "cell_nmc811": "cell",
    "battery_pack": "pack",
}
KWH = 48_600_000.0
COST = {  # driver: the baseline's cost, then the difference of the others, per kWh
    "grid and power contract": (-1.12, -0.61),
    "process route": (1.94, 2.21),
    "purchased materials": (3.05, 4.4),
    "freight": (-2.33, -1.9),
    "duty": (-3.41, -3.05),
    "capital": (4.62, 4.9),
    "incentives": (-1.2, -1.1),
    "other": (0.21, 0.35),
}
CO2E = {
    "grid and power contract": (-8.2, -12.3),
    "process route": (-2.4, -4.6),
    "purchased materials": (-1.1, -6.9),
    "freight": (-2.6, -2.2),
}
STAGE_KINDS = [
    ("nickel", "purchase", 9.8, 11.4, 12.6),
    ("nickel", "freight", 0.9, 0.35, 0.3),
    ("cobalt", "purchase", 3.1, 3.3, 3.4),
    ("lithium", "purchase", 8.6, 9.2, 9.1),
    ("lithium", "freight", 0.5, 0.2, 0.4),
    ("graphite", "purchase", 4.3, 5.6, 5.9),
    ("graphite", "duty", 1.9, 0.6, 0.0),
    ("cathode", "conversion", 7.2, 8.1, 8.0),
    ("cathode", "electricity", 1.6, 0.9, 1.1),
    ("cathode", "heat", 0.5, 0.4, 0.4),
    ("cathode", "freight", 1.1, 0.3, 0.4),
    ("cathode", "duty", 2.0, 0.2, 0.6),
    ("cathode", "capital", 0.0, 3.4, 3.4),
    ("cell", "conversion", 24.0, 24.0, 24.0),
    ("cell", "electricity", 3.1, 2.7, 2.7),
    ("cell", "freight", 1.4, 0.4, 0.4),
    ("cell", "duty", 2.1, 0.0, 0.0),
    ("cell", "capital", 9.4, 10.6, 10.9),
    ("cell", "credit", -10.1, -11.3, -11.2),
    ("pack", "conversion", 14.2, 14.2, 14.2),
    ("pack", "freight", 0.2, 0.2, 0.2),
    ("pack", "capital", 3.9, 3.9, 3.9),
    ("(site)", "fixed", 2.6, 2.9, 2.9),
]
STAGE_CAUSES = [
    ("nickel", "purchased", 13.1, 11.2, 6.4),
    ("cobalt", "purchased", 1.4, 1.1, 1.0),
    ("lithium", "purchased", 6.8, 6.4, 5.1),
    ("graphite", "purchased", 7.4, 6.9, 7.0),
    ("graphite", "electricity", 5.2, 2.1, 0.6),
    ("cathode", "electricity", 12.4, 7.3, 5.0),
    ("cathode", "heat", 4.1, 3.5, 2.6),
    ("cathode", "direct", 0.6, 0.6, 0.5),
    ("cell", "electricity", 14.2, 13.1, 11.6),
    ("cell", "heat", 3.1, 2.9, 2.1),
    ("pack", "electricity", 2.1, 2.1, 2.0),
    ("nickel", "transport", 1.2, 0.5, 0.4),
    ("cathode", "transport", 2.1, 0.6, 0.9),
    ("cell", "transport", 0.9, 0.4, 0.4),
]
KPIS = [
    ("cost_total", "USD", [3.92e9, 4.083e9, 4.192e9], "real cost over the horizon, undiscounted; penalties and shortage apart"),
    ("cost_npv", "USD", [2.71e9, 2.83e9, 2.9e9], "real cost at base date, discounted"),
    ("cost_per_kwh", "USD/kWh", None, "real cost over the horizon per unit delivered"),
    ("co2e_total_t", "t", None, "CO2e of the whole chain, market basis"),
    ("co2e_kg_per_kwh", "kg/kWh", None, "CO2e per unit delivered, market-based electricity"),
    ("co2e_location_kg_per_kwh", "kg/kWh", [78.9, 64.0, 52.3], "CO2e per unit delivered, location-based electricity"),
    ("regional_share", "share", [0.412, 0.688, 0.655], "real cost added in the region of delivery over all cost added"),
    ("regional_share_value", "share", [0.39, 0.641, 0.61], "value added in the region of delivery over all value added"),
    ("regional_share_mass", "share", [0.22, 0.73, 0.69], "tonnes moved from sites in the region of delivery over all tonnes moved"),
    ("km_mean", "km", [6120.0, 2210.0, 2480.0], "tonne-weighted kilometres of the whole chain"),
    ("transit_days_mean", "days", [19.4, 7.1, 8.8], "tonne-weighted transit days of the whole chain"),
    ("customs_borders_mean", "1", [0.91, 0.44, 0.52], "tonne-weighted customs borders crossed"),
    ("passage_share", "share", [0.48, 0.06, 0.09], "tonnes through any passage over all tonnes moved"),
    ("single_source_share", "share", [0.34, 0.61, 0.58], "inflow of buyers with one source over all inflow"),
    ("country_hhi", "1", [0.462, 0.391, 0.437], "value-weighted mean over stages of the sum of squared country shares"),
    ("risk_weighted_value_share", "share", [0.297, 0.141, 0.128], "value weighted with the risk score of its country"),
    ("shortage_share", "share", [0.0, 0.0, 0.0], "demand not delivered over demand"),
    ("penalties", "USD", [0.0, 1.31e7, 0.0], "penalties of soft policies; they steer and are no cost"),
]
AIMS = {
    "CO2e": ("co2e_kg_per_kwh", "co2e_location_kg_per_kwh"),
    "logistics disruptions": ("km_mean", "transit_days_mean", "customs_borders_mean", "passage_share"),
    "geopolitics": ("country_hhi", "risk_weighted_value_share", "single_source_share", "regional_share"),
}


def frame(name, rows):
    return pl.DataFrame([dict(zip(BOARD_FRAMES[name], row, strict=True)) for row in rows], schema=dict(BOARD_FRAMES[name]))


def kpi_values():
    cost = {s: sum(row[2 + at] for row in STAGE_KINDS) for at, s in enumerate(STRATEGIES)}
    kg = {s: sum(row[2 + at] for row in STAGE_CAUSES) for at, s in enumerate(STRATEGIES)}
    cost = {s: cost["global"] + (0.0 if at == 0 else sum(d[at - 1] for d in COST.values())) for at, s in enumerate(STRATEGIES)}
    kg = {s: kg["global"] + (0.0 if at == 0 else sum(d[at - 1] for d in CO2E.values())) for at, s in enumerate(STRATEGIES)}
    told = {}
    for kpi, unit, values, doc in KPIS:
        for at, strategy in enumerate(STRATEGIES):
            value = {
                "cost_total": cost[strategy] * KWH,
                "cost_per_kwh": cost[strategy],
                "co2e_kg_per_kwh": kg[strategy],
                "co2e_total_t": kg[strategy] * KWH / 1000,
            }.get(kpi, values[at] if values else None)
            told[strategy, kpi] = (value, unit, doc)
    return told


def aims(told):
    rows = []
    for strategy in STRATEGIES[1:]:
        for aim, names in AIMS.items():
            for kpi in names:
                base, value, unit = told["global", kpi][0], told[strategy, kpi][0], told[strategy, kpi][1]
                sign = "lower" if value < base else "higher" if value > base else "equal"
                rows.append((strategy, aim, kpi, "global", base, value, value - base, unit, sign))
    return rows


def flows():
    rows = []
    for strategy, chain in CHAINS.items():
        for at, year in enumerate(YEARS):
            for start, end, product, modes, share in chain:
                t = 9_000.0 * share * min(1.0, 0.2 + at * 0.2)
                a, b = SITES[start], SITES[end]
                border = a[1] != b[1]
                rows.append(
                    (
                        strategy,
                        year,
                        start,
                        end,
                        product,
                        STAGE_OF[product],
                        modes,
                        t * 1000,
                        "kg",
                        t,
                        a[3],
                        a[4],
                        b[3],
                        b[4],
                        a[2],
                        b[2],
                        border,
                    )
                )
    return rows


def origins():
    made = {}
    for strategy, chain in CHAINS.items():
        for start, _, product, _, share in chain:
            made.setdefault((strategy, product), []).append((start, share))
    rows = []
    for (strategy, product), starts in made.items():
        whole = sum(share for _, share in starts)
        by_site = {}
        for start, share in starts:
            by_site[start] = by_site.get(start, 0.0) + share / whole
        rows += [
            (strategy, product, STAGE_OF[product], HOME, SITES[s][2], SITES[s][1], s, part, part * KWH, "kg") for s, part in by_site.items()
        ]
    return rows


def made_up_board(**changes):
    told = kpi_values()
    used = {strategy: {site for row in chain for site in row[:2]} for strategy, chain in CHAINS.items()}
    proofs = {
        strategy: {
            "status": "optimal",
            "gap_share": gap,
            "verified": True,
            "verify_max_relative_error": 2.1e-10,
            "input_digest": f"{at}f3a9c41d07be2c8" * 4,
            "seconds": 4.2 + at,
            "seed": 7,
            "versions": {"hinterland": "0.1.0", "highspy": "1.12.0", "linopy": "0.10.2", "python": "3.11.9"},
            "size": {"columns": 20_412, "rows": 15_870, "integers": 64},
            "objective": [["shortage", 0.0], ["cost", 2.7e9]],
        }
        for at, (strategy, gap) in enumerate(zip(STRATEGIES, (0.0, 4.1e-4, 7.7e-4), strict=True))
    }
    board = Board(
        title="Seed chain: high-voltage batteries for Spartanburg",
        unit="kWh",
        currency="USD",
        strategies=STRATEGIES,
        against="global",
        delivered=frame("delivered", [("spartanburg", "battery_pack", HOME, "kWh", KWH)]),
        kpis=frame("kpis", [(s, kpi, value, unit, None, None, None, doc) for (s, kpi), (value, unit, doc) in told.items()]),
        aims=frame("aims", aims(told)),
        bridges=frame(
            "bridges",
            [
                ("global", strategy, measure, driver, amounts[at], unit)
                for at, strategy in enumerate(STRATEGIES[1:])
                for measure, drivers, unit in (("cost", COST, "USD/kWh"), ("co2e", CO2E, "kg/kWh"))
                for driver, amounts in drivers.items()
            ],
        ),
        stages_cost=frame("stages_cost", [(s, stage, kind, v[at]) for at, s in enumerate(STRATEGIES) for stage, kind, *v in STAGE_KINDS]),
        stages_co2e=frame(
            "stages_co2e", [(s, stage, cause, v[at], v[at] * 1.04) for at, s in enumerate(STRATEGIES) for stage, cause, *v in STAGE_CAUSES]
        ),
        flows=frame("flows", flows()),
        origins=frame("origins", origins()),
        regional_share=frame(
            "regional_share",
            [
                (s, HOME, region, basis, part, part * 1e9, 1e9, "USD" if basis != "mass" else "t", region == HOME)
                for s, home in zip(STRATEGIES, (0.41, 0.69, 0.66), strict=True)
                for basis in ("cost", "value", "mass")
                for region, part in ((HOME, home), ("china", (1 - home) * 0.7), ("asia", (1 - home) * 0.2), ("europe", (1 - home) * 0.1))
            ],
        ),
        passages=frame(
            "passages",
            [
                (s, passage, share, share * 2e5, 2e5)
                for passage, shares in {"panama": (0.31, 0.04, 0.05), "malacca": (0.15, 0.02, 0.0), "suez": (0.02, 0.0, 0.04)}.items()
                for s, share in zip(STRATEGIES, shares, strict=True)
            ],
        ),
        concentration=frame(
            "concentration",
            [
                (s, stage, hhi, 1 / hhi, 0.2)
                for stage, row in {
                    "nickel": (1.0, 0.62, 0.68),
                    "cobalt": (1.0, 1.0, 1.0),
                    "lithium": (0.55, 0.58, 1.0),
                    "graphite": (1.0, 0.58, 1.0),
                    "cathode": (0.53, 0.88, 0.68),
                    "cell": (0.64, 1.0, 1.0),
                }.items()
                for s, hhi in zip(STRATEGIES, row, strict=True)
            ],
        ),
        sources=frame(
            "sources",
            [
                (s, "florence", product, year, float(count), 1.0 / count, 0.03)
                for s, counts in zip(STRATEGIES, ((2, 1), (2, 2), (2, 1)), strict=True)
                for product, count in zip(("cam_nmc811", "anode_graphite"), counts, strict=True)
                for year in YEARS
            ],
        ),
        quality=frame(
            "quality",
            [
                (s, quality, cost, kg, cost * 3.9e9, kg * 3.6e9)
                for s in STRATEGIES
                for quality, cost, kg in (
                    ("reported", 0.31, 0.24),
                    ("derived", 0.37, 0.41),
                    ("estimated", 0.22, 0.27),
                    ("assumed", 0.10, 0.08),
                )
            ],
        ),
        sites=frame(
            "sites",
            [
                (
                    strategy,
                    site,
                    name,
                    country,
                    region,
                    latitude,
                    longitude,
                    "candidate" if site == "loyalist" else "operating",
                    stage,
                    site in used[strategy],
                    sum(9_000.0 * row[4] * 8 for row in CHAINS[strategy] if row[0] == site),
                )
                for strategy in STRATEGIES
                for site, (name, country, region, latitude, longitude, stage) in SITES.items()
            ],
        ),
        policies=frame(
            "policies",
            [
                (s, "cell_at_home", "min_regional_share", market, year, 1.0, 1.0 - gap, -gap, "share", True, gap == 0, 4e6 * gap)
                for s in STRATEGIES[1:]
                for market in (HOME, "europe")
                for year in YEARS
                for gap in (
                    (0.09 if year == "2027" else 0.02 if year == "2028" else 0.0) if s == STRATEGIES[1] and market == "europe" else 0.0,
                )
            ],
        ),
        contracts=frame(
            "contracts",
            [
                (
                    STRATEGIES[1],
                    "umicore_aesc",
                    "loyalist",
                    "florence",
                    "cam_nmc811",
                    year,
                    0.3e6,
                    1e6,
                    0.3,
                    0.3,
                    float(year > "2027"),
                    "kg",
                )
                for year in YEARS
            ],
        ),
        openings=frame(
            "openings",
            [
                (STRATEGIES[1], "loyalist", "2026", "opens", None, None, None, None),
                (STRATEGIES[1], "loyalist", "2029", "adds", "cam_nmc811", 2.0, 5e6, "kg"),
            ],
        ),
        references=frame(
            "references",
            [("S1", "Annual report <b>2025</b>", "A mine", "2026", "CC BY 4.0", 12.0), ("S2", "Tariff schedule", None, None, None, 3.0)],
        ),
        exclusivity=frame(
            "exclusivity",
            [
                ("local-for-local", "real cost", 1.84e7, "USD"),
                ("local-for-local", "penalties", -2.0e6, "USD"),
                ("local-for-local", "total", 1.64e7, "USD"),
            ],
        ),
        proofs=proofs,
        notes=("Capital of existing sites is sunk and left out.",),
    )
    return replace(board, **changes)


OTHER_MARKETS = {  # site: name, country, region, latitude, longitude, share of what is delivered
    "debrecen": ("Plant Debrecen", "HU", "europe", 47.55, 21.5, 0.3),
    "shenyang": ("Plant Shenyang", "CN", "china", 41.8, 123.2, 0.2),
}


def three_markets():
    """The made-up board with half of it delivered in Europe and China; each adds a tenth of its cost more than the one before."""
    board = made_up_board()
    sites = [
        (s, site, name, country, region, north, east, "operating", "vehicle", True, 1.0e5)
        for s in STRATEGIES
        for site, (name, country, region, north, east, _) in OTHER_MARKETS.items()
    ]
    ways = [
        (s, year, maker, site, "cell_nmc811", "cell", "road", 5e6, "kg", 5e3, SITES[maker][3], SITES[maker][4], place[3], place[4],
         SITES[maker][2], place[2], SITES[maker][1] != place[1])
        for s in STRATEGIES
        for year in YEARS
        for site, place in OTHER_MARKETS.items()
        for maker in ("liyang",)
    ]  # fmt: skip
    delivered = [("spartanburg", "battery_pack", HOME, "kWh", KWH / 2)]
    delivered += [(site, "battery_pack", row[2], "kWh", KWH * row[5]) for site, row in OTHER_MARKETS.items()]
    shares = [
        (s, market, region, basis, part, part * 1e9, 1e9, "USD" if basis != "mass" else "t", region == market)
        for at, s in enumerate(STRATEGIES)
        for market, own in ((HOME, 0.41), ("europe", 0.51), ("china", 0.61))
        for basis in ("cost", "value", "mass")
        for region, part in ((market, own + 0.01 * at), ("asia", 1 - own - 0.01 * at))
    ]
    return replace(
        board,
        delivered=frame("delivered", delivered),
        sites=pl.concat([board.sites, frame("sites", sites)]),
        flows=pl.concat([board.flows, frame("flows", ways)]),
        regional_share=frame("regional_share", shares),
    )


@pytest.fixture(scope="session")
def markets():
    return three_markets()


@pytest.fixture(scope="session")
def board():
    return made_up_board()


@pytest.fixture(scope="session")
def make_board():
    return made_up_board


@pytest.fixture(scope="session")
def page(board, tmp_path_factory):
    from hinterland.report import render

    path = render(board, tmp_path_factory.mktemp("report") / "deep" / "report.html", generated_at=datetime(2026, 11, 25, 12, 0, tzinfo=UTC))
    return path.read_text(encoding="utf-8")
