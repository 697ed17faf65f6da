"""How the pages say things, in English and in Dutch."""
