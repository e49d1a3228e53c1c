"""A slow reading of a chain in plain Python, one replication at a time: the kernel must say the same, bit for bit."""

from __future__ import annotations

import math

MEASURES = ("wanted", "on_time", "late", "lost", "lost_margin", "short_steps", "longest_spell", "backlog", "stock_value", "pipeline_value",
            "extra_cost", "extra_co2e_kg", "asked_steps", "served_value")  # fmt: skip
WHOLE = 2**64


def _span(first, at):
    return range(int(first[at]), int(first[at + 1]))


def number_of(key, counter):
    """The number in (0, 1) of a counter: splitmix64 in whole numbers of Python."""
    x = (int(key) + (counter + 1) * 0x9E3779B97F4A7C15) % WHOLE
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % WHOLE
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB % WHOLE
    x ^= x >> 31
    return ((x >> 11) + 0.5) * 2.0**-53


class PlainChain:
    """One replication of a chain: goods lie in pools or are under way; everybody orders, then everything moves."""

    def __init__(self, chain, reactions, means, struck, lane):
        self.chain, self.reactions, self.means = chain, reactions, means
        hit, scaled, dearer = struck.hit, struck.scaled, struck.dearer
        self.replication = struck.replication + lane
        self.left = lambda a, t: 1.0 if hit[a] < 0 else float(struck.left[hit[a], t, lane])
        self.hit = lambda a: hit[a] >= 0
        self.demand = lambda d, t: float(chain.wanted[d, t]) * (float(struck.scale[scaled[d], t, lane]) if scaled[d] >= 0 else 1.0)
        self.dear = lambda a, t: float(struck.dear[dearer[a], t, lane]) if dearer[a] >= 0 else None
        self.told = [
            [(int(struck.told_row[k]), float(struck.told_steps[k])) for k in _span(struck.told_first, t) if struck.told_lane[k] == lane]
            for t in range(len(struck.told_first) - 1)
        ]
        self.rows = hit
        activities, pools, demands = len(chain.into), len(chain.stock), len(chain.wanted)
        self.stock = [float(one) for one in chain.stock]
        self.ring = [[float(chain.on_the_way[k]) for k in _span(chain.ring_first, a)] for a in range(activities)]
        self.coming = [0.0] * pools
        for a in range(activities):
            for amount in self.ring[a]:
                self.coming[int(chain.into[a])] += amount
        self.held, self.order, self.wish = [0.0] * activities, [0.0] * activities, [0.0] * activities
        self.owed, self.spell = [0.0] * demands, [0.0] * demands
        self.known = [-1.0] * activities
        self.want, self.fill, self.missed = [0.0] * pools, [1.0] * pools, [0.0] * pools
        self.sums = dict.fromkeys(MEASURES, 0.0)
        self.served = []

    def run(self, steps):
        for t in range(steps):
            self.step(t)
        for d, owed in enumerate(self.owed):
            self.sums["lost"] += owed
            self.sums["lost_margin"] += owed * float(self.means.margin_per_unit[d])
        return self.sums

    def step(self, t):
        given = 0.0
        for a in range(len(self.known)):
            ahead = max([0.0, *(steps for row, steps in self.told[t] if row == self.rows[a])])
            self.known[a] = max(self.known[a] + 1.0, ahead) if self.left(a, t) < 1.0 else -1.0
        self.ask(t)
        self.lend(t)
        self.arrive(t)
        self.start(0, t)
        for r, pool in enumerate(self.chain.pools_down):
            j = int(pool)
            there, asked = self.stock[j], self.want[j]
            self.missed[j] = 0.0 if there >= asked * (1.0 - 1e-9) or asked <= 0.0 else 1.0 - max(0.0, there) / asked
            given = self.serve(j, t, given)
            enough = self.stock[j] >= self.want[j] or self.want[j] <= 0.0
            self.fill[j] = 1.0 if enough else max(0.0, self.stock[j]) / self.want[j]
            self.start(r + 1, t)
            if self.means.value_per_unit[j]:
                self.sums["pipeline_value"] += float(self.means.value_per_unit[j]) * self.coming[j]
        for j, lying in enumerate(self.stock):
            if self.means.value_per_unit[j]:
                self.sums["stock_value"] += float(self.means.value_per_unit[j]) * lying
        self.served.append(given)

    def ask(self, t):
        c = self.chain
        self.want, self.need = [0.0] * len(self.stock), [0.0] * len(self.stock)
        for pool in reversed(c.pools_down):
            j = int(pool)
            for d in _span(c.demand_first, j):
                self.want[j] += self.demand(d, t) + self.owed[d]
                self.need[j] += self.demand(d, t) + self.owed[d]
            gap = (float(c.target[j, t]) - (self.stock[j] + self.coming[j])) + (self.need[j] - float(c.leaving[j, t]))
            mine = [int(c.make_activity[m]) for m in _span(c.make_first, j)]
            for a in mine:
                asked, most = float(c.planned[a, t]) + float(c.share[a, t]) * gap, float(c.most[a, t])
                if c.lot[a, t] > 0:
                    asked = (math.floor(asked / float(c.lot[a, t])) + 1.0) * float(c.lot[a, t]) if asked >= 0 else 0.0
                elif asked < c.trigger[a, t]:
                    asked = 0.0
                self.wish[a] = asked
                backed = self.reactions.backup_first[a] < self.reactions.backup_first[a + 1]
                self.order[a] = min(asked, most) if backed else self.able(a, t, asked)
            for a in mine:
                self.divert(a, t)
            for a in mine:
                for u in _span(c.use_first, a):
                    self.want[int(c.use_pool[u])] += float(c.use_per_unit[u, t]) * self.order[a]
                    self.need[int(c.use_pool[u])] += float(c.use_per_unit[u, t]) * self.wish[a]

    def able(self, a, t, asked):
        most = float(self.chain.most[a, t])
        if not self.hit(a):
            return min(asked, most)
        return asked * self.left(a, t) if most == math.inf else min(asked, most * self.left(a, t))

    def divert(self, a, t):
        r, whole = self.reactions, self.order[a]
        if r.backup_first[a] == r.backup_first[a + 1]:
            return
        able = self.able(a, t, whole)
        for e in _span(r.backup_first, a):
            other = int(r.backup[e])
            lost = 0.0
            for k in _span(r.cause_first, e):
                cause = int(r.cause[k])
                if cause < 0:
                    lost = max(lost, whole * self.missed[int(self.chain.into[a])])
                elif self.hit(cause) and self.known[cause] >= r.delay[e]:
                    lost = max(lost, whole - able if cause == a else whole * (1.0 - self.left(cause, t)))
            room = float(self.chain.most[other, t])
            if self.hit(other):
                room = room * self.left(other, t) if self.left(other, t) > 0.0 else 0.0
            moved = min(max(0.0, self.order[a] - (whole - lost)), max(0.0, room - self.order[other]))
            self.order[a] -= moved
            self.order[other] += moved
            self.wish[a] -= moved
            self.wish[other] += moved
        self.order[a] = min(self.order[a], able)

    def lend(self, t):
        r = self.reactions
        for m in range(len(r.lendable)):
            makers = [int(r.lender[k]) for k in _span(r.lender_first, m)]
            room = float(r.lendable[m, t])
            if makers and self.hit(makers[0]):
                left = self.left(makers[0], t)
                room = room * left if left > 0.0 else 0.0
            for a in makers:
                room -= self.order[a]
            room = max(room, 0.0)
            for k in _span(r.borrower_first, m):
                a = int(r.borrower[k])
                self.order[a] = min(self.order[a], room)
                room -= self.order[a]

    def arrive(self, t):
        for a, under_way in enumerate(self.ring):
            if not under_way:
                continue
            j, slot = int(self.chain.into[a]), t % len(under_way)
            if self.hit(a) and self.reactions.waits[a]:
                due = under_way[slot] + self.held[a]
                came = due * self.left(a, t)
                self.held[a] = due - came
            else:
                came = under_way[slot]
            under_way[slot] = 0.0
            self.stock[j] += came
            self.coming[j] -= came

    def start(self, slot, t):
        c = self.chain
        for k in _span(c.ready_first, slot):
            a = int(c.ready[k])
            uses = [(int(c.use_pool[u]), float(c.use_per_unit[u, t])) for u in _span(c.use_first, a)]
            self.order[a] *= min([1.0, *(self.fill[i] for i, _ in uses)])
            for i, q in uses:
                self.stock[i] -= q * self.order[a]
            for u in _span(c.give_first, a):
                self.stock[int(c.give_pool[u])] += float(c.give_per_unit[u, t]) * self.order[a]
            self.sums["extra_cost"] += float(self.means.premium[a, t]) * self.order[a]
            self.sums["extra_co2e_kg"] += float(self.means.premium_kg[a, t]) * self.order[a]
            factor = self.dear(a, t)
            if factor is not None:
                self.sums["extra_cost"] += float(self.means.price[a, t]) * (factor - 1.0) * self.order[a]
            if c.varies[a] < 0:
                self.send(a, t)
        for k in _span(c.ready_first, slot):
            if c.varies[int(c.ready[k])] >= 0:
                self.send(int(c.ready[k]), t)

    def send(self, a, t):
        j, later = int(self.chain.into[a]), self.steps_under_way(a, t)
        if later:
            self.ring[a][(t + later) % len(self.ring[a])] += self.order[a]
            self.coming[j] += self.order[a]
        else:
            self.stock[j] += self.order[a]

    def steps_under_way(self, a, t):
        c, v = self.chain, int(self.chain.varies[a])
        if v < 0:
            return int(c.lead[a])
        number = number_of(c.lead_key[v], self.replication * 2**20 + int(c.day[t]))
        return int(c.lead_least[v]) + sum(1 for k in _span(c.lead_first, v) if number >= float(c.lead_above[k]))

    def serve(self, j, t, given_before):
        for d in _span(self.chain.demand_first, j):
            asked = self.demand(d, t)
            need = asked + self.owed[d]
            given = min(max(0.0, self.stock[j]), need)
            short = need - given
            if short <= 1e-9 * need:
                short = 0.0
            self.stock[j] -= given
            self.want[j] -= need
            old = min(given, self.owed[d])
            self.sums["wanted"] += asked
            self.sums["on_time"] += given - old
            self.sums["late"] += old
            given_before += given
            self.sums["served_value"] += float(self.means.value_per_unit[j]) * given
            self.sums["asked_steps"] += 1.0 if need > 0.0 else 0.0
            self.spell[d] = self.spell[d] + 1.0 if short > 0.0 else 0.0
            if short > 0.0:
                self.sums["short_steps"] += 1.0
                self.sums["longest_spell"] = max(self.sums["longest_spell"], self.spell[d])
            if self.means.late:
                self.owed[d] = short
                self.sums["backlog"] += short
            else:
                self.sums["lost"] += short
                self.sums["lost_margin"] += short * float(self.means.margin_per_unit[d])
        return given_before
