-- What was added to a closed shift later, as it was journalled: the shift's own rows never change, `day_sums` are put right.
CREATE TABLE corrections (
    tenant_id uuid NOT NULL REFERENCES tenants,
    box_id uuid NOT NULL,
    register integer NOT NULL,
    entry bigint NOT NULL,
    -- The day, and where it is of one the shift, that it adds to.
    business_date date NOT NULL,
    shift_id uuid,
    bundle_id uuid NOT NULL,
    -- The business date on which it was done.
    posted date NOT NULL,
    staff_id uuid,
    at timestamptz NOT NULL,
    event jsonb NOT NULL,
    PRIMARY KEY (tenant_id, box_id, register, entry)
);
CREATE INDEX corrections_by_date ON corrections (tenant_id, business_date);
CREATE INDEX corrections_by_bundle ON corrections (tenant_id, bundle_id);

ALTER TABLE corrections ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON corrections USING (tenant_id = tenant()) WITH CHECK (tenant_id = tenant());
GRANT SELECT, INSERT ON corrections TO counterflow_ingest;
GRANT SELECT ON corrections TO counterflow_office, counterflow_reporting;
