-- The backend's store. Every table leads with the tenant's id: row security holds each transaction to
-- one tenant, and the same column is what a cluster would be spread by. Orders and their parts are
-- partitioned by month of their business date. See docs/backend.md and docs/scale.md.
--
-- Roles (no logins; the server's login is a member and takes one for each transaction):
--   counterflow_ingest     takes bundles in: writes orders, never changes or deletes one
--   counterflow_office     people at desks: catalogue, customers, promotions, terminals; reads orders
--   counterflow_reporting  reads
--   counterflow_marketing  reads orders without people, writes promotions

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['counterflow_ingest', 'counterflow_office', 'counterflow_reporting', 'counterflow_marketing'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        END IF;
        EXECUTE format('GRANT %I TO CURRENT_USER', name);
    END LOOP;
END $$;

CREATE FUNCTION tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('counterflow.tenant', true), '')::uuid $$;

CREATE TABLE tenants (
    tenant_id uuid PRIMARY KEY,
    name text NOT NULL,
    -- Counts what was stored, over all registers: the server's number of each bundle.
    server_seq bigint NOT NULL DEFAULT 0,
    -- Counts what the office said about what can be had.
    availability_revision bigint NOT NULL DEFAULT 0,
    created timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE stores (
    tenant_id uuid NOT NULL REFERENCES tenants,
    store_id uuid NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (tenant_id, store_id)
);

-- One-time codes; only their digests are kept.
CREATE TABLE enrolment_codes (
    tenant_id uuid NOT NULL,
    code_sha256 bytea NOT NULL,
    store_id uuid NOT NULL,
    expires timestamptz NOT NULL,
    -- Who used it. The same register may ask again: its answer may have been lost.
    terminal_id uuid,
    PRIMARY KEY (tenant_id, code_sha256),
    FOREIGN KEY (tenant_id, store_id) REFERENCES stores
);

CREATE TABLE terminals (
    tenant_id uuid NOT NULL,
    terminal_id uuid NOT NULL,
    store_id uuid NOT NULL,
    box_id uuid NOT NULL,
    register integer NOT NULL,
    public_key text NOT NULL,
    enrolled timestamptz NOT NULL DEFAULT now(),
    revoked timestamptz,
    seen timestamptz,
    PRIMARY KEY (tenant_id, terminal_id),
    FOREIGN KEY (tenant_id, store_id) REFERENCES stores
);

-- Credentials of people and programs; only digests are kept.
CREATE TABLE tokens (
    tenant_id uuid NOT NULL REFERENCES tenants,
    token_sha256 bytea NOT NULL,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('office', 'reporting', 'marketing')),
    created timestamptz NOT NULL DEFAULT now(),
    revoked timestamptz,
    PRIMARY KEY (tenant_id, token_sha256)
);

-- What came, as it came. A row without `bytes` is a placeholder: it says that a bundle exists which
-- could not be taken in, and why.
CREATE TABLE bundles (
    tenant_id uuid NOT NULL REFERENCES tenants,
    bundle_id uuid NOT NULL,
    box_id uuid NOT NULL,
    register integer NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    corrects uuid,
    sha256 bytea NOT NULL,
    prev_sha256 bytea NOT NULL,
    journal_last bigint NOT NULL,
    journal_head bytea NOT NULL,
    terminal_id uuid NOT NULL,
    store_id uuid NOT NULL,
    business_date date NOT NULL,
    -- The frozen head, and the gzipped bundle.
    head bytea NOT NULL,
    bytes bytea,
    signature text NOT NULL,
    server_seq bigint NOT NULL,
    received timestamptz NOT NULL DEFAULT now(),
    -- The closed shift's Z; null for a placeholder and a correction.
    z jsonb,
    warnings jsonb NOT NULL DEFAULT '[]',
    problem jsonb,
    -- The acknowledgement as it was answered; null for a placeholder.
    acknowledgement text,
    PRIMARY KEY (tenant_id, bundle_id),
    UNIQUE (tenant_id, box_id, register, seq)
);
CREATE INDEX bundles_by_server_seq ON bundles (tenant_id, server_seq);

-- The same id with other bytes: both copies are known, and people have to see to it.
CREATE TABLE conflicts (
    tenant_id uuid NOT NULL REFERENCES tenants,
    bundle_id uuid NOT NULL,
    sha256 bytea NOT NULL,
    terminal_id uuid NOT NULL,
    bytes bytea NOT NULL,
    received timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, bundle_id, sha256)
);

