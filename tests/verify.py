#!/usr/bin/env python3
"""A second verifier for a CounterFlow store, sharing no code with the first.

    verify.py STORE.db      prints findings, one a line; exit 0 when there are none, else 1

Walks each register's journal (gaps, hash chain, readable entries, receipt numbers, signatures of Zs),
adds up each sale's and refund's document, compares it with the rows that reports are made of, and each Z with
what its shift's entries come to. See docs/store.md.
"""
import hashlib
import json
import pathlib
import sqlite3
import struct
import sys

findings = []
returned = {}  # (register, receipt, line) → how much of it came back
tip_now = {}  # payment of a sale → its shift, and its tip as it stands
shifts = {}  # shift → sales, net, total, refunds, refunded, and the first record that does not add up


def finding(register, seq, what):
    findings.append(f"register {register}, entry {seq}: {what}")


def entry_hash(box, register, seq, prev, body):
    head = b"counterflow-journal-v1" + box + struct.pack(">HQ", register, seq) + prev
    return hashlib.sha256(head + struct.pack(">Q", len(body)) + body).digest()


# Ed25519 as RFC 8032, 5.1 and 6, has it: enough to check a signature.
P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
BASE_Y = 4 * pow(5, P - 2, P) % P


def point(data):
    """A point from its 32 bytes, as (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z; None if it is none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or y >= P:
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, p):
    q = (0, 1, 1, 0)
    while n:
        q, p, n = (add(q, p) if n & 1 else q), add(p, p), n >> 1
    return q


def signed_by(public, message, signature):
    key, r, s = point(public), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or r is None or len(signature) != 64 or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    left, right = times(s, point(BASE_Y.to_bytes(32, "little"))), add(r, times(h, key))
    return not ((left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P)


def own(recorded):
    """What the shift of an entry has come to."""
    return shifts.setdefault(recorded.get("shift"), {"sums": [0] * 5, "tips": 0, "odd": None})


def count(recorded, document, at, name, found):
    """Adds a sale or a refund to its shift; `found` is how many findings there were before it was looked at."""
    totals, shift = document["totals"], own(recorded)
    shift["sums"][at] += 1
    if at == 0:
        shift["sums"][1] += totals["net"]
    shift["sums"][at + 1 + (at == 0)] += totals["total"]
    if len(findings) > found:
        shift["odd"] = shift["odd"] or name


def check_z(where, z, shift, grand, last):
    """A Z against the entries of its shift and the Z before it; gives its grand totals."""
    name, sums = f"Z {z['number']}", z["shift"]["sums"]
    back = sums.get("refunds", {})
    said = [sums["sales"], sums["net"], sums["total"], back.get("count", 0), back.get("total", 0)]
    if said != shift["sums"]:
        finding(*where, f"{name} says {said}, the entries of its shift {shift['sums']}")
    tips = sum(tender.get("tips", 0) for tender in sums.get("tenders", {}).values())
    if tips != shift["tips"]:
        finding(*where, f"{name} says that tips came to {tips}, the entries of its shift to {shift['tips']}")
    now = [z["grand"].get(key, 0) for key in ("sales", "total", "refunds", "refunded")]
    if now != [a + b for a, b in zip(grand, [shift["sums"][at] for at in (0, 2, 3, 4)])]:
        finding(*where, f"the grand totals of {name} do not follow from the Z before it")
    if z["number"] != last + 1:
        finding(*where, f"{name} follows Z {last}")
    if shift["odd"] and not z.get("unbalanced"):
        finding(*where, f"{name} says BALANCED, but {shift['odd']} does not add up")
    return now


def check_tip(where, recorded, change):
    """A tip that was changed after its sale: from what it was, and in the shift that took it."""
    key = change["payment"]
    if tip_now.get(key) != (recorded.get("shift"), change["before"]):
        finding(*where, f"it changes a tip of {change['before']}, which stood at {tip_now.get(key)}")
    tip_now[key] = (recorded.get("shift"), change["after"])
    own(recorded)["tips"] += change["after"] - change["before"]


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


def check_refund(db, where, entry, refund):
    """The document by itself, then its row; and that no more came back than was sold."""
    totals = refund["totals"]
    tax = sum(t["amount"] for t in totals["taxes"])
    if totals["net"] + tax != totals["total"] or sum(line["total"] for line in totals["lines"]) != totals["total"]:
        finding(*where, "lines, net and taxes of the refund are not its total")
    if sum(p["amount"] for p in refund["payments"]) != totals["total"] + refund.get("rounding", 0):
        finding(*where, "what was given back is not what the refund comes to")
    row = db.execute("SELECT register, number, business_date, net, tax, total FROM refunds WHERE entry = ?",
                     (entry,)).fetchone()
    document = (refund["register"], refund["number"], refund["business_date"], totals["net"], tax, totals["total"])
    if row != document:
        finding(*where, f"refunds says {row}, the document says {document}")
    for line in refund["lines"] if "of" in refund else []:
        key = (refund["of"]["register"], refund["of"]["receipt"], line["id"])
        returned[key] = returned.get(key, 0) + line["quantity"]


def check_stream(db, box, register):
    """Gives how many sales the stream holds, and its last number and hash."""
    last, prev, receipt, refunds, sales = 0, bytes(32), 0, 0, 0
    key, closed = None, None
    grand, zs = [0] * 4, 0
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
            if event["kind"] == "key-made":
                key = bytes.fromhex(event["public"])
            if closed and event["kind"] != "shift-sealed" and key:
                finding(*where, "the Z before it is not signed")
            if event["kind"] == "shift-sealed":
                message = b"counterflow-z-v1" + box + struct.pack(">HQ", register, seq - 1) + (closed or b"")
                if not (closed and key and event["seq"] == seq - 1
                        and signed_by(key, message, bytes.fromhex(event["signature"]))):
                    finding(*where, "the signature of the Z is not the register's")
            closed = digest if event["kind"] == "shift-closed" else None
            if event["kind"] in ("payment-taken", "payment-reversed"):
                tip = event["payment"].get("tip", 0)
                own(recorded)["tips"] += tip if event["kind"] == "payment-taken" else -tip
            if event["kind"] == "tip-adjusted":
                check_tip(where, recorded, event["change"])
            if event["kind"] == "sale-completed":
                sales += 1
                sale = event["sale"]
                tip_now.update((p["id"], (p["shift"], p.get("tip", 0))) for p in sale["payments"])
                if not sale.get("imported"):
                    if sale["receipt"] != receipt + 1:
                        finding(*where, f"receipt {sale['receipt']} follows {receipt}")
                    receipt = sale["receipt"]
                found = len(findings)
                check_sale(db, where, entry, sale)
                count(recorded, sale, 0, f"receipt {sale['receipt']}", found)
            if event["kind"] == "refunded":
                refunds += 1
                if event["refund"]["number"] != refunds:
                    finding(*where, f"refund {event['refund']['number']} is the {refunds}. of its register")
                found = len(findings)
                check_refund(db, where, entry, event["refund"])
                count(recorded, event["refund"], 3, f"refund {refunds}", found)
            if event["kind"] == "shift-closed":
                grand = check_z(where, event["z"], own(recorded), grand, zs)
                zs = event["z"]["number"]
        except (ValueError, KeyError, TypeError) as error:
            finding(*where, f"it cannot be read: {error!r}")
    return sales, (last, prev)


def check_anchors(db, folder):
    """Every Z of the second file stands in the journal, unless somebody went on without it."""
    file = folder / "anchors"
    lines = [line.split(" ") for line in file.read_text().splitlines()] if file.exists() else []
    accepted = {tuple(line[1:]) for line in lines if line[0] == "accepted"}
    for register, z, seq, digest, _ in (line for line in lines if line[0] != "accepted" and len(line) == 5):
        row = db.execute("SELECT hash FROM journal WHERE register = ? AND seq = ?", (int(register), int(seq))).fetchone()
        if (row is None or row[0].hex() != digest) and (register, seq, digest) not in accepted:
            findings.append(f"register {register}: Z {z} was entry {seq}; the journal has another, or is shorter")


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
    check_anchors(db, pathlib.Path(path).parent)
    for (register, receipt, line), quantity in returned.items():
        (entry,) = db.execute("SELECT max(entry) FROM sales WHERE register = ? AND receipt = ? AND imported = 0",
                              (register, receipt)).fetchone()
        sold = db.execute("SELECT quantity FROM sale_lines WHERE sale = ? AND line = ?", (entry, line)).fetchone()
        if sold is None or quantity > sold[0]:
            findings.append(f"register {register}, receipt {receipt}: more of line {line} came back than was sold")
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
