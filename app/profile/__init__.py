"""One region is one frozen profile: loaded once, validated, passed; there is no global."""
