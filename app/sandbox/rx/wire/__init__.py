"""How the centre is spoken to: canonical text, envelope, parties, refusals, wording."""
