#!/usr/bin/env python3
"""A second verifier for a CounterFlow store, sharing no code with the first.

    verify.py STORE.db      prints findings, one a line; exit 0 when there are none, else 1

Walks each register's journal (gaps, hash chain, readable entries, receipt numbers), adds up each
sale's document, and compares it with the rows that reports are made of. See docs/store.md.
"""
import hashlib
import json
import sqlite3
import struct
import sys

findings = []


def finding(register, seq, what):
    findings.append(f"register {register}, entry {seq}: {what}")


def entry_hash(box, register, seq, prev, body):
    head = b"counterflow-journal-v1" + box + struct.pack(">HQ", register, seq) + prev
    return hashlib.sha256(head + struct.pack(">Q", len(body)) + body).digest()


def check_sale(db, where, entry, sale):
    """The document by itself, then its rows."""
    totals = sale["totals"]
    lines = totals.get("lines", [])
    tax = sum(t["amount"] for t in totals["taxes"])
    due = totals["total"] + sale.get("rounding", 0)
    if not sale.get("imported"):
        if totals["net"] + tax != totals["total"]:
            finding(*where, "net and taxes are not the total")
        if sum(line["total"] for line in lines) != totals["total"]:
            finding(*where, "the lines do not come to the total")
        if sum(p["amount"] for p in sale["payments"]) != due:
            finding(*where, "what was paid is not what was due")
    row = db.execute(
        "SELECT register, receipt, business_date, gross, net, tax, total, rounding FROM sales WHERE entry = ?", (entry,)
    ).fetchone()
    document = (sale["register"], sale["receipt"], sale["business_date"], totals["gross"], totals["net"], tax,
                totals["total"], sale.get("rounding", 0))
    if row != document:
        finding(*where, f"sales says {row}, the document says {document}")
    row = db.execute(
        "SELECT count(*), total(gross), total(discount), total(net), total(tax), total(total), total(quantity)"
        " FROM sale_lines WHERE sale = ?", (entry,)).fetchone()
    document = (len(sale["lines"]), sum(line["gross"] for line in lines),
                sum(line.get("discount", 0) + line.get("order_discount", 0) for line in lines),
                sum(line["net"] for line in lines), sum(sum(line.get("taxes", [])) for line in lines),
                sum(line["total"] for line in lines), sum(line["quantity"] for line in sale["lines"]))
    if row != document:
        finding(*where, f"sale_lines come to {row}, the document to {document}")
    row = db.execute("SELECT count(*), total(amount), total(tendered) FROM sale_payments WHERE sale = ?",
                     (entry,)).fetchone()
    document = (len(sale["payments"]), sum(p["amount"] for p in sale["payments"]),
                sum(p["tendered"] for p in sale["payments"]))
    if row != document:
        finding(*where, f"sale_payments come to {row}, the document to {document}")


def check_stream(db, box, register):
    """Gives how many sales the stream holds, and its last number and hash."""
    last, prev, receipt, sales = 0, bytes(32), 0, 0
    rows = db.execute("SELECT id, seq, hash, body FROM journal WHERE register = ? ORDER BY seq", (register,))
    for entry, seq, digest, body in rows:
        where = (register, seq)
        if seq != last + 1:
            finding(*where, f"it follows entry {last}")
        elif entry_hash(box, register, seq, prev, body) != digest:
            finding(*where, "its hash does not fit")
        last, prev = seq, digest
        try:
            recorded = json.loads(body.decode("utf-8"))
            if recorded["register"] != register:
                finding(*where, "it says that it is of another register")
            event = recorded["event"]
            if event["kind"] == "sale-completed":
                sales += 1
                sale = event["sale"]
                if not sale.get("imported"):
                    if sale["receipt"] != receipt + 1:
                        finding(*where, f"receipt {sale['receipt']} follows {receipt}")
                    receipt = sale["receipt"]
                check_sale(db, where, entry, sale)
        except (ValueError, KeyError, TypeError) as error:
            finding(*where, f"it cannot be read: {error!r}")
    return sales, (last, prev)


def verify(path):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    db.execute("BEGIN")
    (box,) = db.execute("SELECT id FROM box").fetchone()
    sales = 0
    known = dict((r, (s, h)) for r, s, h in db.execute("SELECT register, seq, head FROM registers"))
    streams = {r for (r,) in db.execute("SELECT DISTINCT register FROM journal")}
    for register in sorted(streams | set(known)):
        count, head = check_stream(db, box, register)
        sales += count
        if known.get(register) != head:
            finding(register, head[0], "the stream does not end where the register's row says")
    for table, key in (("sales", "entry"), ("sale_lines", "sale"), ("sale_payments", "sale")):
        (rows,) = db.execute(f"SELECT count(DISTINCT {key}) FROM {table}").fetchone()
        if rows > sales:
            findings.append(f"{table} has rows of {rows} sales, the journal has {sales}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        verify(sys.argv[1])
    except sqlite3.Error as error:
        findings.append(f"the store cannot be read: {error}")
    print("\n".join(findings) or "nothing found")
    sys.exit(1 if findings else 0)
