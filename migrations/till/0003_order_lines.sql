-- An open order is kept by line: a row for the order itself, one for each of its lines, and one for
-- each step that can be undone, so that a key writes what it changed and not the whole order.

CREATE TABLE open_order_lines (
    order_id BLOB NOT NULL,
    line INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (order_id, line)
) STRICT, WITHOUT ROWID;

-- `version` is the order's version that the step made.
CREATE TABLE open_order_undo (
    order_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (order_id, version)
) STRICT, WITHOUT ROWID;

INSERT INTO open_order_lines
SELECT o.id, l.value ->> '$.id', l.value FROM open_orders o, json_each(o.body, '$.lines') l;

INSERT INTO open_order_undo
SELECT o.id, u.value ->> '$.version', u.value FROM open_orders o, json_each(o.body, '$.undo') u;

UPDATE open_orders SET body = json_set(body, '$.lines', json('[]'), '$.undo', json('[]'));
