"""A second opinion on `simulate`, as a discrete-event model in SimPy: written from docs/stress.md and the tables, not from the kernel.

Goods lie in pools, shipments are processes of their own, and every pool wakes twice in a step: from the market up it asks, from the
sources down it serves. It reads rows as dicts, one period or several, and knows purchases, lines with recipes, lanes, stocks, demand
with priorities, events of sites, lanes, passages and demand, alternates, reroutes, waiting, and shortage lost or late.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import simpy

ASK, ARRIVE, MOVE, COUNT, STEP = 0, 100_000, 200_000, 400_000, 500_000
"""Ticks within a step: pools ask (up), goods arrive, pools serve (down), stock is counted."""
INFINITE = float("inf")


@dataclass(eq=False)
class Activity:
    """Something that brings goods into a pool, with its amounts by period."""

    name: str
    kind: str
    into: tuple[str, str]
    amounts: list[float]
    room: list[float]
    uses: dict[tuple[str, str], float] = field(default_factory=dict)
    gives: dict[tuple[str, str], float] = field(default_factory=dict)
    days: float = 0.0
    site: str | None = None
    leaves: str | None = None
    passages: frozenset[str] = frozenset()
    cost: float = 0.0
    kg: float = 0.0
    premium: tuple[float, float] = (0.0, 0.0)
    waits: bool = False
    backups: list[Backup] = field(default_factory=list)
    held: float = 0.0

    def __hash__(self):
        return id(self)


@dataclass(eq=False)
class Backup:
    """Who helps an activity, once one of the causes has been hit for longer than `delay` steps."""

    activity: Activity
    delay: int
    causes: list[Activity]


def _days(row):
    return (row["end_date"] - row["start_date"]).days + 1


def _years(row):
    """Calendar years in a period: each day counts one over the days of its year."""
    total = 0.0
    for year in range(row["start_date"].year, row["end_date"].year + 1):
        first, last = max(row["start_date"], date(year, 1, 1)), min(row["end_date"], date(year, 12, 31))
        total += ((last - first).days + 1) / ((date(year, 12, 31) - date(year, 1, 1)).days + 1)
    return total


class Referee:
    """A plan of one network (dicts of rows), moved in SimPy; after `run` the figures stand in its fields."""

    def __init__(self, tables, plan, *, step_days=7, steps, late=False):
        self.tables, self.plan, self.step_days, self.steps, self.late = tables, plan, step_days, steps, late
        self.periods = tables["periods"]
        self.index = {row["period_id"]: at for at, row in enumerate(self.periods)}
        self.first_day = self.periods[0]["start_date"].toordinal()
        self.activities = self._purchases() + self._lines() + self._lanes()
        self._demands()
        self._stocks()
        self.users = defaultdict(list)
        self.makers = defaultdict(list)
        for one in self.activities:
            self.makers[one.into].append(one)
            for pool in one.uses:
                self.users[pool].append(one)
        self.pools = sorted(
            set(self.makers) | set(self.users) | {row["pool"] for row in self.demand} | {g for a in self.activities for g in a.gives}
        )
        self.order = self._downward()
        self._backups()
        self.carried = self._carried()

    # what the tables and the plan say

    def _by_period(self, rows, names, default=0.0):
        found = defaultdict(lambda: [default] * len(self.periods))
        for row in rows:
            key = tuple(row.get(name) or "" for name in names)
            found[key][self.index[row["period_id"]]] += row["quantity"]
        return found

    def _room(self, yearly):
        return [INFINITE if yearly is None else yearly * _years(row) for row in self.periods]

    def _purchases(self):
        offers = {(row["site_id"], row["product_id"], row.get("offer_id") or ""): row for row in self.tables.get("purchases", [])}
        found = []
        for key, amounts in self._by_period(self.plan.get("purchased", []), ("site_id", "product_id", "offer_id")).items():
            row = offers[key]
            found.append(Activity("/".join(key), "purchase", key[:2], amounts, self._room(row.get("limit_per_year")), site=key[0],
                                  cost=row.get("price_per_unit", 0.0), kg=row.get("co2e_kg_per_unit", 0.0)))  # fmt: skip
        return found

    def _lines(self):
        good = {row["recipe_id"]: row["product_id"] for row in self.tables.get("recipes", [])}
        found = []
        amounts = self._by_period(self.plan.get("outputs", []), ("site_id", "recipe_id", "product_id"))
        for row in self.tables["processes"]:
            recipe = row.get("recipe_id") or ""
            product = good[recipe] if recipe else row["product_id"]
            key = next((one for one in amounts if one[0] == row["site_id"] and one[1] == recipe and one[2] in {product, ""}), None)
            if key is None:
                continue
            line = Activity(f"{row['site_id']}/{recipe or product}", "line", (row["site_id"], product), amounts[key],
                            self._room(row["capacity_per_year"]), site=row["site_id"], cost=row.get("conversion_cost_per_unit", 0.0),
                            kg=row.get("direct_co2e_kg_per_unit", 0.0))  # fmt: skip
            for part in self.tables.get("recipe_lines", []):
                if part["recipe_id"] == recipe and recipe:
                    per = part["quantity_per_unit"] / row.get("yield_share", 1.0)
                    side = line.uses if part.get("role", "input") == "input" else line.gives
                    side[row["site_id"], part["product_id"]] = per
            found.append(line)
        return found

    def _lanes(self):
        rows = {row["lane_id"]: row for row in self.tables["lanes"]}
        found = []
        for (lane, product), amounts in self._by_period(self.plan["flows"], ("lane_id", "product_id")).items():
            found.append(self._lane(rows[lane], product, amounts))
        return found

    def _lane(self, row, product, amounts):
        shut = frozenset(one for one in (row.get("passages") or "").split("|") if one)
        return Activity(row["lane_id"], "lane", (row["to_site"], product), amounts, self._room(row.get("capacity_per_year")),
                        uses={(row["from_site"], product): 1.0}, days=row["lead_time_days"], leaves=row["from_site"], passages=shut,
                        cost=row.get("cost_per_unit", 0.0), kg=row.get("co2e_kg_per_unit", 0.0))  # fmt: skip

    def _demands(self):
        told = {(row["site_id"], row["product_id"], row.get("segment") or ""): row for row in self.tables["demand"]}
        served = self._by_period(self.plan["delivered"], ("site_id", "product_id", "segment"))
        kinds = defaultdict(lambda: [0.0] * len(self.periods))
        self.price = defaultdict(float)
        for key, amounts in served.items():
            rank = told[key].get("priority")
            kind = key[:2], 10**9 if rank is None else rank
            kinds[kind] = [a + b for a, b in zip(kinds[kind], amounts, strict=True)]
        for row in self.tables["demand"]:
            pool = row["site_id"], row["product_id"]
            self.price[pool] = max(self.price[pool], row.get("price_per_unit") or 0.0)
        self.demand = [
            {"pool": pool, "rank": rank, "amounts": amounts, "owed": 0.0, "spell": 0}
            for (pool, rank), amounts in sorted(kinds.items())
        ]  # fmt: skip

    def _stocks(self):
        self.cover = self._by_period(self.plan.get("stocked", []), ("site_id", "product_id"))
        self.value = {row["product_id"]: row["value_per_unit"] for row in self.tables.get("product_values", [])}

    def _downward(self):
        """Pools so that what feeds a pool comes first; networks here have no loops."""
        feeds = defaultdict(set)
        for one in self.activities:
            feeds[one.into] |= set(one.uses)
        order, seen = [], set()

        def visit(pool):
            if pool in seen:
                return
            seen.add(pool)
            for before in sorted(feeds[pool]):
                visit(before)
            order.append(pool)

        for pool in self.pools:
            visit(pool)
        return order

    def _carried(self):
        """Variable cost that a unit in each pool carries, mean of the plan; a backup's premium is over the lane that it stands in for."""
        carried = {}
        for pool in self.order:
            money = units = 0.0
            for one in self.makers[pool]:
                amount = sum(one.amounts)
                money += amount * (one.cost + sum(q * carried[source] for source, q in one.uses.items()))
                units += amount
            carried[pool] = money / units if units else 0.0
        for one in self.activities:
            for backup in one.backups:
                backup.activity.premium = backup.activity.cost - one.cost, backup.activity.kg - one.kg
        return carried

    def _backups(self):
        lanes = [one for one in self.activities if one.kind == "lane"]
        rows = {row["lane_id"]: row for row in self.tables["lanes"]}
        of = {kind: [row for row in self.tables.get("reactions", []) if row["kind"] == kind] for kind in ("reroute", "wait", "alternate")}

        def covers(row, lane):
            return (row.get("product") in {None, lane.into[1]} and row.get("from_group") in {None, lane.leaves}
                    and row.get("to_group") in {None, lane.into[0]})  # fmt: skip

        for lane in lanes:
            lane.waits = any(covers(row, lane) for row in of["wait"])
            other = next((row for row in of["reroute"] if covers(row, lane)), None)
            if other:
                share = other.get("max_share", 1.0)
                room = lane.room if share >= 1 else [share * one for one in lane.amounts]
                way = Activity(f"{lane.name} round", "other way", lane.into, [0.0] * len(self.periods), room, uses=dict(lane.uses), leaves=lane.leaves,
                               days=other["lead_time_days"], cost=lane.cost + other.get("cost_per_unit", 0.0),
                               kg=lane.kg + other.get("co2e_kg_per_unit", 0.0))  # fmt: skip
                lane.backups.append(Backup(way, math.ceil(other.get("delay_days", 0.0) / self.step_days), [lane]))
            for row in self.tables.get("alternates", []):
                if (row["site_id"], row["product_id"]) != (lane.leaves, lane.into[1]):
                    continue
                said = next((one for one in of["alternate"] if covers(one, lane)), {})
                way = next(one for one in rows.values() if (one["from_site"], one["to_site"], one["product_id"])
                           == (row["alternate_site_id"], lane.into[0], lane.into[1]))  # fmt: skip
                stand_in = self._lane(way, lane.into[1], [0.0] * len(self.periods))
                stand_in.kind, stand_in.site, stand_in.uses = "stand-in", row["alternate_site_id"], {}
                stand_in.cost += row.get("extra_cost_per_unit", 0.0) + said.get("cost_per_unit", 0.0)
                stand_in.room = self._spare(row, lane)
                days = row.get("qualification_days", 0.0) + said.get("delay_days", 0.0)
                lines = [one for one in self.activities if one.kind == "line" and one.into == (lane.leaves, lane.into[1])]
                lane.backups.append(Backup(stand_in, math.ceil(days / self.step_days), [*lines, lane]))

    def _spare(self, row, lane):
        pool = row["alternate_site_id"], row["product_id"]
        spare = []
        for at in range(len(self.periods)):
            able = sum(
                one["capacity_per_year"] * _years(self.periods[at])
                for one in self.tables["processes"]
                if one["site_id"] == pool[0] and one.get("product_id") == pool[1]
            )
            does = sum(one.amounts[at] for one in self.makers[pool] if one.kind != "lane")
            spare.append(min(max(able - does, 0.0), row.get("max_share", 1.0) * lane.amounts[at]))
        return spare

    # the plan, step by step; step 0 is the first simulated one, earlier and later ones continue the first and last period

    def _weights(self, t, ahead=0.0):
        """Shares of a step's days in each period, looking ahead."""
        low = self.first_day + t * self.step_days + ahead
        high, shares = low + self.step_days, []
        for at, row in enumerate(self.periods):
            start = -INFINITE if at == 0 else row["start_date"].toordinal()
            stop = INFINITE if at == len(self.periods) - 1 else row["end_date"].toordinal() + 1
            shares.append(max(0.0, min(high, stop) - max(low, start)) / self.step_days)
        return shares

    def _pace(self, amounts, t, ahead=0.0):
        """Amount in a step, of amounts by period."""
        return sum(
            w * amount / _days(row) * self.step_days
            for w, amount, row in zip(self._weights(t, ahead), amounts, self.periods, strict=True)
        )  # fmt: skip

    def _mixed(self, values, t, ahead):
        return sum(w * one for w, one in zip(self._weights(t, ahead), values, strict=True) if w > 0)

    def lead(self, one):
        return max(math.ceil(one.days / self.step_days - 1e-9), 0)

    def plan_functions(self):
        """Planned outflow, receipts, starts and stock of each step, as functions that call each other."""

        @lru_cache(None)
        def ahead(pool):
            total = days = 0.0
            for one in self.users[pool]:
                amount = sum(one.amounts) * one.uses[pool]
                total += amount
                days += amount * (one.days + ahead(one.into))
            return days / total if total else 0.0

        @lru_cache(None)
        def out(pool, t):
            need = sum(self._pace(row["amounts"], t) for row in self.demand if row["pool"] == pool)
            return need + sum(one.uses[pool] * start(one, t) for one in self.users[pool])

        @lru_cache(None)
        def stock(pool, t):
            return self._mixed(self.cover[pool], t, ahead(pool)) if pool in self.cover else 0.0

        @lru_cache(None)
        def part(one, t):
            makers = self.makers[one.into]
            whole = sum(self._pace(other.amounts, t, ahead(one.into)) for other in makers)
            return self._pace(one.amounts, t, ahead(one.into)) / whole if whole else 1.0 / len(makers)

        @lru_cache(None)
        def arrive(one, t):
            pool = one.into
            return part(one, t) * max(out(pool, t) + stock(pool, t) - stock(pool, t - 1), 0.0)

        @lru_cache(None)
        def start(one, t):
            return arrive(one, t + self.lead(one))

        return ahead, out, stock, part, arrive, start

    # what happens

    def left(self, one, t):
        """Share of capacity of an activity that is left in a step."""
        return self._scale(t, [row for row in self.tables.get("events", []) if self._hits(row, one)], "capacity_loss_share", -1.0)

    def _scale(self, t, rows, column, sign):
        share = 1.0
        for row in rows:
            start = (row["start_date"].toordinal() - self.first_day) / self.step_days
            stop = start + row["duration_days"] / self.step_days
            back = stop + (row.get("recovery_days") or 0.0) / self.step_days
            lost = max(0.0, min(t + 1, stop) - max(t, start))
            low, high = max(t, stop), min(t + 1, back)
            if high > low:
                lost += (high - low) * ((back - low) + (back - high)) / 2 / (back - stop)
            share *= max(0.0, 1.0 + sign * (row.get(column) or 0.0) * lost)
        return share

    def _hits(self, row, one):
        kind, value = row["scope_kind"], row["scope_value"]
        if kind == "site":
            if one.kind in {"lane", "other way"}:
                works = any(other.site == value for other in self.activities)
                return one.leaves == value and not works
            return one.site == value
        if kind == "lane":
            return one.kind in {"lane", "stand-in"} and one.name == value
        if kind == "passage":
            return one.kind in {"lane", "stand-in"} and value in one.passages
        return False

    def asked(self, demand, t):
        site, product = demand["pool"]
        rows = [row for row in self.tables.get("events", []) if row["scope_kind"] == "demand" and row["scope_value"] in {site, product}]
        return self._pace(demand["amounts"], t) * self._scale(t, rows, "demand_change_share", 1.0)

    # the world

    def run(self):
        self.ahead, self.out, self.plan_stock, self.part, self.receipts, self.starts = self.plan_functions()
        self.env = simpy.Environment()
        self.stock = {pool: self.plan_stock(pool, -1) for pool in self.order}
        self.under_way = dict.fromkeys(self.order, 0.0)
        self.down = defaultdict(int)
        self.served = [0.0] * self.steps
        self.sums = dict.fromkeys(
            ("wanted", "on_time", "late", "lost", "lost_margin", "short_steps", "longest_spell", "backlog", "stock_value",
             "pipeline_value", "extra_cost", "extra_co2e_kg", "asked_steps", "served_value"), 0.0)  # fmt: skip
        for one in self.activities:
            for ago in range(self.lead(one)):
                self.env.process(self._shipment(one, self.receipts(one, ago), ago))
        self.env.process(self._watch())
        for rank, pool in enumerate(self.order):
            self.env.process(self._desk(pool, len(self.order) - rank))
            self.env.process(self._dock(pool, rank + 1))
        for one in self.activities:
            if one.waits:
                self.env.process(self._gate(one))
        self.sources = [one for one in self._everything() if not one.uses]
        self.env.process(self._sources())
        self.env.run(until=self.steps * STEP)
        for demand in self.demand:
            self.sums["lost"] += demand["owed"]
            self.sums["lost_margin"] += demand["owed"] * self._margin(demand["pool"])
        return self

    def _everything(self):
        return [*self.activities, *(b.activity for one in self.activities for b in one.backups)]

    def _margin(self, pool):
        worth = self.price[pool] or self.value.get(pool[1], 0.0)
        return worth - self.carried[pool] if worth > 0 else 0.0

    def _shipment(self, one, amount, steps):
        """Goods under way: `steps` after the step in which they left they arrive, or wait at the gate."""
        self.under_way[one.into] += amount
        self_arrives = (int(self.env.now // STEP) + steps) * STEP + ARRIVE
        yield self.env.timeout(self_arrives - self.env.now)
        if one.waits:
            one.held += amount
        else:
            self._unload(one, amount)

    def _unload(self, one, amount):
        self.under_way[one.into] -= amount
        self.stock[one.into] += amount

    def _gate(self, one):
        """A lane on which goods wait: the part that is open comes through, after all that is due has come to the gate."""
        for t in range(self.steps):
            yield self.env.timeout(t * STEP + ARRIVE + 1 - self.env.now)
            through = one.held * self.left(one, t)
            one.held -= through
            self._unload(one, through)

    def _watch(self):
        """Counts for how many steps each activity has been hit, and the stock at the end of each step."""
        for t in range(self.steps):
            for one in self._everything():
                self.down[one] = self.down[one] + 1 if self.left(one, t) < 1 else 0
            self.want, self.need, self.wish, self.go, self.lent = (defaultdict(float) for _ in range(5))
            yield self.env.timeout(COUNT)
            for pool in self.order:
                value = self.value.get(pool[1], 0.0)
                self.sums["stock_value"] += value * self.stock[pool]
                self.sums["pipeline_value"] += value * self.under_way[pool]
            yield self.env.timeout(STEP - COUNT)

    def _desk(self, pool, place):
        """A pool asks, after all that draw from it have asked."""
        for t in range(self.steps):
            yield self.env.timeout(t * STEP + ASK + place * 10 - self.env.now)
            for demand in self.demand:
                if demand["pool"] == pool:
                    self.want[pool] += self.asked(demand, t) + demand["owed"]
                    self.need[pool] += self.asked(demand, t) + demand["owed"]
            pipeline = sum(self.receipts(one, t + k) for one in self.makers[pool] for k in range(self.lead(one)))
            target = self.plan_stock(pool, t - 1) + pipeline
            missing = target - (self.stock[pool] + self.under_way[pool]) + self.need[pool] - self.out(pool, t)
            makers = self.makers[pool]
            for one in makers:
                wish = max(0.0, self.starts(one, t) + self.part(one, t) * missing)
                self.wish[one], self.go[one] = wish, min(wish, self._most(one, t))
                able = self._able(one, wish, t)
                turned = 0.0
                for backup in one.backups:
                    turned += self._help(one, backup, turned, t)
                self.wish[one] -= turned
                self.go[one] = min(self.go[one] - turned, able)
            for one in self._everything():
                if one.into == pool:
                    for source, q in one.uses.items():
                        self.want[source] += q * self.go[one]
                        self.need[source] += q * self.wish[one]

    def _most(self, one, t):
        """Capacity of a step when nothing happens."""
        room = self._pace([0.0 if one == INFINITE else one for one in one.room], t, self.ahead(one.into))
        return INFINITE if INFINITE in one.room else max(room, self.starts(one, t) if one in self.activities else 0.0)

    def _able(self, one, wish, t):
        """What an activity can start of a wish: what is left of its capacity, or without one that share of what was wished."""
        left = self.left(one, t)
        return wish * left if INFINITE in one.room else min(wish, self._most(one, t) * left)

    def _help(self, one, backup, turned, t):
        """What of an order cannot be done goes to a backup, as far as that has room."""
        whole, lost = min(self.wish[one], self._most(one, t)), 0.0
        for cause in backup.causes:
            if self.down[cause] > backup.delay:
                lost = max(lost, whole - self._able(one, whole, t) if cause is one else whole * (1.0 - self.left(cause, t)))
        helper = backup.activity
        room = self._able(helper, INFINITE, t) if self.left(helper, t) > 0 else 0.0
        moved = min(max(0.0, lost - turned), max(0.0, room - self.go[helper]))
        self.go[helper] += moved
        self.wish[helper] += moved
        return moved

    def _sources(self):
        """What needs nothing starts before any pool serves."""
        for t in range(self.steps):
            yield self.env.timeout(t * STEP + MOVE - self.env.now)
            for one in self.sources:
                self._begin(one, t)

    def _dock(self, pool, place):
        """A pool serves its demand by rank, shares the rest, and sets going those who have now all they need."""
        waits_for = [one for one in self._everything() if one.uses and max(one.uses, key=self.order.index) == pool]
        for t in range(self.steps):
            yield self.env.timeout(t * STEP + MOVE + place * 10 - self.env.now)
            for demand in (one for one in self.demand if one["pool"] == pool):
                self._serve(demand, t)
            enough = self.stock[pool] >= self.want[pool] or self.want[pool] <= 0
            self.go[pool] = 1.0 if enough else max(0.0, self.stock[pool]) / self.want[pool]
            for one in waits_for:
                self._begin(one, t)

    def _begin(self, one, t):
        if one.kind == "stand-in":  # one unit of capacity makes one unit
            pool = one.site, one.into[1]
            mine = [row for row in self.tables["processes"] if (row["site_id"], row.get("product_id")) == pool]
            own = [maker for maker in self.makers[pool] if maker.kind != "lane"]
            room = self._pace([sum(row["capacity_per_year"] for row in mine) * _years(row) for row in self.periods], t)
            room *= self.left(own[0], t) if own else 1.0
            room -= sum(self.go[maker] for maker in own) + self.lent[pool]
            self.go[one] = min(self.go[one], max(room, 0.0))
            self.lent[pool] += self.go[one]
        self.go[one] *= min([1.0, *(self.go[source] for source in one.uses)])
        for source, q in one.uses.items():
            self.stock[source] -= q * self.go[one]
        for pool, q in one.gives.items():
            self.stock[pool] += q * self.go[one]
        self.sums["extra_cost"] += one.premium[0] * self.go[one]
        self.sums["extra_co2e_kg"] += one.premium[1] * self.go[one]
        if self.lead(one):
            self.env.process(self._shipment(one, self.go[one], self.lead(one)))
        else:
            self.stock[one.into] += self.go[one]

    def _serve(self, demand, t):
        pool, asked = demand["pool"], self.asked(demand, t)
        need = asked + demand["owed"]
        given = min(max(0.0, self.stock[pool]), need)
        short = need - given if need - given > 1e-9 * need else 0.0
        self.stock[pool] -= given
        self.want[pool] -= need
        late = min(given, demand["owed"])
        self.sums["wanted"] += asked
        self.sums["late"] += late
        self.sums["on_time"] += given - late
        self.served[t] += given
        self.sums["served_value"] += self.value.get(pool[1], 0.0) * given
        self.sums["asked_steps"] += need > 0
        demand["spell"] = demand["spell"] + 1 if short else 0
        self.sums["short_steps"] += short > 0
        self.sums["longest_spell"] = max(self.sums["longest_spell"], demand["spell"])
        if self.late:
            demand["owed"] = short
            self.sums["backlog"] += short
        else:
            self.sums["lost"] += short
            self.sums["lost_margin"] += short * self._margin(pool)
