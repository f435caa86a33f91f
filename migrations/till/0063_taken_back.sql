-- Which payment a movement of a house account is, and which it takes back.
ALTER TABLE account_moves ADD COLUMN payment BLOB;
ALTER TABLE account_moves ADD COLUMN takes_back BLOB;
