//! Barcodes: check digits, and prices and weights embedded in them.
