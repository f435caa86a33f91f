#!/usr/bin/env python3
"""Rings a year of a real pizzeria through `counterflow ring`, day by day, each opened and closed.

    replay_year.py PROGRAM DATA FOLDER [DAYS]

PROGRAM is the counterflow binary, DATA the folder with orders.csv, order_details.csv and pizzas.csv,
FOLDER where the practice store is made. With DAYS only so many days are rung. Every Z must be BALANCED,
the sum of all days what the data say, and `counterflow verify` clean. Says how long it took and how
large the store grew. Exit 0 if all that holds; 0 and "skipped" without the data.
"""
import csv
import json
import os
import pathlib
import subprocess
import sys
import time
from collections import defaultdict
from decimal import Decimal


def read(path):
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        yield from csv.DictReader(file)


def made(program, folder, prices):
    """A practice store with the price list as its menu; gives the number of each pizza."""
    data = folder / "store"
    run = [program, "--data", str(data)]
    owner = dict(os.environ, COUNTERFLOW_PIN="4711")
    subprocess.run(run + ["setup", "--template", "shop", "--owner", "Olive", "--yes"], check=True, env=owner,
                   stdout=subprocess.DEVNULL)
    config = data / "config" / "counterflow.toml"
    text = config.read_text()
    text = "\n".join(line for line in text.split("\n") if not line.startswith("training"))
    head, _, rest = text.partition("[count]")
    rest = rest[rest.find("\n["):] if "\n[" in rest else ""
    config.write_text("training = true\n" + head + rest)
    codes = {pizza: str(n) for n, pizza in enumerate(sorted(prices), 1)}
    menu = {"format": "counterflow-menu/1", "currency": "GBP",
            "categories": [{"code": "pizza", "name": "Pizza", "tax_class": "standard"}],
            "items": [{"code": codes[p], "name": p.replace("_", " "), "category": "pizza", "price": str(price)}
                      for p, price in sorted(prices.items())]}
    file = folder / "menu.json"
    file.write_text(json.dumps(menu))
    subprocess.run(run + ["import", "menu", str(file)], check=True, stdout=subprocess.DEVNULL)
    return run, owner, codes


def lines_of(days, orders, details, prices, codes):
    """What is typed, and what all of it comes to."""
    total = Decimal(0)
    for day in days:
        taken = Decimal(0)
        yield f"@{day}T09:00:00"
        yield ":open-shift 100.00"
        for at, order in sorted(orders[day]):
            yield f"@{day}T{at}"
            for pizza, quantity in details[order]:
                yield f"{quantity}*{codes[pizza]}"
                taken += prices[pizza] * quantity
            yield ":pay cash"
        yield f":close-shift {100 + taken} 0 0 ."
        total += taken
    lines_of.total = total


def main(program, source, folder, most=None):
    source, folder = pathlib.Path(source), pathlib.Path(folder)
    if not (source / "orders.csv").exists():
        print(f"skipped: there is no {source / 'orders.csv'}")
        return 0
    prices = {row["pizza_id"]: Decimal(row["price"]) for row in read(source / "pizzas.csv")}
    orders, details = defaultdict(list), defaultdict(list)
    for row in read(source / "order_details.csv"):
        details[row["order_id"]].append((row["pizza_id"], int(row["quantity"])))
    for row in read(source / "orders.csv"):
        orders[row["date"]].append((row["time"], row["order_id"]))
    days = sorted(orders)[:int(most) if most else None]
    folder.mkdir(parents=True, exist_ok=True)
    run, owner, codes = made(program, folder, prices)
    script = folder / "year.txt"
    script.write_text("\n".join(lines_of(days, orders, details, prices, codes)) + "\n")
    began = time.monotonic()
    closed, refused = 0, []
    ring = subprocess.Popen(run + ["ring", str(script), "--as", "Olive"], env=owner, stdout=subprocess.PIPE, text=True)
    for answer in map(json.loads, ring.stdout):
        closed += "BALANCED" in answer["said"] and "NOT BALANCED" not in answer["said"]
        if not answer["ok"]:
            refused.append(answer)
    ring.wait()
    took = time.monotonic() - began
    size = sum(f.stat().st_size for f in (folder / "store").glob("counterflow.db*"))
    days_report = subprocess.run(run + ["report", "days", "--from", days[0], "--to", days[-1], "--format", "csv"],
                                 check=True, capture_output=True, text=True).stdout
    rows = list(csv.DictReader(days_report.splitlines()))
    total = sum(Decimal(row["Total"]) for row in rows if row["Day"].split()[-1] in orders)
    verified = subprocess.run(run + ["verify"], capture_output=True, text=True)
    count = sum(len(orders[day]) for day in days)
    print(f"{len(days)} days, {count} orders, {total} in {took:.0f} s; "
          f"the store holds {size / 1e6:.1f} MB, {size / count:.0f} bytes an order")
    for answer in refused[:5]:
        print("refused:", answer["input"], "-", answer["said"])
    print(verified.stdout + verified.stderr, end="")
    right = closed == len(days) and not refused and total == lines_of.total and verified.returncode == 0
    print("right" if right else f"WRONG: {closed} Zs BALANCED, {lines_of.total} was rung")
    return 0 if right else 1


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
