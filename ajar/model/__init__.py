"""The nouns of an audit: plain frozen values with no behaviour beyond their own invariants."""
