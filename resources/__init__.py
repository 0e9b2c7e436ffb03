"""Data: profiles, texts, tables, icons, templates, scenarios. No code but this package mark."""
