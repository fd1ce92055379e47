"""File formats: each reads facts from bytes, by range, and judges nothing."""
