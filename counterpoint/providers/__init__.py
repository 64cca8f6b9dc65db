"""A simulator of the message providers: real requests, signed callbacks, and a ledger of what phones received."""