CREATE TABLE orders (
    tenant_id uuid NOT NULL,
    business_date date NOT NULL,
    sale_id uuid NOT NULL,
    bundle_id uuid NOT NULL,
    store_id uuid NOT NULL,
    box_id uuid NOT NULL,
    register integer NOT NULL,
    shift_id uuid NOT NULL,
    receipt bigint NOT NULL,
    completed timestamptz NOT NULL,
    staff_id uuid NOT NULL,
    order_type text NOT NULL,
    covers integer,
    currency text NOT NULL,
    gross bigint NOT NULL,
    discount bigint NOT NULL,
    net bigint NOT NULL,
    tax bigint NOT NULL,
    total bigint NOT NULL,
    rounding bigint NOT NULL,
    tips bigint NOT NULL,
    training boolean NOT NULL,
    imported boolean NOT NULL,
    -- The sale as it was sold, whole.
    document jsonb NOT NULL,
    PRIMARY KEY (tenant_id, business_date, sale_id)
) PARTITION BY RANGE (business_date);
CREATE INDEX orders_by_shift ON orders (tenant_id, shift_id);
CREATE INDEX orders_by_id ON orders (tenant_id, sale_id);

CREATE TABLE order_lines (
    tenant_id uuid NOT NULL,
    business_date date NOT NULL,
    sale_id uuid NOT NULL,
    line integer NOT NULL,
    item text NOT NULL,
    name text NOT NULL,
    category text NOT NULL,
    quantity_thousandths bigint NOT NULL,
    gross bigint NOT NULL,
    discount bigint NOT NULL,
    net bigint NOT NULL,
    tax bigint NOT NULL,
    total bigint NOT NULL,
    void boolean NOT NULL,
    PRIMARY KEY (tenant_id, business_date, sale_id, line)
) PARTITION BY RANGE (business_date);

CREATE TABLE payments (
    tenant_id uuid NOT NULL,
    business_date date NOT NULL,
    sale_id uuid NOT NULL,
    place integer NOT NULL,
    tender text NOT NULL,
    amount bigint NOT NULL,
    tendered bigint NOT NULL,
    change bigint NOT NULL,
    tip bigint NOT NULL,
    PRIMARY KEY (tenant_id, business_date, sale_id, place)
) PARTITION BY RANGE (business_date);

-- Money that moved without a sale, the drawer opened without one, floats and counts.
CREATE TABLE drawer_events (
    tenant_id uuid NOT NULL,
    business_date date NOT NULL,
    box_id uuid NOT NULL,
    register integer NOT NULL,
    -- The journal entry it comes from, and its place there.
    entry bigint NOT NULL,
    place integer NOT NULL,
    bundle_id uuid NOT NULL,
    shift_id uuid,
    kind text NOT NULL,
    tender text NOT NULL DEFAULT '',
    amount bigint NOT NULL,
    expected bigint,
    reason text NOT NULL,
    staff_id uuid,
    at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, business_date, box_id, register, entry, place)
) PARTITION BY RANGE (business_date);

-- What sales come to by day, register and one thing or another (domain::day_sum).
CREATE TABLE day_sums (
    tenant_id uuid NOT NULL,
    business_date date NOT NULL,
    store_id uuid NOT NULL,
    box_id uuid NOT NULL,
    register integer NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    count bigint NOT NULL,
    quantity_thousandths bigint NOT NULL,
    gross bigint NOT NULL,
    discount bigint NOT NULL,
    net bigint NOT NULL,
    tax bigint NOT NULL,
    total bigint NOT NULL,
    tips bigint NOT NULL,
    PRIMARY KEY (tenant_id, kind, business_date, store_id, box_id, register, key)
);

