"""The core insurance platform of the stand-in: envelope, field checks, settlement, stock, files."""
