"""A real broker, registry and database without containers, on free loopback ports."""

import warnings

# PostgreSQL's wheel asks for a runtime directory; what it falls back on serves as well, for its socket is elsewhere.
warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