-- Makes the partitions of a month, if they are not there.
CREATE FUNCTION make_month(day date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    from_day date := date_trunc('month', day)::date;
    to_day date := (date_trunc('month', day) + interval '1 month')::date;
    parent text;
    part text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['orders', 'order_lines', 'payments', 'drawer_events'] LOOP
        part := parent || '_' || to_char(from_day, 'YYYY_MM');
        IF to_regclass('public.' || part) IS NULL THEN
            PERFORM pg_advisory_xact_lock(hashtext('counterflow-month'));
            IF to_regclass('public.' || part) IS NULL THEN
                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', part, parent, from_day, to_day);
            END IF;
        END IF;
    END LOOP;
END $$;

-- The menu that the office works on, and the versions it has published.
CREATE TABLE menus (
    tenant_id uuid PRIMARY KEY REFERENCES tenants,
    revision bigint NOT NULL,
    body jsonb NOT NULL,
    changed timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE catalogue_versions (
    tenant_id uuid NOT NULL REFERENCES tenants,
    version bigint NOT NULL,
    effective date NOT NULL,
    published timestamptz NOT NULL DEFAULT now(),
    -- The exact bytes that were signed, and the signature.
    bytes bytea NOT NULL,
    signature text NOT NULL,
    PRIMARY KEY (tenant_id, version)
);

CREATE TABLE availability (
    tenant_id uuid NOT NULL REFERENCES tenants,
    what text NOT NULL CHECK (what IN ('items', 'promotions')),
    code text NOT NULL,
    available boolean NOT NULL,
    revision bigint NOT NULL,
    PRIMARY KEY (tenant_id, what, code)
);

-- Customers and promotions: documents that people edit, each with its revision.
CREATE TABLE customers (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    revision bigint NOT NULL,
    body jsonb NOT NULL,
    changed timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE promotions (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    revision bigint NOT NULL,
    body jsonb NOT NULL,
    changed timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);

-- What was answered to a POST with an Idempotency-Key.
CREATE TABLE idempotency (
    tenant_id uuid NOT NULL REFERENCES tenants,
    key text NOT NULL,
    request_sha256 bytea NOT NULL,
    status integer NOT NULL,
    body jsonb NOT NULL,
    created timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, key)
);

-- One tenant in each transaction, whatever a query forgets.
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['tenants', 'stores', 'enrolment_codes', 'terminals', 'tokens', 'bundles', 'conflicts', 'orders',
        'order_lines', 'payments', 'drawer_events', 'day_sums', 'menus', 'catalogue_versions', 'availability', 'customers',
        'promotions', 'idempotency'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_tenant ON %I USING (tenant_id = tenant()) WITH CHECK (tenant_id = tenant())', name);
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA public TO counterflow_ingest, counterflow_office, counterflow_reporting, counterflow_marketing;

GRANT SELECT ON tenants, stores, terminals, catalogue_versions, availability, bundles, conflicts, orders TO counterflow_ingest;
GRANT UPDATE (server_seq) ON tenants TO counterflow_ingest;
GRANT UPDATE (seen) ON terminals TO counterflow_ingest;
GRANT INSERT ON bundles, conflicts, orders, order_lines, payments, drawer_events TO counterflow_ingest;
-- A placeholder becomes a bundle; a stored bundle is never touched (see the trigger).
GRANT UPDATE ON bundles TO counterflow_ingest;
GRANT SELECT, INSERT, UPDATE ON day_sums TO counterflow_ingest;

GRANT SELECT ON ALL TABLES IN SCHEMA public TO counterflow_office;
REVOKE SELECT ON tokens FROM counterflow_office;
GRANT INSERT, UPDATE, DELETE ON menus, availability, customers, promotions TO counterflow_office;
GRANT INSERT ON catalogue_versions, enrolment_codes, idempotency TO counterflow_office;
GRANT UPDATE (revoked) ON terminals TO counterflow_office;
GRANT UPDATE (availability_revision) ON tenants TO counterflow_office;

GRANT SELECT ON tenants, stores, terminals, bundles, orders, order_lines, payments, drawer_events, day_sums, catalogue_versions,
    availability, menus, promotions TO counterflow_reporting;

GRANT SELECT ON tenants, stores, day_sums, menus, promotions TO counterflow_marketing;
GRANT SELECT (tenant_id, business_date, sale_id, store_id, completed, order_type, covers, currency, gross, discount, net, tax, total,
    training, imported) ON orders TO counterflow_marketing;
GRANT INSERT, UPDATE, DELETE ON promotions TO counterflow_marketing;
GRANT SELECT, INSERT ON idempotency TO counterflow_marketing, counterflow_office;

CREATE FUNCTION a_stored_bundle_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.acknowledgement IS NOT NULL THEN
        RAISE EXCEPTION 'a bundle that was acknowledged is never changed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_stored_bundle_stays BEFORE UPDATE OR DELETE ON bundles FOR EACH ROW EXECUTE FUNCTION a_stored_bundle_stays();
