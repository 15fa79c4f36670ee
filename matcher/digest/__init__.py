"""A week's digests: what is told to whom, chosen together and made again from its receipt. No I/O, no clock."""
