"""Search algorithms behind one interface: ask for proposals, evaluate, tell the candidates. No torch."""
